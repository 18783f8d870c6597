//! CFG: what deployments set, in the environment or in the file, stays what it was.

use super::Rule;
use crate::check_schema::evidence::Evidence;
use crate::check_schema::finding::Report;
use crate::generate;
use crate::registry::Registry;

const TABLES: &str = "crates/rra-schema/src/configuration.rs";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "CFG001",
        says: "no environment variable or key of the file is removed or renamed, and no default changes",
        look: promises,
    },
    Rule {
        id: "CFG002",
        says: "the page of the configuration is the one the tables give",
        look: page,
    },
];

fn promises(evidence: &Evidence, report: &mut Report) {
    let (released, current) = (defaults(&evidence.released), defaults(&evidence.current));
    for (name, was) in &released {
        match current.iter().find(|(other, _)| other == name) {
            None => report.violation(
                TABLES,
                format!("{name} is gone"),
                "put its row back: deployments set it",
            ),
            Some((_, is)) if is != was => report.violation(
                TABLES,
                format!("the default of {name} was \"{was}\" and is \"{is}\""),
                "put the default back: deployments rely on it without saying so",
            ),
            Some(_) => {}
        }
    }
    for (name, _) in &current {
        if !released.iter().any(|(other, _)| other == name) {
            report.information(TABLES, format!("{name} is new"));
        }
    }
}

/// Variables and keys with their defaults.
fn defaults(registry: &Registry) -> Vec<(&str, &str)> {
    let variables = registry.variables.iter();
    let settings = registry.settings.iter();
    variables
        .map(|row| (row.name.as_str(), row.default.as_str()))
        .chain(settings.map(|row| {
            (
                row.name.as_str(),
                row.default.as_deref().unwrap_or_default(),
            )
        }))
        .collect()
}

fn page(evidence: &Evidence, report: &mut Report) {
    evidence.compare_rendered(generate::Subject::Configuration, report);
}
