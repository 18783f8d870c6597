//! Metric filters for those who look at CloudWatch alone.

use rra_schema::events;
use serde_json::{Value, json};

use crate::attacks::BLOCKED;
use crate::json::pretty;

/// What is counted, and the event types that count.
const COUNTED: [(&str, &[&str]); 4] = [
    ("AuthFailures", &["auth.failure"]),
    ("BruteForce", &["suspicious.brute_force"]),
    ("BlockedAttacks", &BLOCKED),
    ("LogGaps", &["audit.gap"]),
];

/// # Panics
/// When an event type is not in the catalogue; the table is fixed, so any test finds it.
pub(super) fn metric_filters() -> String {
    pretty(Value::Array(COUNTED.iter().map(filter).collect()))
}

fn filter((name, event_types): &(&str, &[&str])) -> Value {
    let terms: Vec<String> = event_types
        .iter()
        .map(|event_type| {
            assert!(
                events::find(event_type).is_some(),
                "there is no {event_type}"
            );
            format!("($.event_type = \"{event_type}\")")
        })
        .collect();
    json!({
        "logGroupName": "/rra-module/security",
        "filterName": name,
        "filterPattern": format!("{{ {} }}", terms.join(" || ")),
        "metricTransformations": [{
            "metricNamespace": "RRA/Security",
            "metricName": name,
            "metricValue": "1",
            "defaultValue": 0,
        }],
    })
}
