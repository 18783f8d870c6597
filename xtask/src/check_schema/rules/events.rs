//! EVT: event types stay what they were.

use super::{EVENTS, Rule};
use crate::check_schema::evidence::Evidence;
use crate::check_schema::finding::Report;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "EVT001",
        says: "no event type is removed or renamed",
        look: presence,
    },
    Rule {
        id: "EVT002",
        says: "the severity and the outcome of an event type do not change",
        look: meaning,
    },
];

fn presence(evidence: &Evidence, report: &mut Report) {
    for gone in evidence
        .released
        .events
        .iter()
        .filter(|old| evidence.current.event(&old.name).is_none())
    {
        report.violation(
            EVENTS,
            format!("the event type {} is gone", gone.name),
            "put its row back; a type that is no longer used stays in the catalogue",
        );
    }
    for new in evidence
        .current
        .events
        .iter()
        .filter(|new| evidence.released.event(&new.name).is_none())
    {
        report.information(EVENTS, format!("the event type {} is new", new.name));
    }
}

fn meaning(evidence: &Evidence, report: &mut Report) {
    for (old, new) in evidence.events_in_both() {
        let changes = [
            ("severity", &old.severity, &new.severity),
            ("outcome", &old.outcome, &new.outcome),
        ];
        for (what, was, is) in changes.into_iter().filter(|(_, was, is)| was != is) {
            report.violation(
                EVENTS,
                format!("the {what} of {} was {was} and is {is}", old.name),
                format!("put {was} back: alerts are built on it"),
            );
        }
    }
}
