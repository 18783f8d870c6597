//! No exposition in this build: metrics go to the recorder that the process has installed.

use rra_metrics::{Metrics, MetricsConfig};

use crate::error::Error;

/// Nothing renders.
#[derive(Debug)]
pub(crate) struct Exposition;

impl Exposition {
    pub(crate) fn start(config: &MetricsConfig) -> Result<(Metrics, Self), Error> {
        let metrics = Metrics::on_global_recorder(config).map_err(Error::Metrics)?;
        Ok((metrics, Self))
    }

    /// Nothing is rendered, so nothing has to be refreshed.
    pub(crate) fn refreshed_by(self, _: impl Fn() + Send + Sync + 'static) -> Self {
        self
    }
}
