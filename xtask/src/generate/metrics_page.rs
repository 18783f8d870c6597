//! `docs/reference/metrics.md`: every metric with its labels and bounds.

use super::page::{RENDERED, code, codes, table, word_lists};
use crate::registry::{Label, Metric, Registry};

/// The whole page.
pub(super) fn render(registry: &Registry) -> String {
    let mut page = format!("# Metrics\n\n{RENDERED}\n{}", introduction());
    let mut areas: Vec<&str> = Vec::new();
    for metric in &registry.metrics {
        if !areas.contains(&metric.area.as_str()) {
            areas.push(&metric.area);
        }
    }
    for area in areas {
        page.push_str(&section(registry, area));
    }
    page.push_str("## Label values\n\n");
    page.push_str(&word_lists(&registry.label_words));
    page
}

fn introduction() -> &'static str {
    "Served as Prometheus text at `/metrics`. Names, kinds, units, labels and buckets of metrics that are not marked\n\
     experimental do not change within a major version. Every label is bounded: a value beyond its bound is counted\n\
     under a reserved value.\n\n"
}

fn section(registry: &Registry, area: &str) -> String {
    let metrics: Vec<&Metric> = registry
        .metrics
        .iter()
        .filter(|metric| metric.area == area)
        .collect();
    let rows = metrics.iter().map(|metric| {
        [
            code(&metric.name),
            metric.kind.clone(),
            labels(metric),
            metric.stability.clone(),
            zero(metric),
            metric.help.clone(),
        ]
    });
    let table = table(
        [
            "Metric",
            "Kind",
            "Labels",
            "Stability",
            "Zero from the start",
            "Meaning",
        ],
        rows,
    );
    let buckets: Vec<String> = metrics
        .iter()
        .filter(|metric| !metric.buckets.is_empty())
        .map(|metric| buckets(metric))
        .collect();
    format!("## {}\n\n{table}\n{}", title(area), buckets.concat())
}

fn title(area: &str) -> String {
    let mut letters = area.replace('_', " ");
    if let Some(first) = letters.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    letters
}

fn labels(metric: &Metric) -> String {
    let labels: Vec<String> = metric.labels.iter().map(label).collect();
    labels.join("<br>")
}

fn label(label: &Label) -> String {
    let domain = match (label.domain.as_str(), &label.words, label.max_values) {
        (_, Some(words), _) => format!("[{words}](#{words})"),
        (domain, None, Some(max)) => format!("{domain}, at most {max}"),
        (domain, None, None) => domain.replace('_', " "),
    };
    let reserved = if label.reserved.is_empty() {
        String::new()
    } else {
        format!(" and {}", codes(&label.reserved))
    };
    format!("{}: {domain}{reserved}", code(&label.name))
}

fn zero(metric: &Metric) -> String {
    match metric.zero.as_str() {
        "absent" => "none".to_owned(),
        only if only.starts_with("only ") => only.to_owned(),
        plain => plain.replace('_', " "),
    }
}

fn buckets(metric: &Metric) -> String {
    let bounds: Vec<String> = metric.buckets.iter().map(f64::to_string).collect();
    format!(
        "Buckets of {}: {}\n\n",
        code(&metric.name),
        bounds.join(", ")
    )
}
