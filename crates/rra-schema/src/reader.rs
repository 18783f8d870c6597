//! Lines read back: leniently, whoever wrote them ([`read`]), or by the letter ([`read_strict`]).

mod event;
mod module;
mod python;
mod rest;
mod strict;

pub use event::ReadEvent;
pub use strict::read_strict;

use crate::error::Error;
use crate::json::Json;
use crate::limits;

/// Reads one line, ours or the RRA Module's, and keeps what it does not know.
///
/// Any RFC 3339 fraction and offset is a time; `null` and empty text mean absent; unknown event
/// types, severities and keys are kept; the RRA Module's names inside `details` are understood.
/// What Python writes beyond JSON is read as text: `NaN`, infinities, and half of a surrogate pair. A byte
/// order mark is passed over, and so are the zeros that `copytruncate` may leave at the start of a file.
///
/// ```
/// use rra_schema::SecurityEvent;
///
/// # fn main() -> Result<(), rra_schema::Error> {
/// let event = rra_schema::read(
///     r#"{"timestamp": "2015-05-17T13:05:42Z", "service": "rra-module",
///         "environment": "production", "event_type": "rate_limit.exceeded",
///         "severity": "warning", "message": "Rate limit exceeded",
///         "details": {"limit": 30, "window_minutes": 1}}"#,
/// )?;
/// assert_eq!(event.detail("window_seconds"), Some(rra_schema::Scalar::Integer(60)));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`Error::NotAnEvent`] when the line is not one JSON object or longer than
/// [`READ_LINE_BYTES`](crate::limits::READ_LINE_BYTES); [`Error::Missing`] or [`Error::Invalid`] when it lacks a time or an event
/// type.
pub fn read(line: &str) -> Result<ReadEvent, Error> {
    let line = line.trim_start_matches(['\u{feff}', '\0']);
    let members = members(line).or_else(|error| {
        let quoted = python::quote_constants(line).ok_or(error.clone())?;
        members(&quoted).map_err(|_| error)
    });
    ReadEvent::from_members(members?)
}

fn members(line: &str) -> Result<Vec<(String, Json)>, Error> {
    let not_an_event = |reason: String| Error::NotAnEvent { reason };
    if line.len() > limits::READ_LINE_BYTES {
        return Err(not_an_event(format!(
            "it is longer than {} bytes",
            limits::READ_LINE_BYTES
        )));
    }
    match Json::parse(line) {
        Ok(Json::Map(members)) => Ok(members),
        Ok(_) => Err(not_an_event("it is JSON, but no object".to_owned())),
        Err(error) => Err(not_an_event(error.to_string())),
    }
}

#[cfg(test)]
mod tests;
