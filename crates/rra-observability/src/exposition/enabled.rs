//! A recorder of our own and the thread that keeps its memory constant between scrapes.

use rra_metrics::{Metrics, MetricsConfig, Upkeep};

use crate::error::Error;

/// Renders the metrics.
#[derive(Debug)]
pub(crate) struct Exposition {
    text: rra_metrics::Exposition,
    /// Ends with the exposition.
    _upkeep: Upkeep,
}

impl Exposition {
    pub(crate) fn start(config: &MetricsConfig) -> Result<(Metrics, Self), Error> {
        let (metrics, text) = rra_metrics::Exposition::new(config).map_err(Error::Metrics)?;
        let upkeep = text.start_upkeep().map_err(Error::Metrics)?;
        let exposition = Self {
            text,
            _upkeep: upkeep,
        };
        Ok((metrics, exposition))
    }

    /// Has `refresh` called before each rendering.
    pub(crate) fn refreshed_by(mut self, refresh: impl Fn() + Send + Sync + 'static) -> Self {
        self.text = self.text.refreshed_by(refresh);
        self
    }

    pub(crate) fn render(&self) -> String {
        self.text.render()
    }

    #[cfg(feature = "http")]
    pub(crate) fn text(&self) -> rra_metrics::Exposition {
        self.text.clone()
    }
}
