//! The one error of this crate: why tracing could not start, and what would mend it.

use std::fmt;
use std::path::PathBuf;

/// Why tracing could not start.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// There is nowhere to send spans to.
    NoEndpoint,
    /// The endpoint cannot be sent to.
    Endpoint {
        /// The endpoint without credentials.
        endpoint: String,
        /// What is wrong with it and what would be right.
        reason: &'static str,
    },
    /// A value lies outside of what can work.
    Setting {
        /// The field of [`OtelConfig`](crate::OtelConfig), and its variable where that may be to blame.
        setting: &'static str,
        /// The refused value.
        value: String,
        /// What would be accepted.
        expected: &'static str,
    },
    /// An environment variable has a value it cannot have.
    Variable {
        /// The variable.
        name: &'static str,
        /// Its value, unless it may hold a secret.
        value: String,
        /// What it may be.
        expected: &'static str,
    },
    /// A header cannot be sent. Its value is not repeated, for it may be a key.
    Header {
        /// The name of the header.
        name: String,
    },
    /// A certificate or key cannot be used.
    TlsFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The configuration asks for a part that this build lacks.
    FeatureMissing {
        /// The Cargo feature to turn on.
        feature: &'static str,
    },
    /// A thread, the private runtime or the client could not be made.
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
            Self::NoEndpoint => f.write_str(
                "traces have no endpoint: set OtelConfig::endpoint, such as http://127.0.0.1:4318",
            ),
            Self::Endpoint { endpoint, reason } => {
                write!(f, "traces cannot be sent to \"{endpoint}\": {reason}")
            }
            Self::Setting {
                setting,
                value,
                expected,
            } => write!(f, "{setting} cannot be \"{value}\": expected {expected}"),
            Self::Variable {
                name,
                value,
                expected,
            } => write!(f, "{name} cannot be {value:?}: expected {expected}"),
            Self::Header { name } => write!(
                f,
                "the trace header \"{}\" cannot be sent: names and values are printable ASCII without line breaks",
                name.escape_default()
            ),
            Self::TlsFile { path, reason } => write!(
                f,
                "{} cannot be used to encrypt traces: {reason}",
                path.display()
            ),
            Self::FeatureMissing { feature } => write!(
                f,
                "this build cannot send traces that way: turn on the feature {feature} of rra-otel"
            ),
            Self::Start { what, reason } => {
                write!(f, "{what} for traces could not be started: {reason}")
            }
        }
    }
}

impl std::error::Error for Error {}
