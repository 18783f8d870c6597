//! CFG: environment variables stay what deployments were written for.

use super::Rule;
use crate::check_schema::evidence::Evidence;
use crate::check_schema::finding::Report;
use crate::generate;

const VARIABLES: &str = "crates/rra-schema/src/configuration.rs";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "CFG001",
        says: "no environment variable is removed or renamed, and no default changes",
        look: promises,
    },
    Rule {
        id: "CFG002",
        says: "the page of environment variables is the one the table gives",
        look: page,
    },
];

fn promises(evidence: &Evidence, report: &mut Report) {
    for old in &evidence.released.variables {
        match evidence.current.variable(&old.name) {
            None => report.violation(
                VARIABLES,
                format!("the environment variable {} is gone", old.name),
                "put its row back: deployments set it",
            ),
            Some(new) if new.default != old.default => report.violation(
                VARIABLES,
                format!(
                    "the default of {} was \"{}\" and is \"{}\"",
                    old.name, old.default, new.default
                ),
                "put the default back: deployments rely on it without saying so",
            ),
            Some(_) => {}
        }
    }
    for new in evidence
        .current
        .variables
        .iter()
        .filter(|new| evidence.released.variable(&new.name).is_none())
    {
        report.information(
            VARIABLES,
            format!("the environment variable {} is new", new.name),
        );
    }
}

fn page(evidence: &Evidence, report: &mut Report) {
    evidence.compare_rendered(generate::Subject::Configuration, report);
}
