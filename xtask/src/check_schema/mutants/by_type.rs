//! Mistakes against what the event type says of severity and outcome.

use rra_schema::Severity;
use rra_schema::spec::{EventSpec, Outcome};
use serde_json::json;

use super::Mistake;
use crate::check_schema::node::Node;

/// Every mistake that a line of this type can have.
pub(super) fn mistakes(line: &Node, spec: &EventSpec) -> Vec<Mistake> {
    let mut mistakes: Vec<Mistake> = Severity::ALL
        .into_iter()
        .filter(|severity| *severity < spec.severity)
        .map(|severity| {
            (
                format!("severity is lowered to {severity}"),
                line.with("severity", json!(severity.as_str())),
            )
        })
        .collect();
    for outcome in [Outcome::Success, Outcome::Failure]
        .into_iter()
        .filter(|outcome| *outcome != spec.outcome)
    {
        let word = outcome.as_str();
        mistakes.push((
            format!("outcome is {word}"),
            line.with("outcome", json!(word)),
        ));
    }
    if spec.outcome != Outcome::Unknown {
        mistakes.push(("outcome is missing".to_owned(), line.without("outcome")));
    }
    mistakes
}
