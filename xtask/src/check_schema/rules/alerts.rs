//! RUL, from 17 on: every alert has a name, a text and a page for the person it reaches.

use std::collections::BTreeSet;

use rra_ops::alerts::{Alert, AlertSeverity};

use super::Rule;
use crate::check_schema::evidence::Evidence;
use crate::check_schema::finding::Report;
use crate::check_schema::operations::{Query, RUNBOOKS, Reader};

/// The file that most alerts are written below.
const ALERTS: &str = "crates/rra-ops/src/alerts.rs";
/// What a person who was woken up looks for.
pub(in crate::check_schema) const HEADINGS: [&str; 8] = [
    "Meaning",
    "Impact",
    "First queries",
    "Likely causes",
    "Mitigation",
    "Escalation",
    "False alarms",
    "Related",
];

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "RUL017",
        says: "every alert has a runbook with every heading",
        look: runbooks,
    },
    Rule {
        id: "RUL018",
        says: "alerts fire on a condition: a comparison or an absence",
        look: conditions,
    },
    Rule {
        id: "RUL019",
        says: "the text of an alert names labels that its expression keeps",
        look: templates,
    },
    Rule {
        id: "RUL020",
        says: "every alert says in a sentence without numbers what is wrong, and then what is known, in its unit",
        look: texts,
    },
    Rule {
        id: "RUL021",
        says: "alerts are `RRAName` and recording rules `level:metric:operation`, each once",
        look: names,
    },
    Rule {
        id: "RUL022",
        says: "an alert on an absence waits for at least two scrapes",
        look: absences,
    },
];

fn runbooks(evidence: &Evidence, report: &mut Report) {
    for alert in evidence.operations.each_alert() {
        let path = format!("{RUNBOOKS}/{}.md", alert.name);
        let Some(page) = evidence.pages.get(&path) else {
            let what = format!("{} has no runbook", alert.name);
            report.violation(ALERTS, what, format!("write {path}"));
            continue;
        };
        for heading in HEADINGS {
            if !page.contains(&format!("\n## {heading}\n")) {
                let what = format!("{path} has no \"{heading}\"");
                report.violation(path.as_str(), what, format!("add \"## {heading}\""));
            }
        }
    }
}

fn conditions(evidence: &Evidence, report: &mut Report) {
    for (alert, query) in with_queries(evidence) {
        // The watchdog always fires: it proves that alerts arrive.
        if alert.severity != AlertSeverity::None && !query.analysis.is_condition {
            let what = format!("{} fires whatever the value", alert.name);
            report.violation(ALERTS, what, "compare the value with a threshold");
        }
    }
}

fn templates(evidence: &Evidence, report: &mut Report) {
    for (alert, query) in with_queries(evidence) {
        for text in [alert.summary, alert.description] {
            for label in labels_in(text).filter(|label| !query.analysis.shape.may_have(label)) {
                let what = format!("{} speaks of {label}, which it does not keep", alert.name);
                report.violation(ALERTS, what, "aggregate by it, or leave it out of the text");
            }
        }
    }
}

fn texts(evidence: &Evidence, report: &mut Report) {
    for alert in evidence.operations.each_alert() {
        let is_summary = !alert.summary.is_empty() && !alert.summary.contains("{{");
        if !is_summary || alert.description.is_empty() {
            let what = format!("{} does not say what is wrong", alert.name);
            report.violation(ALERTS, what, "give it .says(summary, description)");
        }
        let is_share = ["/", "ratio"]
            .iter()
            .any(|mark| alert.expression.contains(mark));
        if alert.description.contains("humanizePercentage") && !is_share {
            let what = format!("{} calls a count a share", alert.name);
            report.violation(ALERTS, what, "say it with humanize");
        }
    }
}

fn names(evidence: &Evidence, report: &mut Report) {
    let operations = &evidence.operations;
    let alerts = operations.each_alert().map(|alert| alert.name);
    let rules = operations
        .recordings
        .iter()
        .flat_map(|group| &group.recordings);
    let mut seen = BTreeSet::new();
    let is_camel = |name: &str| {
        let rest = name.strip_prefix("RRA").unwrap_or_default();
        rest.starts_with(|sign: char| sign.is_ascii_uppercase())
            && rest.chars().all(|sign| sign.is_ascii_alphanumeric())
    };
    let is_level = |name: &str| name.starts_with("job") && name.matches(':').count() == 2;
    let names = alerts
        .map(|name| (name, is_camel(name)))
        .chain(rules.map(|rule| (rule.name.as_str(), is_level(&rule.name))));
    for (name, is_formed) in names {
        if !is_formed || !seen.insert(name) {
            let what = format!("{name} has another form, or is there twice");
            report.violation(ALERTS, what, "name it once, as its neighbours are named");
        }
    }
}

/// The first scrape after a start comes a moment after the first evaluation.
fn absences(evidence: &Evidence, report: &mut Report) {
    for (alert, query) in with_queries(evidence) {
        if query.text.contains("absent") && alert.for_minutes == 0 {
            let what = format!("{} fires at every restart of Prometheus", alert.name);
            report.violation(ALERTS, what, "let it last for a minute or more");
        }
    }
}

/// Each alert with its query.
fn with_queries(evidence: &Evidence) -> impl Iterator<Item = (&Alert, &Query)> {
    let is_of_alert = |query: &&Query| matches!(query.reader, Reader::Alert { .. });
    let queries = evidence.queries().iter().filter(is_of_alert);
    evidence.operations.each_alert().zip(queries)
}

fn labels_in(text: &str) -> impl Iterator<Item = &str> {
    let rest = text.split("$labels.").skip(1);
    rest.map(|rest| {
        let end = rest.find(|sign: char| !(sign.is_ascii_alphanumeric() || sign == '_'));
        &rest[..end.unwrap_or(rest.len())]
    })
}
