//! NAM: names follow one grammar, so that people can guess them.

use super::{EVENTS, METRICS, Rule};
use crate::check_schema::evidence::Evidence;
use crate::check_schema::finding::Report;
use crate::registry::Metric;

pub(super) const RULES: &[Rule] = &[Rule {
    id: "NAM001",
    says: "events are `area.noun_verb`, metrics `rra_noun_unit[_total]`, keys and words snake case",
    look: grammar,
}];

fn grammar(evidence: &Evidence, report: &mut Report) {
    let registry = &evidence.current;
    for event in &registry.events {
        if !is_event_name(&event.name) {
            refuse(
                report,
                EVENTS,
                &event.name,
                "two words of a-z, 0-9 and _ with a point between",
            );
        }
        for field in event
            .fields
            .iter()
            .filter(|field| !is_snake_case(&field.name))
        {
            refuse(report, EVENTS, &field.name, "a word of a-z, 0-9 and _");
        }
    }
    for words in &registry.words {
        for word in words.values.iter().filter(|word| !is_snake_case(word)) {
            refuse(report, EVENTS, word, "a word of a-z, 0-9 and _");
        }
    }
    for metric in &registry.metrics {
        if let Some(rule) = broken_metric_rule(metric) {
            refuse(report, METRICS, &metric.name, rule);
        }
        for label in metric
            .labels
            .iter()
            .filter(|label| !is_snake_case(&label.name))
        {
            refuse(report, METRICS, &label.name, "a word of a-z, 0-9 and _");
        }
    }
    for variable in registry
        .variables
        .iter()
        .filter(|variable| !is_variable_name(&variable.name))
    {
        refuse(
            report,
            "crates/rra-schema/src/configuration.rs",
            &variable.name,
            "RRA_ or OTEL_ and capital words",
        );
    }
}

fn refuse(report: &mut Report, file: &str, name: &str, rule: &str) {
    report.violation(
        file,
        format!("the name {name} does not follow the grammar"),
        format!("name it by {rule}"),
    );
}

fn is_event_name(name: &str) -> bool {
    name.split_once('.')
        .is_some_and(|(area, rest)| is_snake_case(area) && is_snake_case(rest))
}

/// What the name of a metric breaks. Names of the process are shared by all Prometheus clients.
fn broken_metric_rule(metric: &Metric) -> Option<&'static str> {
    let name = &metric.name;
    if name.starts_with("process_") {
        return None;
    }
    let Some(rest) = name.strip_prefix("rra_").filter(|rest| is_snake_case(rest)) else {
        return Some("rra_ and words of a-z, 0-9 and _");
    };
    let is_counter = metric.kind == "counter";
    if rest.ends_with("_total") != is_counter {
        return Some("its kind: counters end in _total, nothing else does");
    }
    let is_timed = metric.kind == "histogram" && metric.unit == "seconds";
    (is_timed && !rest.ends_with("_seconds")).then_some("its unit: durations end in _seconds")
}

fn is_snake_case(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_lowercase())
        && !word.ends_with('_')
        && word
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn is_variable_name(name: &str) -> bool {
    let is_ours = name.starts_with("RRA_") || name.starts_with("OTEL_");
    is_ours
        && name
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}
