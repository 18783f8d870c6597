//! SEC: nothing in the tables invites a secret or an unbounded number of series.

use super::{EVENTS, METRICS, Rule};
use crate::check_schema::evidence::Evidence;
use crate::check_schema::finding::Report;
use crate::registry::{Field, Label};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "SEC001",
        says: "no field is named like a secret",
        look: names,
    },
    Rule {
        id: "SEC002",
        says: "the values of every label are bounded",
        look: labels,
    },
];

/// Most values that one label may take; with 20,000 series a scrape is refused (docs/ops).
const LABEL_VALUES_MAX: u64 = 1000;

/// Fields whose name is a secret's elsewhere and means something else here.
const MEANT: [(&str, &str, &str); 1] = [("contract.payment_received", "token", "the currency")];

fn names(evidence: &Evidence, report: &mut Report) {
    let line = evidence.current.keys.iter().map(|key| ("the line", key));
    let details = evidence.current.events.iter().flat_map(|event| {
        event
            .fields
            .iter()
            .map(|field| (event.name.as_str(), field))
    });
    for (place, field) in line
        .chain(details)
        .filter(|(place, field)| invites_secret(field) && !is_meant(place, field))
    {
        report.violation(
            EVENTS,
            format!("{} of {place} is named like a secret", field.name),
            "name it after what it holds instead of the secret, such as a fingerprint",
        );
    }
}

/// Words of a fixed list, numbers and digests cannot hold a secret, whatever their name.
fn invites_secret(field: &Field) -> bool {
    let is_free = ["text", "identifier", "url"].contains(&field.form.as_str());
    is_free && rra_schema::is_secret_key(&field.name)
}

fn is_meant(place: &str, field: &Field) -> bool {
    MEANT
        .iter()
        .any(|(event_type, name, _)| *event_type == place && *name == field.name)
}

fn labels(evidence: &Evidence, report: &mut Report) {
    for metric in &evidence.current.metrics {
        for label in metric.labels.iter().filter(|label| !is_bounded(label)) {
            report.violation(
                METRICS,
                format!(
                    "the label {} of {} has no bound, or one above {LABEL_VALUES_MAX}",
                    label.name, metric.name
                ),
                "give the label a list of words, or a cap",
            );
        }
    }
}

fn is_bounded(label: &Label) -> bool {
    match label.domain.as_str() {
        "closed" => label.words.is_some(),
        "registered" | "dynamic" => label
            .max_values
            .is_some_and(|max| (1..=LABEL_VALUES_MAX).contains(&max)),
        "event_type" | "metric_name" | "label_name" => true,
        _ => false,
    }
}
