//! No log file in this build.

use std::path::Path;

use super::LogFile;
use crate::config::LogConfig;
use crate::error::Error;

/// Refuses a configured file, because silence would look like success.
pub(crate) fn open(path: Option<&Path>, _: &LogConfig) -> Result<Option<LogFile>, Error> {
    match path {
        None => Ok(None),
        Some(_) => Err(Error::FeatureMissing {
            setting: "log_file (RRA_SECURITY_LOG_FILE)",
            feature: "file",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configured_file_names_the_feature_it_needs() {
        let refused = open(Some(Path::new("logs/security.log")), &LogConfig::default()).map(drop);
        assert_eq!(
            refused.unwrap_err().to_string(),
            "log_file (RRA_SECURITY_LOG_FILE) is set, but the library was built without its feature file: add the feature or remove the setting"
        );
    }
}
