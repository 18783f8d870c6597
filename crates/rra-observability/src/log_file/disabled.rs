//! No log file in this build.

use std::path::Path;

use super::LogFile;
use crate::error::Error;

/// Refuses a configured file, because silence would look like success.
pub(crate) fn open(path: Option<&Path>) -> Result<Option<LogFile>, Error> {
    match path {
        None => Ok(None),
        Some(_) => Err(Error::FeatureMissing {
            setting: "log_file (RRA_SECURITY_LOG_FILE)",
            feature: "file",
        }),
    }
}
