//! LIM: what an event type requires fits into a line, whatever else the event says.

use super::{EVENTS, Rule};
use crate::check_schema::corpus;
use crate::check_schema::evidence::Evidence;
use crate::check_schema::finding::Report;

pub(super) const RULES: &[Rule] = &[Rule {
    id: "LIM001",
    says: "the longest line of every event type is within the bound and lacks nothing the type requires",
    look: longest,
}];

fn longest(evidence: &Evidence, report: &mut Report) {
    let bound = rra_schema::limits::LINE_BYTES;
    for sample in &evidence.longest {
        let bytes = sample.line.len() + 1;
        let too_long =
            (bytes > bound).then(|| format!("it has {bytes} bytes, a line has at most {bound}"));
        let faults = corpus::strict_faults(&sample.line, &evidence.judges.writer);
        for problem in too_long.into_iter().chain(faults) {
            report.violation(
                EVENTS,
                format!(
                    "the longest line of {} is not valid: {problem}",
                    sample.event_type
                ),
                "lower the limits of its required fields, or make one optional",
            );
        }
    }
}
