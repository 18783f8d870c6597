//! LIM: what is promised as a line fits into a line.

use super::{LIMITS, Rule};
use crate::check_schema::evidence::Evidence;
use crate::check_schema::finding::Report;
use crate::registry::{Event, Field, Registry};

pub(super) const RULES: &[Rule] = &[Rule {
    id: "LIM001",
    says: "whatever an event type requires fits into a line at its longest",
    look: worst_case,
}];

/// The most bytes one character takes when it is escaped: two `\uXXXX` of a surrogate pair.
const ESCAPED_BYTES: u64 = 12;

/// Kept free for what is written after `tags`.
const TAIL_BYTES: u64 = 1536;

fn worst_case(evidence: &Evidence, report: &mut Report) {
    let registry = &evidence.current;
    let Some(bound) = registry.limits.get("line_bytes_max") else {
        return;
    };
    for event in &registry.events {
        let worst = worst_bytes(registry, event);
        if worst > *bound {
            report.violation(
                LIMITS,
                format!(
                    "{} may need {worst} bytes, a line has at most {bound}",
                    event.name
                ),
                "lower the limits of its required fields, or make one optional",
            );
        }
    }
}

/// The longest a line can become with everything it may carry in the envelope and everything the
/// type requires.
fn worst_bytes(registry: &Registry, event: &Event) -> u64 {
    let keys = registry.keys.iter().map(field_bytes).sum::<u64>();
    let details = event
        .fields
        .iter()
        .filter(|field| field.required)
        .map(field_bytes)
        .sum::<u64>();
    keys + details + TAIL_BYTES
}

/// Quotes, colon, comma, name and value. What has no length of its own is at most a digest or a
/// number of 78 digits with its quotes.
fn field_bytes(field: &Field) -> u64 {
    let value = field
        .max_chars
        .map_or(130, |chars| chars * ESCAPED_BYTES + 2);
    field.name.len() as u64 + 4 + value
}
