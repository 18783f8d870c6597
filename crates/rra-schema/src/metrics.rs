//! The metric catalogue: every metric a service may expose, as constant tables.
//!
//! Owns names, kinds, help texts, label domains, buckets and initial zeros, and which event moves
//! which metric. Registers nothing and counts nothing: that is `rra-metrics`.
//!
//! ```
//! use rra_schema::metrics::{self, Kind};
//!
//! let attempts = metrics::find("rra_auth_attempts_total").expect("a contract metric");
//! assert_eq!(attempts.kind, Kind::Counter);
//! let labels: Vec<&str> = attempts.labels.iter().map(|label| label.name).collect();
//! assert_eq!(labels, ["result", "method"]);
//! ```

pub mod agents;
pub mod api;
pub mod blockchain;
pub mod labels;
pub mod mapping;
pub mod pipeline;
pub mod process;
pub mod runtime;
pub mod security;
pub mod traces;

mod spec;
#[cfg(test)]
mod tests;

pub use spec::{Area, Domain, Kind, LabelSpec, MetricSpec, Stability, Unit, Zero};

/// The value of a label whose real value has no slot of its own: not registered, or beyond the cap.
pub const OTHER: &str = "_other";
/// The agent of a request that nobody has authenticated.
pub const UNAUTHENTICATED: &str = "_unauthenticated";
/// The endpoint of a request that matched no route.
pub const UNMATCHED: &str = "_unmatched";
/// The value of a label for which the event or call named nothing.
pub const UNKNOWN: &str = "unknown";
/// The event type of every custom (`x.<vendor>.<name>`) event.
pub const CUSTOM_EVENT: &str = "custom";
/// The event type of an event that the catalogue does not know, such as one read from a newer log.
pub const OTHER_EVENT: &str = "other";

/// The metric with this name.
pub fn find(name: &str) -> Option<&'static MetricSpec> {
    METRICS.iter().copied().find(|metric| metric.name == name)
}

/// Every metric of the catalogue, area by area.
pub static METRICS: &[&MetricSpec] = &[
    &api::REQUESTS,
    &api::REQUEST_DURATION,
    &api::ERRORS,
    &api::ACTIVE_CONNECTIONS,
    &api::REQUESTS_IN_FLIGHT,
    &security::AUTH_ATTEMPTS,
    &security::RATE_LIMIT_HITS,
    &security::SECURITY_EVENTS,
    &security::AUTH_TOKENS,
    &security::RATE_LIMIT_UTILIZATION,
    &security::RATE_LIMIT_AGENTS,
    &security::RATE_LIMIT_DECISIONS,
    &security::AUTH_FAILURES_BY_SOURCE,
    &security::RATE_LIMIT_HITS_BY_SOURCE,
    &security::TLS_CERTIFICATE_EXPIRY,
    &security::TLS_CERTIFICATE_READ_ERRORS,
    &blockchain::LICENSES_ISSUED,
    &blockchain::PAYMENTS_RECEIVED,
    &blockchain::GAS_USED,
    &blockchain::PAYMENT_AMOUNT,
    &blockchain::PAYMENT_AMOUNT_USD,
    &blockchain::GAS_COST,
    &blockchain::GAS_PRICE,
    &blockchain::TRANSACTIONS,
    &blockchain::TRANSACTIONS_PENDING,
    &blockchain::TRANSACTION_OLDEST_PENDING,
    &blockchain::TRANSACTION_CONFIRMATION_DURATION,
    &blockchain::CHAIN_RPC_REQUESTS,
    &blockchain::CHAIN_RPC_DURATION,
    &blockchain::CHAIN_HEAD_BLOCK,
    &blockchain::WALLET_BALANCE,
    &agents::NEGOTIATIONS,
    &agents::NEGOTIATION_DURATION,
    &agents::ACTIVE_AGENTS,
    &pipeline::EVENTS_ACCEPTED,
    &pipeline::EVENTS_DROPPED,
    &pipeline::EVENTS_DISCARDED,
    &pipeline::EVENTS_INVALID,
    &pipeline::SINK_WRITES,
    &pipeline::SINK_WRITTEN_EVENTS,
    &pipeline::SINK_WRITTEN_BYTES,
    &pipeline::SINK_ERRORS,
    &pipeline::SINK_RETRIES,
    &pipeline::SINK_WRITE_DURATION,
    &pipeline::SINK_UP,
    &pipeline::SINK_LAST_SUCCESS,
    &pipeline::SINK_QUEUE_EVENTS,
    &pipeline::SINK_QUEUE_CAPACITY,
    &pipeline::SINK_SPOOL,
    &pipeline::SINK_SPOOL_CAPACITY,
    &pipeline::SINK_SPOOL_OLDEST,
    &pipeline::FILE_ROTATIONS,
    &pipeline::FILESYSTEM_AVAILABLE,
    &pipeline::FILESYSTEM_SIZE,
    &pipeline::ALERTS_SENT,
    &traces::SPANS_ENDED,
    &traces::SPANS_EXPORTED,
    &traces::SPANS_DROPPED,
    &process::METRICS_SERIES,
    &process::LABEL_OVERFLOW,
    &process::RENDER_DURATION,
    &process::RENDER_BYTES,
    &process::BUILD_INFO,
    &runtime::TOKIO_WORKERS,
    &runtime::TOKIO_ALIVE_TASKS,
    &runtime::TOKIO_QUEUED_TASKS,
    &runtime::TOKIO_BUSY,
    &process::CPU,
    &process::OPEN_FDS,
    &process::MAX_FDS,
    &process::VIRTUAL_MEMORY,
    &process::VIRTUAL_MEMORY_MAX,
    &process::RESIDENT_MEMORY,
    &process::START_TIME,
    &process::THREADS,
];
