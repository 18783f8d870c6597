//! Typed handles for the RRA metric catalogue over the [`metrics`] façade: a call site can use no
//! name, label or word that the catalogue does not have, and no input can make series without end.
//!
//! ```
//! # #[cfg(feature = "prometheus")] {
//! use rra_metrics::{Endpoint, Exposition, MetricsConfig, Route};
//!
//! # fn main() -> Result<(), rra_metrics::Error> {
//! let config = MetricsConfig {
//!     routes: vec![Route::new("GET", "/api/v1/licenses/{id}")],
//!     ..MetricsConfig::default()
//! };
//! let (metrics, exposition) = Exposition::new(&config)?;
//!
//! let route = metrics.api().route("GET", Endpoint::Template("/api/v1/licenses/{id}"));
//! metrics.api().requests(route, 200).increment(1);
//!
//! let line = "rra_api_requests_total{method=\"GET\",endpoint=\"/api/v1/licenses/{id}\",status=\"200\"} 1";
//! assert!(exposition.render().contains(line));
//! # Ok(())
//! # }
//! # main().unwrap();
//! # }
//! ```
//!
//! # Tour
//!
//! - [`Metrics`] holds the tables: [`api`](Metrics::api), [`security`](Metrics::security),
//!   [`blockchain`](Metrics::blockchain), [`negotiation`](Metrics::negotiation),
//!   [`pipeline`](Metrics::pipeline) and [`traces`](Metrics::traces) give handles to resolve once and keep;
//!   [`record_event`](Metrics::record_event) counts what security events report.
//! - [`MetricsConfig`] names the values of registered labels: routes, chains, tokens, sinks.
//! - `Exposition` (feature `prometheus`) renders everything as Prometheus text.
//!
//! # Bounds
//!
//! A closed label takes a word of an enum. A registered label takes what [`MetricsConfig`] lists,
//! anything else is `_other`. An agent has series of its own once
//! [admitted](Metrics::admit_agent), until 200 are. What was folded into `_other` is counted in
//! `rra_metrics_label_overflow_total`.

#![cfg_attr(
    not(feature = "prometheus"),
    allow(dead_code, reason = "some things only an exposition asks for")
)]

pub mod labels;

mod api;
mod assembly;
mod blockchain;
mod carry;
mod catalogue;
mod clean;
mod config;
mod error;
mod events;
mod family;
mod handle;
mod micros;
mod negotiation;
mod of_agents;
mod pipeline;
mod recent;
mod security;
mod sets;
mod sources;
mod tally;
mod target;
mod timer;
mod traces;
mod utilization;

#[cfg(feature = "certificates")]
mod certificates;
#[cfg(feature = "prometheus")]
mod exposition;
#[cfg(feature = "filesystems")]
mod filesystems;

#[cfg(test)]
mod ledger;

pub use api::Api;
pub use blockchain::{Blockchain, Chain, Operation, Token};
pub use catalogue::Metrics;
pub use config::{BuildInfo, CertificateFile, MetricsConfig, Route};
pub use error::Error;
pub use handle::{Counter, Gauge, Histogram, Level};
pub use negotiation::Negotiation;
pub use pipeline::{Pipeline, SinkMetrics};
pub use security::Security;
pub use sets::{Agent, Endpoint, RouteId};
pub use traces::Traces;

#[cfg(feature = "certificates")]
pub use certificates::CertificateWatch;
#[cfg(feature = "prometheus")]
pub use exposition::{Exposition, TEXT_CONTENT_TYPE};
#[cfg(feature = "filesystems")]
pub use filesystems::FilesystemWatch;
