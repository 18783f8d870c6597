//! OpenTelemetry tracing for a service: spans over OTLP, with a shutdown that cannot hang.
//!
//! ```
//! use std::time::Duration;
//! use rra_otel::{OtelConfig, OtelGuard};
//! use tracing_subscriber::layer::SubscriberExt;
//!
//! # fn main() -> Result<(), rra_otel::Error> {
//! let mut config = OtelConfig::new("http://127.0.0.1:4318");
//! config.resource.service_name = Some("rra-module".to_owned());
//! config.sampling_ratio = 0.5;
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
//! assert_eq!(report.ended, report.exported + report.dropped.total() + report.waiting);
//! # Ok(())
//! # }
//! ```
//!
//! - [`OtelConfig`] says where spans go and which; [`OtelConfig::apply_environment`] reads the
//!   variables of OpenTelemetry from wherever the program looks them up.
//! - [`OtelGuard`] starts the export, makes layers and ends it all within a deadline, on
//!   multi-thread, current-thread and no async runtime alike.
//! - [`current_trace`] gives a log line its ids, [`add_span_event`] the span its event;
//!   [`continue_trace`] takes a caller's trace over, [`pass_trace_on`] hands it on, and
//!   [`begin_request`] spares a request the span that nobody would see.
//! - [`TraceReport`] accounts for every span that ended.
//!
//! Spans travel as protobuf over HTTP through a blocking client; the feature `grpc` adds gRPC, the
//! feature `tls` adds `https` to both.
//!
//! The one unsafe function hands the question for a type on to the layer of
//! `tracing-opentelemetry`, so that its `OpenTelemetrySpanExt` works on recorded spans.

mod batch;
mod config;
mod context;
mod deadline;
mod endpoint;
mod environment;
mod error;
mod export;
mod guard;
mod layer;
mod propagation;
mod protobuf;
mod queue;
mod report;
mod resource;
mod retry;
mod sampling;
mod texts;
mod transport;

pub use config::{
    BatchConfig, Compression, Endpoint, Headers, OtelConfig, Protocol, ResourceConfig, SpanLimits,
    TlsFiles,
};
pub use context::{add_span_event, current_trace, recorded_trace};
pub use error::Error;
pub use guard::{OtelGuard, TraceCounts};
pub use layer::{Place, begin_request};
pub use propagation::{Propagator, continue_trace, install_propagators, pass_trace_on};
pub use report::{DropReason, DroppedSpans, TraceReport};
