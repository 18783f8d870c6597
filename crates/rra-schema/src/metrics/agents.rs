//! Metrics of agents and their negotiations.

use crate::metrics::labels::{self, AGENT_ID};
use crate::metrics::spec::{Area, LabelSpec, MetricSpec, Zero};
use crate::metrics::{OTHER, UNAUTHENTICATED, UNKNOWN};

const NEGOTIATION_SECONDS: &[f64] = &[
    1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 10_800.0, 43_200.0, 86_400.0,
];

/// Negotiations by how they ended.
pub static NEGOTIATIONS: MetricSpec = MetricSpec::counter(
    Area::Agents,
    "rra_negotiations_total",
    "Negotiations that ended, by agent and outcome.",
)
.labels(&[
    AGENT_ID,
    LabelSpec::closed("outcome", &labels::NEGOTIATION_OUTCOME),
])
.zero(Zero::Only(&[("agent_id", &[OTHER])]))
.seed();

/// How long negotiations took. An agent costs 16 series here, so fewer agents have their own.
pub static NEGOTIATION_DURATION: MetricSpec = MetricSpec::histogram(
    Area::Agents,
    "rra_negotiation_duration_seconds",
    "Time from the start of a negotiation to its end, by agent.",
    NEGOTIATION_SECONDS,
)
.labels(&[LabelSpec::dynamic(
    "agent_id",
    50,
    &[OTHER, UNAUTHENTICATED, UNKNOWN],
)])
.seed();

/// Agents that are at work.
pub static ACTIVE_AGENTS: MetricSpec = MetricSpec::gauge(
    Area::Agents,
    "rra_active_agents",
    "Agents with an authenticated action on this instance in the last 5 minutes.",
)
.zero(Zero::Every)
.seed();
