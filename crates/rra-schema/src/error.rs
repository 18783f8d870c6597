//! The one error of this crate: what was wrong, where, and what would be right.

use std::fmt;

use crate::redaction;
use crate::writer::is_hidden;

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
            event_type: shown(event_type),
            field: field.to_owned(),
        }
    }

    pub(crate) fn strict(field: &str, rule: &str) -> Self {
        Self::Strict {
            field: shown(field),
            rule: rule.to_owned(),
        }
    }

    pub(crate) fn invalid(field: &'static str, value: &str, expected: &'static str) -> Self {
        // A refused value may be a password typed into the wrong box, so only its length is kept
        // once it is longer than any word a person would need to see to recognise the mistake.
        let is_long = value.chars().count() > 24;
        let shown = if is_long || redaction::redact(value).is_some() {
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

/// What a line says of itself, fit for a terminal: without secrets, escaped, and not too long.
fn shown(text: &str) -> String {
    const LONGEST: usize = 96;
    let clean = redaction::redact(text);
    let text = clean.as_deref().unwrap_or(text);
    let mut shown = String::new();
    for (at, character) in text.chars().enumerate() {
        if at == LONGEST {
            return shown + "...";
        }
        if is_hidden(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown
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

#[cfg(test)]
mod tests {
    use super::Error;
    use crate::{ChainId, read, read_strict};

    #[track_caller]
    fn check(error: &Error, expected: &str) {
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn what_a_line_says_is_shown_without_harm() {
        let error = read_strict(r#"{"\u001b[2J":1}"#).expect_err("no key of ours");
        check(
            &error,
            "\\u{1b}[2J breaks the written format: it is no key of the format",
        );
        let line = format!(r#"{{"AKIAIOSFODNN7EXAMPLE{}":1}}"#, " a".repeat(99));
        let text = read_strict(&line).expect_err("no key of ours").to_string();
        assert!(
            text.starts_with("[redacted:token] a a") && text.len() < 160,
            "{text}"
        );
        let error = read(r#"{"event_type":"\u202ea"}"#).expect_err("no time");
        check(&error, "an event of type \\u{202e}a needs timestamp");
    }

    #[test]
    fn a_refused_value_that_is_a_secret_is_not_shown() {
        let error = ChainId::new("AKIAIOSFODNN7EXAMPLE").expect_err("no chain");
        check(
            &error,
            "chain cannot be \"a text of 20 characters\": expected a CAIP-2 id such as eip155:1",
        );
    }
}
