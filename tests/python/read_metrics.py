"""Reads a service's page of metrics as two programs do that are not ours: the parser of
prometheus_client, and Datadog's OpenMetrics check with the instance that is shipped.

Arguments: the page's URL, the catalogue as JSON, the instance as YAML. Ends with 1 when a metric is
missing, has another type, help or labels than the catalogue says, or does not arrive as it is.
"""
import json
import os
import sys
import urllib.request

import yaml
from prometheus_client.parser import text_string_to_metric_families

# Datadog asks that of integrations it ships itself; a user may tag an instance with the environment.
os.environ["DDEV_SKIP_GENERIC_TAGS_CHECK"] = "true"

from datadog_checks.base import OpenMetricsBaseCheckV2  # noqa: E402
from datadog_checks.base.stubs import aggregator  # noqa: E402

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# Without a limit of its address space a process has none to tell.
MAY_BE_ABSENT = {"process_virtual_memory_max_bytes"}


def main():
    url, catalogue, shipped = sys.argv[1:]
    with open(catalogue, encoding="utf-8") as file:
        catalogue = {metric["name"]: metric for metric in json.load(file)["metrics"]}
    with open(shipped, encoding="utf-8") as file:
        shipped = yaml.safe_load(file)["instances"][0]
    with urllib.request.urlopen(url) as answer:
        content_type, page = answer.headers["Content-Type"], answer.read().decode()
    families = {full_name(family): family for family in text_string_to_metric_families(page)}

    problems = [] if content_type == CONTENT_TYPE else [f"the content type is {content_type}"]
    problems += missing(catalogue, families)
    for name, family in families.items():
        problems += compare(name, catalogue.get(name), family)
    problems += datadog_with_ours(url, shipped)
    problems += datadog_with_everything(url, families)
    problems += datadog_with_the_guides(url)
    print("\n".join(problems))
    print(f"{len(families)} metrics, {len(problems)} problems")
    return 1 if problems else 0


def full_name(family):
    """The name as it is exposed: the parser takes the ending of a counter away."""
    return family.name + "_total" if family.type == "counter" else family.name


def missing(catalogue, families):
    """The metrics of the catalogue that the parser did not find."""
    absent = catalogue.keys() - families.keys() - MAY_BE_ABSENT
    return [f"{name} is not on the page" for name in sorted(absent)]


def compare(name, metric, family):
    """What differs between a family and its row of the catalogue."""
    if metric is None:
        return [f"{name} is not in the catalogue"]
    problems = []
    if family.type != metric["kind"]:
        problems.append(f"{name} is a {family.type}")
    if family.documentation != metric["help"]:
        problems.append(f"{name} has another help text: {family.documentation}")
    expected = {label["name"] for label in metric["labels"]}
    for sample in family.samples:
        if set(sample.labels) - {"le"} != expected:
            problems.append(f"{sample.name} has the labels {sorted(sample.labels)}")
    return problems


def datadog_with_ours(url, instance):
    """What of the shipped instance's list the check did not collect."""
    arrived = collect({**instance, "openmetrics_endpoint": url})
    prefix = instance["namespace"] + "."
    return [
        f"Datadog does not collect {name}"
        for name in instance["metrics"]
        if not any(metric.removeprefix(prefix).split(".")[0] == name for metric in arrived)
    ]


def datadog_with_everything(url, families):
    """What the check makes something else of, when it is asked for every metric."""
    instance = {
        "openmetrics_endpoint": url,
        "namespace": "all",
        "metrics": [".+"],
        "tag_by_endpoint": False,
        "rename_labels": {"endpoint": "route"},
    }
    arrived, problems = collect(instance), []
    for family in families.values():
        name, ending = f"all.{family.name}", "" if family.type == "gauge" else ".count"
        stubs = arrived.get(name + ending)
        if stubs is None:
            problems.append(f"Datadog drops {name}")
        # The page tells of itself, so these differ from one reading to the next.
        elif family.type == "counter" and not family.name.startswith(("process_", "rra_tokio_")):
            here = sum(sample.value for sample in family.samples if sample.name.endswith("_total"))
            there = sum(stub.value for stub in stubs)
            if here != there:
                problems.append(f"Datadog counts {there} of {name}, not {here}")
    return problems


def datadog_with_the_guides(url):
    """What the README says of the guide's block and is not so."""
    block = {"namespace": "rra", "metrics": ["rra_*"]}
    legacy = {**block, "prometheus_url": url}
    failure = OpenMetricsBaseCheckV2("openmetrics", {}, [legacy]).run()
    problems = [] if "openmetrics_endpoint" in failure else ["Datadog takes prometheus_url"]
    current = collect({**block, "openmetrics_endpoint": url})
    if not current or not all(name.startswith("rra.rra_") for name in current):
        problems.append("Datadog does not say rra twice")
    with_total = {"openmetrics_endpoint": url, "namespace": "rra", "raw_metric_prefix": "rra_"}
    if collect({**with_total, "metrics": ["api_requests_total"]}):
        problems.append("Datadog collects a name with _total")
    return problems


def collect(instance):
    """What the check submits, by name."""
    aggregator.reset()
    failure = OpenMetricsBaseCheckV2("openmetrics", {}, [instance]).run()
    if failure:
        sys.exit(f"the Datadog check fails: {failure}")
    return {name: aggregator.metrics(name) for name in aggregator.metric_names}


if __name__ == "__main__":
    sys.exit(main())
