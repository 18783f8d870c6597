//! The one error of this crate: why tracing could not start, and what would mend it.

use std::fmt;

/// Why tracing could not start.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The endpoint cannot be sent to.
    Endpoint {
        /// The endpoint without credentials.
        endpoint: String,
        /// What is wrong with it and what would be right.
        reason: &'static str,
    },
    /// A value lies outside of what can work.
    Setting {
        /// The field of [`OtelConfig`](crate::OtelConfig).
        setting: &'static str,
        /// The refused value.
        value: String,
        /// What would be accepted.
        expected: &'static str,
    },
    /// A header cannot be sent. Its value is not repeated, for it may be a key.
    Header {
        /// The name of the header.
        name: String,
    },
    /// The configuration asks for a part that this build lacks.
    FeatureMissing {
        /// The Cargo feature to turn on.
        feature: &'static str,
    },
    /// A thread, the private runtime or the exporter could not be made.
    Start {
        /// What could not be made.
        what: &'static str,
        /// What the system or the library said.
        reason: String,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Endpoint { endpoint, reason } => {
                write!(f, "traces cannot be sent to \"{endpoint}\": {reason}")
            }
            Self::Setting {
                setting,
                value,
                expected,
            } => write!(f, "{setting} cannot be \"{value}\": expected {expected}"),
            Self::Header { name } => write!(
                f,
                "the trace header \"{}\" cannot be sent: names and values are printable ASCII without line breaks",
                name.escape_default()
            ),
            Self::FeatureMissing { feature } => write!(
                f,
                "this build has no {feature} transport for traces: turn on the feature {feature} of rra-otel, or use HTTP"
            ),
            Self::Start { what, reason } => {
                write!(f, "{what} for traces could not be started: {reason}")
            }
        }
    }
}

impl std::error::Error for Error {}
