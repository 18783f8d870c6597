//! Everybody who takes part, in a file each, doing the same three things.

mod exporter;
mod measured;
mod opentelemetry;
mod ours;
mod prometheus;
mod prometheus_client;
mod prototype;

use bench_measure::Case;

/// The name of this project in the tables.
pub(crate) const OURS: &str = "rra-metrics";

/// Labels `action` and `token_type` of a token that is issued.
pub(crate) const CLOSED: &str = "counter, two closed labels";
/// Labels `agent_id` and `outcome` of a negotiation, by an agent that has a series.
pub(crate) const OPEN: &str = "counter, a known agent id and a closed label";
/// What `auth.failure` moves: a counter by type and severity, and one by result and method.
pub(crate) const EVENT: &str = "a security event, two counters";
/// A duration by route and method, or two labels of as many words.
pub(crate) const HISTOGRAM: &str = "histogram, 15 buckets, two labels";

/// The id whose series is moved.
pub(crate) const AGENT: &str = "agent-0042";
/// What is observed, in seconds.
pub(crate) const SECONDS: f64 = 0.0123;
/// The bounds of `rra_api_request_duration_seconds`.
pub(crate) const BUCKETS: [f64; 15] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1.0, 2.0, 2.5, 5.0, 7.5, 10.0, 30.0,
];

/// Every operation by everybody, grouped by operation.
pub(crate) fn operations() -> Vec<Case<'static>> {
    let mut cases: Vec<Case<'static>> = [
        ours::cases(),
        exporter::cases(),
        prometheus_client::cases(),
        prometheus::cases(),
        measured::cases(),
        opentelemetry::cases(),
        prototype::cases(),
    ]
    .into_iter()
    .flatten()
    .collect();
    let order = [CLOSED, OPEN, EVENT, HISTOGRAM];
    cases.sort_by_key(|case| order.iter().position(|known| *known == case.operation));
    cases
}
