//! No admin listener in this build.

use rra_sink::Journal;

use crate::config::Config;
use crate::error::Error;
use crate::exposition::Exposition;

/// Nothing listens.
#[derive(Debug)]
pub(crate) struct Admin;

impl Admin {
    /// Refuses a configured address, because silence would look like success.
    pub(crate) fn start(config: &Config, _: &Exposition, _: &Journal) -> Result<Self, Error> {
        match config.metrics_address {
            None => Ok(Self),
            Some(_) => Err(Error::FeatureMissing {
                setting: "metrics.address (RRA_METRICS_ADDRESS)",
                feature: "http",
            }),
        }
    }
}
