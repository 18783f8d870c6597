//! The instance of Datadog's OpenMetrics check.

use rra_schema::metrics::{Area, Domain, METRICS, MetricSpec};

/// The check strips `_total` before it compares names, so counters are listed without it; what is
/// listed with it is silently never collected.
pub(super) fn metrics() -> String {
    let mut text = "\
# Rendered by `cargo xtask generate`. /etc/datadog-agent/conf.d/openmetrics.d/conf.yaml
init_config: {}
instances:
  - openmetrics_endpoint: http://127.0.0.1:8000/metrics
    namespace: rra
    raw_metric_prefix: rra_
    histogram_buckets_as_distributions: true
    collect_counters_with_distributions: true
    # The check has a tag `endpoint` of its own, which would collide with the label.
    tag_by_endpoint: false
    rename_labels:
      endpoint: route
    tags: ['env:production', 'service:rra-module']
    metrics:
"
    .to_owned();
    for metric in METRICS.iter().filter(|metric| is_collected(metric)) {
        let name = metric.name.trim_start_matches("rra_");
        text += "      - ";
        text += name.strip_suffix("_total").unwrap_or(name);
        text += "\n";
    }
    text
}

/// Series by agent or source are billed one by one, and the list of the process has another prefix.
fn is_collected(metric: &MetricSpec) -> bool {
    let is_dynamic = |domain: &Domain| matches!(domain, Domain::Dynamic { .. });
    metric.area != Area::Process && !metric.labels.iter().any(|label| is_dynamic(&label.domain))
}
