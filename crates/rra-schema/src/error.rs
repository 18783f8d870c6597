//! The one error of this crate: what was wrong, where, and what would be right.

use std::fmt;

/// Why a value or a line was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A value does not have the form its field asks for.
    Invalid {
        /// The field, as the JSON line names it.
        field: &'static str,
        /// The start of the refused value, escaped and cut to a printable length.
        value: String,
        /// The form that would be accepted.
        expected: &'static str,
    },
    /// An event lacks a field that its type requires.
    Missing {
        /// The event type; empty when the line has none.
        event_type: String,
        /// The path of the field, such as `details.reason`.
        field: String,
    },
    /// A line is not one JSON object.
    NotAnEvent {
        /// What the parser stumbled over, with its column.
        reason: String,
    },
    /// A line is a JSON object but breaks the strict writer format.
    Strict {
        /// The path of the field.
        field: String,
        /// The rule it breaks.
        rule: String,
    },
}

impl Error {
    pub(crate) fn missing(event_type: &str, field: &str) -> Self {
        Self::Missing {
            event_type: event_type.to_owned(),
            field: field.to_owned(),
        }
    }

    pub(crate) fn invalid(field: &'static str, value: &str, expected: &'static str) -> Self {
        // A refused value may be a password typed into the wrong box, so only its length is kept
        // once it is longer than any word a person would need to see to recognise the mistake.
        let shown = if value.chars().count() > 24 {
            format!("a text of {} characters", value.chars().count())
        } else {
            value.escape_default().to_string()
        };
        Self::Invalid {
            field,
            value: shown,
            expected,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid {
                field,
                value,
                expected,
            } => {
                write!(f, "{field} cannot be \"{value}\": expected {expected}")
            }
            Self::Missing { event_type, field } if event_type.is_empty() => {
                write!(f, "the event lacks {field}")
            }
            Self::Missing { event_type, field } => {
                write!(f, "an event of type {event_type} needs {field}")
            }
            Self::NotAnEvent { reason } => {
                write!(f, "the line is not one JSON object: {reason}")
            }
            Self::Strict { field, rule } => write!(f, "{field} breaks the written format: {rule}"),
        }
    }
}

impl std::error::Error for Error {}
