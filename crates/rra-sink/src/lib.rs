//! Takes finished security events from any thread and delivers them to every destination, in
//! order, with memory bounded in bytes and every loss counted.
//!
//! ```
//! use std::time::Duration;
//! use rra_schema::Severity;
//! use rra_sink::{Journal, testing::CapturingSink};
//!
//! let (sink, captured) = CapturingSink::new("memory");
//! let journal = Journal::builder().sink(sink).start()?;
//!
//! let accepted = journal.append(Severity::Info, |seq, line| {
//!     line.extend_from_slice(format!("{{\"event_id\":\"a-{seq}\"}}\n").as_bytes());
//! })?;
//! assert_eq!(accepted.seq, 1);
//!
//! let report = journal.shutdown(Duration::from_secs(5));
//! assert!(report.is_complete());
//! captured.assert_lines(&["{\"event_id\":\"a-1\"}\n"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Tour
//!
//! - [`Journal`] is where producers append. It never does IO on their thread, gives each accepted
//!   event the next number, and sheds by severity when it fills ([`Overflow`]).
//! - [`Sink`] is what a destination implements; its documentation shows a whole one. Each sink is
//!   driven by one lane: a thread that takes batches, retries, and knows when the sink is down.
//! - With the feature `network`: `RemoteSink` is what a destination over a network implements, in an
//!   `async fn`. One background thread drives all of them; while one is away its events wait in a
//!   spool on disk, and neither the journal nor another sink feels it.
//! - [`Receipt`] tells when one event reached a [`Level`].
//! - [`Report`] is the account: per sink, accepted + recovered = delivered + dropped + pending, in
//!   events.
//!   [`Health`] says whether a sink is up. [`Gap`] is a loss that the log itself should mention.
//! - [`testing`] has a capturing sink with assertions and sinks that fail by a script.

pub mod testing;

mod admission;
mod apart;
mod backoff;
mod deadline;
mod draft;
mod error;
mod fork;
mod journal;
mod lane;
mod loss;
#[cfg(all(test, feature = "network"))]
mod paused;
mod receipt;
#[cfg(feature = "network")]
mod remote;
mod report;
mod ring;
#[cfg(test)]
mod scratch;
mod sink;
#[cfg(feature = "network")]
mod spool;

pub use admission::Overflow;
pub use error::{Error, Refused};
pub use journal::{Accepted, Builder, Journal};
pub use loss::{Gap, LossTable, Reason};
pub use receipt::{Level, Receipt};
#[cfg(feature = "network")]
pub use remote::{Answer, RemoteSettings, RemoteSink};
pub use report::{Attempt, Health, Report, SinkReport, SpoolHealth};
pub use sink::{Batch, DeliveryError, Earlier, Fault, Line, Sink, SinkSettings, Span};
