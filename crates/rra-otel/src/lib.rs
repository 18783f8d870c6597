//! OpenTelemetry tracing for a service: spans over OTLP, with a shutdown that cannot hang.
//!
//! ```
//! use std::time::Duration;
//! use rra_otel::{OtelConfig, OtelGuard};
//! use tracing_subscriber::layer::SubscriberExt;
//!
//! # fn main() -> Result<(), rra_otel::Error> {
//! let mut config = OtelConfig::new("http://127.0.0.1:4318", "rra-module");
//! config.environment = Some("production".to_owned());
//! let guard = OtelGuard::start(&config)?;
//!
//! let subscriber = tracing_subscriber::registry().with(guard.layer());
//! tracing::subscriber::with_default(subscriber, || {
//!     let span = tracing::info_span!("negotiate", agent = "a-17");
//!     let _inside = span.enter();
//!     assert!(rra_otel::current_trace().is_some());
//! });
//!
//! let report = guard.shutdown(Duration::from_millis(200));
//! assert_eq!(report.ended, report.exported + report.failed + report.unsent);
//! # Ok(())
//! # }
//! ```
//!
//! - [`OtelConfig`] says where spans go and how many; only the program fills it, this crate reads no
//!   environment variable of its own accord.
//! - [`OtelGuard`] starts the export, makes layers and ends it all within a deadline, on
//!   multi-thread, current-thread and no async runtime alike.
//! - [`current_trace`] gives a log line its ids; [`continue_trace`] takes a caller's trace over.
//! - [`TraceReport`] accounts for every span that ended.
//!
//! Spans travel as protobuf over HTTP through a blocking client; the feature `grpc` adds gRPC.

mod config;
mod context;
mod endpoint;
mod error;
mod guard;
mod layer;
mod report;
mod transport;

pub use config::{OtelConfig, Protocol};
pub use context::{continue_trace, current_trace};
pub use error::Error;
pub use guard::OtelGuard;
pub use report::TraceReport;
