//! KEY: the order of keys that `head`, `cut` and people rely on.

use super::Rule;
use crate::check_schema::evidence::Evidence;
use crate::check_schema::finding::Report;

pub(super) const RULES: &[Rule] = &[Rule {
    id: "KEY001",
    says: "the keys of the line keep their order, and new keys come last",
    look: order,
}];

fn order(evidence: &Evidence, report: &mut Report) {
    let old: Vec<&str> = evidence
        .released
        .keys
        .iter()
        .map(|key| key.name.as_str())
        .collect();
    let new: Vec<&str> = evidence
        .current
        .keys
        .iter()
        .map(|key| key.name.as_str())
        .collect();
    let kept: Vec<&str> = old
        .iter()
        .copied()
        .filter(|key| new.contains(key))
        .collect();
    if !new.starts_with(&kept) {
        report.violation(
            "crates/rra-schema/src/writer.rs",
            format!("the keys are written as {}", new.join(", ")),
            format!("write {} first, in this order", kept.join(", ")),
        );
    }
}
