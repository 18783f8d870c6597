//! The folders for everything beside Prometheus, Alertmanager and Grafana. What lists metrics,
//! fields or event types is rendered from the catalogue; what speaks of neither is a text.

mod cloudwatch;
mod datadog;
mod elastic;
mod kubernetes;

use crate::file::RenderedFile;

/// Texts that name nothing of the catalogue but event types and fields of the line.
const TEXTS: &[(&str, &str)] = &[
    ("README.md", include_str!("integrations/README.md")),
    (
        "elastic/README.md",
        include_str!("integrations/elastic/README.md"),
    ),
    (
        "elastic/logstash.conf",
        include_str!("integrations/elastic/logstash.conf"),
    ),
    (
        "elastic/dead-letter.conf",
        include_str!("integrations/elastic/dead-letter.conf"),
    ),
    (
        "elastic/filebeat.yml",
        include_str!("integrations/elastic/filebeat.yml"),
    ),
    (
        "splunk/README.md",
        include_str!("integrations/splunk/README.md"),
    ),
    (
        "splunk/inputs.conf",
        include_str!("integrations/splunk/inputs.conf"),
    ),
    (
        "splunk/props.conf",
        include_str!("integrations/splunk/props.conf"),
    ),
    (
        "splunk/eventtypes.conf",
        include_str!("integrations/splunk/eventtypes.conf"),
    ),
    (
        "splunk/tags.conf",
        include_str!("integrations/splunk/tags.conf"),
    ),
    (
        "splunk/default.meta",
        include_str!("integrations/splunk/default.meta"),
    ),
    (
        "splunk/hec-event.json",
        include_str!("integrations/splunk/hec-event.json"),
    ),
    (
        "datadog/README.md",
        include_str!("integrations/datadog/README.md"),
    ),
    (
        "datadog/datadog.yaml",
        include_str!("integrations/datadog/datadog.yaml"),
    ),
    (
        "datadog/logs.yaml",
        include_str!("integrations/datadog/logs.yaml"),
    ),
    (
        "otel-collector/README.md",
        include_str!("integrations/otel-collector/README.md"),
    ),
    (
        "otel-collector/collector.yml",
        include_str!("integrations/otel-collector/collector.yml"),
    ),
    (
        "logrotate/README.md",
        include_str!("integrations/logrotate/README.md"),
    ),
    (
        "logrotate/rra.conf",
        include_str!("integrations/logrotate/rra.conf"),
    ),
    (
        "systemd/README.md",
        include_str!("integrations/systemd/README.md"),
    ),
    (
        "systemd/rra-module.service",
        include_str!("integrations/systemd/rra-module.service"),
    ),
    (
        "kubernetes/README.md",
        include_str!("integrations/kubernetes/README.md"),
    ),
    (
        "kubernetes/service-monitor.yml",
        include_str!("integrations/kubernetes/service-monitor.yml"),
    ),
    (
        "pagerduty/README.md",
        include_str!("integrations/pagerduty/README.md"),
    ),
    (
        "pagerduty/test-event.json",
        include_str!("integrations/pagerduty/test-event.json"),
    ),
    (
        "cloudwatch/README.md",
        include_str!("integrations/cloudwatch/README.md"),
    ),
    (
        "cloudwatch/agent.json",
        include_str!("integrations/cloudwatch/agent.json"),
    ),
    (
        "cloudwatch/iam-policy.json",
        include_str!("integrations/cloudwatch/iam-policy.json"),
    ),
    (
        "sigma/README.md",
        include_str!("integrations/sigma/README.md"),
    ),
    (
        "sigma/brute_force.yml",
        include_str!("integrations/sigma/brute_force.yml"),
    ),
    (
        "sigma/injection.yml",
        include_str!("integrations/sigma/injection.yml"),
    ),
    (
        "sigma/log_gap.yml",
        include_str!("integrations/sigma/log_gap.yml"),
    ),
    (
        "sigma/ssrf.yml",
        include_str!("integrations/sigma/ssrf.yml"),
    ),
];

/// Every file of the integrations.
pub(crate) fn files() -> Vec<RenderedFile> {
    let texts = TEXTS.iter();
    let mut files: Vec<_> = texts
        .map(|(path, text)| RenderedFile::new(path, (*text).to_owned()))
        .collect();
    files.extend([
        RenderedFile::new("elastic/index-template.json", elastic::index_template()),
        RenderedFile::new("elastic/ilm-policy.json", elastic::lifecycle()),
        RenderedFile::new("datadog/metrics.yaml", datadog::metrics()),
        RenderedFile::new(
            "kubernetes/prometheus-rule.yml",
            kubernetes::prometheus_rule(),
        ),
        RenderedFile::new(
            "kubernetes/grafana-dashboards.yml",
            kubernetes::dashboards(),
        ),
        RenderedFile::new(
            "cloudwatch/metric-filters.json",
            cloudwatch::metric_filters(),
        ),
    ]);
    files
}
