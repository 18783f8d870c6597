//! Security events, metrics and traces for an RRA service, from one `init`.
//!
//! ```
//! use rra_observability::schema::events::auth::{AuthFailureReason, Failure};
//! use rra_observability::schema::{Event, UserId};
//! use rra_observability::{Config, emit, init};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # if !cfg!(feature = "file") { return Ok(()); }
//! # let directory = tempfile::tempdir()?;
//! let mut config = Config::from_env()?;
//! config.log_file = Some("logs/security.log".into());
//! # config.log_file = Some(directory.path().join("logs/security.log"));
//! # config.metrics_address = None;
//! # let path = config.log_file.clone().unwrap();
//! let guard = init(config)?;
//!
//! emit(&Event::new(Failure::new(AuthFailureReason::InvalidKey).attempts(3_u64))
//!     .message("Authentication failed: Invalid API key")
//!     .user_id(UserId::new("user_abc123")?))?;
//!
//! let report = guard.shutdown(std::time::Duration::from_secs(5));
//! assert!(report.events.is_complete());
//! # assert!(std::fs::read_to_string(path)?.contains("\"user_id\":\"user_abc123\""));
//! # Ok(())
//! # }
//! ```
//!
//! # Tour
//!
//! - [`Config`] says what is wanted: in code, from the environment, from a TOML file.
//! - [`init`] starts it and returns the [`Guard`] that keeps it running; [`Setup`] adds sinks of
//!   your own and starts without touching the process.
//! - [`emit`] takes an event from anywhere, a [`Handle`] does so without a global.
//! - With the feature `http`, [`init`] serves `/metrics`, `/health` and `/ready` at
//!   [`Config::metrics_address`], and `Handle::api_layer` is the layer around your routes, which
//!   [`Config::metrics`] must name to tell them apart; the example `rra_service` is a whole service.
//! - [`schema`], [`metrics`], [`sink`] and `file` are the parts, re-exported; `file::verify` checks a
//!   chained log.
//!
//! The parts have the mechanisms; this crate puts them together and is the only one that reads
//! the environment.

#[cfg(feature = "http")]
pub use rra_http as http;
pub use rra_metrics as metrics;
#[cfg(feature = "otel")]
pub use rra_otel as otel;
pub use rra_schema as schema;
pub use rra_sink as sink;
#[cfg(feature = "file")]
pub use rra_sink_file as file;

mod admin;
mod api;
mod audit;
mod certificates;
mod clock;
mod config;
mod context;
mod destinations;
mod error;
mod exposition;
mod guard;
mod handle;
mod log_file;
mod pipeline;
mod process;
mod setup;
mod stamp;
mod traces;

pub use config::{
    AccessConfig, Config, HttpConfig, JournalConfig, JournalDirectory, LogConfig, ProxyHeader,
    RotateEvery, Secret,
};
pub use error::{EmitError, Error};
pub use guard::{Guard, Report};
pub use handle::Handle;
pub use process::{emit, handle, init};
pub use setup::Setup;
pub use traces::TracesConfig;

/// The example of the README, so that it is compiled like every other.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
