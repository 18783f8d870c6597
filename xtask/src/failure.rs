//! Why a verb did not end well, and the exit code that says so.

use std::fmt;
use std::process::ExitCode;

/// Why a verb did not end well.
#[derive(Debug)]
#[non_exhaustive]
pub(crate) enum Failure {
    /// The command line asks for something that does not exist.
    Usage(String),
    /// A check ran and found something; the findings are already printed, this is their sum.
    Found(String),
    /// Something the verb stands on is missing or broke: a program, a file, the network.
    Broken(String),
}

impl Failure {
    /// 1 when a check found something, 2 when it could not be asked or could not run.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Found(_) => ExitCode::from(1),
            Self::Usage(_) | Self::Broken(_) => ExitCode::from(2),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(reason) => write!(f, "{reason}; see `cargo xtask help`"),
            Self::Found(sum) | Self::Broken(sum) => f.write_str(sum),
        }
    }
}

impl std::error::Error for Failure {}

impl From<lexopt::Error> for Failure {
    fn from(error: lexopt::Error) -> Self {
        Self::Usage(error.to_string())
    }
}
