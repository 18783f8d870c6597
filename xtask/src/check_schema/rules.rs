//! Every rule: its name, what it says, and the function that looks.
//!
//! A rule belongs to the file of its family. It looks at [`Evidence`] only, so that the self-test
//! can show it evidence with a seeded mistake.

mod alerts;
mod checklist;
mod configuration;
mod dashboards;
mod documents;
mod events;
mod fields;
mod keys;
mod limits;
mod mapping;
mod metrics;
mod names;
mod queries;
mod samples;
mod schemas;
mod secrets;
mod versions;
mod words;

pub(super) use alerts::HEADINGS;
pub(super) use checklist::PAGE;

use super::evidence::Evidence;
use super::finding::{Finding, Report, Weight};

/// One rule.
pub(crate) struct Rule {
    pub(crate) id: &'static str,
    /// The rule as a sentence, for the reference page.
    pub(crate) says: &'static str,
    pub(super) look: fn(&Evidence, &mut Report),
}

/// The rules by family.
pub(crate) const FAMILIES: &[&[Rule]] = &[
    schemas::RULES,
    samples::RULES,
    events::RULES,
    fields::RULES,
    words::RULES,
    keys::RULES,
    versions::RULES,
    metrics::RULES,
    mapping::RULES,
    configuration::RULES,
    documents::RULES,
    checklist::RULES,
    limits::RULES,
    secrets::RULES,
    names::RULES,
    queries::RULES,
    alerts::RULES,
    dashboards::RULES,
];

/// Every rule in the order of its family.
pub(crate) fn all() -> impl Iterator<Item = &'static Rule> {
    FAMILIES.iter().copied().flatten()
}

/// The families that a new major version of the line may break.
const OF_THE_LINE: [&str; 4] = ["EVT", "FLD", "ENM", "KEY"];

/// Shows the evidence to every rule. What a new major version may break is information.
pub(super) fn judge(evidence: &Evidence) -> Vec<Finding> {
    let mut report = Report::default();
    for rule in all() {
        report.enter(rule.id);
        (rule.look)(evidence, &mut report);
    }
    let mut findings = report.into_findings();
    if is_new_major(evidence) {
        for finding in &mut findings {
            if OF_THE_LINE
                .iter()
                .any(|family| finding.rule.starts_with(family))
            {
                finding.weight = Weight::Information;
                "nothing: the line has a new major version".clone_into(&mut finding.mend);
            }
        }
    }
    findings
}

fn is_new_major(evidence: &Evidence) -> bool {
    let major = |version: &str| {
        version
            .split('.')
            .next()
            .and_then(|major| major.parse::<u32>().ok())
    };
    major(&evidence.current.schema_version) > major(&evidence.released.schema_version)
}

/// The file where the tables of event types are written.
const EVENTS: &str = "crates/rra-schema/src/events.rs";
/// The file where the tables of metrics are written.
const METRICS: &str = "crates/rra-schema/src/metrics.rs";
/// The file where the bounds are written.
const LIMITS: &str = "crates/rra-schema/src/limits.rs";
