//! No layer in this build.

use rra_metrics::Metrics;

use crate::config::HttpConfig;
use crate::error::Error;

/// Nothing is worn.
#[derive(Debug)]
pub(crate) struct Api;

impl Api {
    /// Refuses configured proxies, because whoever configures them expects them to be asked.
    pub(crate) fn new(config: &HttpConfig, _: &Metrics) -> Result<Self, Error> {
        if config.trusted_proxies.is_empty() {
            return Ok(Self);
        }
        Err(Error::FeatureMissing {
            setting: "http.trusted_proxies (RRA_TRUSTED_PROXIES)",
            feature: "http",
        })
    }
}
