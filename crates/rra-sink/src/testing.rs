//! Sinks for tests: one that captures and asserts, one that fails by a script.
//!
//! ```
//! use std::time::Duration;
//! use rra_schema::Severity;
//! use rra_sink::Journal;
//! use rra_sink::testing::{CapturingSink, Failure, FailingSink};
//!
//! let (sink, captured) = CapturingSink::new("memory");
//! // The first call fails, every later one reaches the capturing sink.
//! let sink = FailingSink::new(sink, [Failure::Retryable { after: 0 }]);
//! let journal = Journal::builder().sink(sink).start()?;
//! journal.append(Severity::Info, |_, line| line.extend_from_slice(b"{}\n"))?;
//! assert!(journal.shutdown(Duration::from_secs(5)).is_complete());
//! captured.assert_lines(&["{}\n"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod capturing;
mod expectation;
mod failing;
#[cfg(feature = "network")]
mod remote;

pub use capturing::{Captured, CapturedLine, CapturingSink};
pub use failing::{FailingSink, Failure};
#[cfg(feature = "network")]
pub use remote::{FailingRemote, RemoteFailure};
