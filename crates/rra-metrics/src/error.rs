//! The one error of this crate: what stops metrics from being set up.

use std::fmt;

/// Why metrics could not be set up. Nothing fails once they are.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// More values are registered for a label than the catalogue allows.
    TooManyValues {
        /// The label, as the catalogue names it.
        label: &'static str,
        /// How many were given.
        given: usize,
        /// How many are allowed.
        max: usize,
    },
    /// The system gave no thread.
    NoThread {
        /// What it said.
        reason: String,
    },
}

impl Error {
    // By value, so that it can be handed to `map_err` as it is.
    #[expect(clippy::needless_pass_by_value, reason = "the form that map_err takes")]
    pub(crate) fn no_thread(error: std::io::Error) -> Self {
        let reason = error.to_string();
        Self::NoThread { reason }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyValues { label, given, max } => write!(
                f,
                "{given} values are registered for the metric label {label}, which takes {max}: \
                 register fewer, the rest is counted as _other"
            ),
            Self::NoThread { reason } => write!(
                f,
                "metrics need a thread of their own and got none: {reason}; raise the limit of \
                 processes or threads (ulimit -u, pids.max)"
            ),
        }
    }
}

impl std::error::Error for Error {}
