//! No traces in this build.

use rra_schema::{Origin, TraceContext};

use crate::config::TracesConfig;
use crate::error::Error;

/// Nothing runs.
#[derive(Debug)]
pub(crate) struct Traces;

impl Traces {
    pub(crate) fn start(config: &TracesConfig, _: &Origin) -> Result<Self, Error> {
        match config.endpoint {
            None => Ok(Self),
            Some(_) => Err(Error::FeatureMissing {
                setting: "traces.endpoint (OTEL_EXPORTER_OTLP_ENDPOINT)",
                feature: "otel",
            }),
        }
    }

    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "the same form with the feature"
    )]
    pub(crate) fn install_subscriber(&self, _: &TracesConfig) -> Result<(), Error> {
        Ok(())
    }
}

/// No trace is going on.
pub(crate) fn current() -> Option<TraceContext> {
    None
}
