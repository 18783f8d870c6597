//! MAP: the table that says which event moves which metric fits both.

use rra_schema::metrics::mapping::{Amount, Increment, LabelSource};
use rra_schema::metrics::{Domain, Kind, UNKNOWN, Zero};

use super::Rule;
use crate::check_schema::evidence::Evidence;
use crate::check_schema::finding::Report;

const MAPPING: &str = "crates/rra-schema/src/metrics/mapping.rs";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "MAP001",
        says: "every event that moves a metric is there, with the details that are read",
        look: events,
    },
    Rule {
        id: "MAP002",
        says: "every label of a moved metric gets a word it can take",
        look: labels,
    },
    Rule {
        id: "MAP003",
        says: "events move counters that start at 0, each by one row",
        look: counters,
    },
];

fn events(evidence: &Evidence, report: &mut Report) {
    for row in &evidence.operations.mapping {
        let Some(event) = evidence.current.event(row.event_type) else {
            violation(
                report,
                row,
                "there is no such event",
                "name a type of the catalogue",
            );
            continue;
        };
        let read = row.labels.iter().filter_map(|source| match source {
            LabelSource::Detail { key, .. } => Some(*key),
            _ => None,
        });
        let amount = match row.amount {
            Amount::Micros(key) => Some(key),
            _ => None,
        };
        for key in read.chain(amount) {
            if !event.fields.iter().any(|field| field.name == key) {
                let what = format!("the event has no detail {key}");
                violation(report, row, &what, "read one of its details");
            }
        }
    }
}

fn labels(evidence: &Evidence, report: &mut Report) {
    for row in &evidence.operations.mapping {
        if row.labels.len() != row.metric.labels.len() {
            let what = format!("gives {} labels", row.labels.len());
            violation(
                report,
                row,
                &what,
                "give one source for each label, in their order",
            );
            continue;
        }
        for (label, source) in row.metric.labels.iter().zip(row.labels) {
            let word = match source {
                LabelSource::Word(word) => word,
                LabelSource::Detail { fallback, .. } => fallback,
                _ => UNKNOWN,
            };
            if !can_be(&label.domain, word) {
                let what = format!("{} is never {word}", label.name);
                violation(report, row, &what, "take a word of the label");
            }
        }
    }
}

fn counters(evidence: &Evidence, report: &mut Report) {
    let rows = &evidence.operations.mapping;
    for (index, row) in rows.iter().enumerate() {
        if row.metric.kind != Kind::Counter || row.metric.zero == Zero::Absent {
            violation(
                report,
                row,
                "is no counter that starts at 0",
                "move another metric",
            );
        }
        let is_same = |other: &&Increment| {
            other.event_type == row.event_type && std::ptr::eq(other.metric, row.metric)
        };
        if rows.iter().take(index).any(|other| is_same(&other)) {
            violation(
                report,
                row,
                "would be counted twice",
                "remove one of the two rows",
            );
        }
    }
}

fn can_be(domain: &Domain, word: &str) -> bool {
    match domain {
        Domain::Closed(list) => list.values.contains(&word),
        domain => domain.reserved().contains(&word),
    }
}

fn violation(report: &mut Report, row: &Increment, what: &str, mend: &str) {
    let what = format!("{} moves {}: {what}", row.event_type, row.metric.name);
    report.violation(MAPPING, what, mend);
}
