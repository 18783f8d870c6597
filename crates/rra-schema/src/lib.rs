//! The vocabulary of RRA observability: every security event and metric, how an event is written
//! as one JSON line, and how such a line is read back.

pub mod limits;
pub mod metrics;
pub mod spec;

mod error;
mod severity;

pub use error::Error;
pub use severity::Severity;
