"""Reads every YAML file for operators, and holds the Collector's pipelines to its components.

A key that stands twice in one mapping is an error here, as it is for most of the programs that read
these files; PyYAML would take the last. Every receiver, processor and exporter of a pipeline must be
configured, and every configured one used: a Collector refuses the first and passes over the second. A
connector is an exporter of one pipeline and a receiver of another.
"""

import sys
from pathlib import Path

import yaml


class Strict(yaml.SafeLoader):
    """A loader that does not let a key stand twice."""


def mapping(loader, node):
    """A mapping whose keys differ."""
    pairs = [(loader.construct_object(key, deep=True), value) for key, value in node.value]
    keys = [key for key, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise yaml.constructor.ConstructorError(None, None, f"{key} stands twice", node.start_mark)
    return {key: loader.construct_object(value, deep=True) for key, value in pairs}


Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)


def read(path):
    """The documents of a file."""
    with open(path, encoding="utf-8") as file:
        return list(yaml.load_all(file, Loader=Strict))


def collector(path):
    """What a pipeline of the Collector names and lacks, or has and does not use."""
    (configuration,) = read(path)
    service, faults = configuration["service"], []
    used = {"extensions": set(service["extensions"])}
    for name, pipeline in service["pipelines"].items():
        if not pipeline["receivers"] or not pipeline["exporters"]:
            faults.append(f"the pipeline {name} leads nowhere")
        for kind, components in pipeline.items():
            used.setdefault(kind, set()).update(components)
    connectors = set(configuration.get("connectors", {}))
    for name in sorted(connectors - (used["receivers"] & used["exporters"])):
        faults.append(f"the connector {name} does not join two pipelines")
    for kind, components in used.items():
        there, components = set(configuration[kind]), components - connectors
        faults += [f"{kind}: {name} is not configured" for name in sorted(components - there)]
        faults += [f"{kind}: {name} is not used" for name in sorted(there - components)]
    return faults


def main(folder):
    """Reads them all."""
    paths = sorted(path for ending in ("yml", "yaml") for path in Path(folder).rglob(f"*.{ending}"))
    faults = []
    for path in paths:
        try:
            if not all(read(path)):
                faults.append(f"{path} has an empty document")
        except yaml.YAMLError as error:
            faults.append(f"{path}: {error}")
    faults += collector(Path(folder) / "otel-collector/collector.yml")
    if faults or not paths:
        sys.exit("\n".join(faults) or "there are no files")
    print(f"{len(paths)} YAML files: read; the Collector's pipelines have their components")


main(*sys.argv[1:])
