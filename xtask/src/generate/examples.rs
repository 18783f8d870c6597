//! `docs/reference/schemas/examples`: lines to try a consumer with.

use std::collections::BTreeMap;

use serde_json::json;

use crate::check_schema::{mutants, samples};

/// Mistakes shown for each event type.
const MISTAKES: usize = 12;

/// Every type with as little and with as much as can be, one line each.
pub(super) fn valid() -> String {
    let lines = samples::examples()
        .into_iter()
        .map(|sample| sample.line + "\n");
    lines.collect()
}

/// Some mistakes of every type: of what type it is, what is wrong, and the event.
pub(super) fn invalid() -> String {
    let mut by_type: BTreeMap<String, Vec<mutants::Mutant>> = BTreeMap::new();
    for mutant in mutants::of(&samples::fullest()) {
        by_type
            .entry(mutant.event_type.clone())
            .or_default()
            .push(mutant);
    }
    let shown = by_type.values().flat_map(|mutants| {
        // A stride shows all kinds of mistakes.
        mutants.iter().step_by(mutants.len().div_ceil(MISTAKES))
    });
    shown.map(line).collect()
}

fn line(mutant: &mutants::Mutant) -> String {
    let head = json!({ "of": mutant.event_type, "why": mutant.why }).to_string();
    format!(
        "{},\"event\":{}}}\n",
        head.trim_end_matches('}'),
        mutant.line
    )
}
