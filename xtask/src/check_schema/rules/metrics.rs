//! MET: metrics stay what queries were written for.

use super::{METRICS, Rule};
use crate::check_schema::evidence::Evidence;
use crate::check_schema::finding::Report;
use crate::registry::{Label, Metric};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "MET001",
        says: "no metric is removed or renamed",
        look: presence,
    },
    Rule {
        id: "MET002",
        says: "the kind and the unit of a metric do not change",
        look: kind,
    },
    Rule {
        id: "MET003",
        says: "no label is added, removed, renamed or bounded in another way",
        look: labels,
    },
    Rule {
        id: "MET004",
        says: "the buckets of a histogram do not change",
        look: buckets,
    },
];

fn presence(evidence: &Evidence, report: &mut Report) {
    for gone in stable(evidence).filter(|old| evidence.current.metric(&old.name).is_none()) {
        report.violation(
            METRICS,
            format!("the metric {} is gone", gone.name),
            "put its row back: rules and dashboards ask for it",
        );
    }
    for new in evidence
        .current
        .metrics
        .iter()
        .filter(|new| evidence.released.metric(&new.name).is_none())
    {
        report.information(METRICS, format!("the metric {} is new", new.name));
    }
}

fn kind(evidence: &Evidence, report: &mut Report) {
    each_pair(evidence, |old, new| {
        for (what, was, is) in [
            ("kind", &old.kind, &new.kind),
            ("unit", &old.unit, &new.unit),
        ] {
            if was != is {
                report.violation(
                    METRICS,
                    format!("the {what} of {} was {was} and is {is}", old.name),
                    "add a metric of another name instead and keep this one as it was",
                );
            }
        }
    });
}

fn labels(evidence: &Evidence, report: &mut Report) {
    each_pair(evidence, |old, new| {
        let (was, is) = (described(&old.labels), described(&new.labels));
        if was != is {
            report.violation(
                METRICS,
                format!("the labels of {} were {was} and are {is}", old.name),
                "add a metric of another name instead and keep this one as it was",
            );
        }
    });
}

fn buckets(evidence: &Evidence, report: &mut Report) {
    each_pair(evidence, |old, new| {
        if old.buckets != new.buckets {
            report.violation(
                METRICS,
                format!(
                    "the buckets of {} were {:?} and are {:?}",
                    old.name, old.buckets, new.buckets
                ),
                "put the bounds back: series before and after could not be added up",
            );
        }
    });
}

fn each_pair(evidence: &Evidence, mut look: impl FnMut(&Metric, &Metric)) {
    for old in stable(evidence) {
        if let Some(new) = evidence.current.metric(&old.name) {
            look(old, new);
        }
    }
}

/// Metrics that consumers may build on; experimental ones may change in a minor version.
fn stable(evidence: &Evidence) -> impl Iterator<Item = &Metric> {
    evidence
        .released
        .metrics
        .iter()
        .filter(|metric| metric.stability != "experimental")
}

/// Labels and what bounds them, in text. Neither their order is a promise nor how many values an
/// open one may take.
fn described(labels: &[Label]) -> String {
    let mut parts: Vec<String> = labels
        .iter()
        .map(|label| match (&label.words, label.reserved.as_slice()) {
            (Some(words), _) => format!("{} ({} {words})", label.name, label.domain),
            (None, []) => format!("{} ({})", label.name, label.domain),
            (None, reserved) => {
                format!("{} ({}, {})", label.name, label.domain, reserved.join(", "))
            }
        })
        .collect();
    parts.sort();
    if parts.is_empty() {
        "none".to_owned()
    } else {
        parts.join("; ")
    }
}
