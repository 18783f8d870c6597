//! How serious an event is. Owns the five words and their order; decides nothing about delivery.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;

/// How serious an event is, from least to most.
///
/// Every event type has a default severity in the catalogue. A caller may raise it for one event
/// and never lower it, so a rule that watches for `error` cannot be silenced from a call site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Detail for developers; not meant for a SIEM.
    Debug,
    /// Something expected happened.
    Info,
    /// Something was refused or looks wrong; nobody needs to wake up.
    Warning,
    /// Something needs a person today.
    Error,
    /// Something needs a person now.
    Critical,
}

impl Severity {
    /// All severities, least serious first.
    pub const ALL: [Self; 5] = [
        Self::Debug,
        Self::Info,
        Self::Warning,
        Self::Error,
        Self::Critical,
    ];

    /// The word used in the JSON line and as a label value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Severity {
    type Err = Error;

    /// Reads one of the five words.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the text is none of them.
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|severity| severity.as_str() == text)
            .ok_or_else(|| {
                Error::invalid("severity", text, "debug, info, warning, error or critical")
            })
    }
}
