//! The vocabulary of RRA observability: every security event and metric, how an event is written
//! as one JSON line, and how such a line is read back.
//!
//! ```
//! use rra_schema::events::auth::{AuthFailureReason, Failure};
//! use rra_schema::{Event, Instance, LineBuffer, Origin, Seal, SecurityEvent, Timestamp, UserId};
//!
//! # fn main() -> Result<(), rra_schema::Error> {
//! let event = Event::new(Failure::new(AuthFailureReason::InvalidKey).attempts(3_u64))
//!     .message("Authentication failed: Invalid API key")
//!     .user_id(UserId::new("user_abc123")?);
//!
//! let origin = Origin::new("rra-module", "production", Instance::from_bits(7))?;
//! let seal = Seal::new(&origin, Timestamp::parse("2025-12-20T10:30:00.000Z")?, 1);
//! let mut room = [0; rra_schema::limits::LINE_BYTES];
//! let mut line = LineBuffer::new(&mut room);
//! event.write_line(&seal, &mut line);
//! assert!(line.as_bytes().starts_with(br#"{"timestamp":"2025-12-20T10:30:00.000Z","service":"rra-module","#));
//! # Ok(())
//! # }
//! ```
//!
//! # Where things are
//!
//! - [`events`]: one struct of typed details for each event type, and the catalogue of them all;
//!   [`events::custom`] for events of your own.
//! - [`Event`] puts details, request and severity together; [`Seal`] adds time and number;
//!   [`SecurityEvent::write_line`] writes the line without allocating.
//! - [`read`] reads any line leniently, [`read_strict`] by the letter.
//! - [`metrics`]: every metric with its labels and bounds, and which event moves which.
//! - [`spec`] is the form of the tables, [`limits`] the bounds, [`json_schema`] the same as JSON
//!   Schemas.
//!
//! Nothing here does IO, reads a clock or starts a thread.

pub mod configuration;
pub mod events;
pub mod json_schema;
pub mod limits;
pub mod metrics;
pub mod spec;

mod error;
mod event;
mod json;
mod reader;
mod redaction;
mod severity;
mod values;
mod writer;

pub use error::Error;
pub use event::{Details, Event, EventName, SecurityEvent};
pub use json::Json;
pub use reader::{ReadEvent, read, read_strict};
pub use redaction::{is_secret_key, redact};
pub use severity::Severity;
pub use values::{
    AgentId, ChainId, CleanUrl, Decimal, DetailValue, EventId, Instance, Name, Ratio, RequestId,
    Scalar, Sha256, SpanId, Tag, Text, Timestamp, TokenId, TraceContext, TraceId, TransactionHash,
    UserId,
};
pub use writer::{KEYS, LineBuffer, Origin, RequestFacts, SCHEMA_VERSION, Seal};
