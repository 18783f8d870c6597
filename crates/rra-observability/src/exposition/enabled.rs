//! A recorder of our own, whose page is served and rendered.

#[cfg(feature = "tokio")]
mod runtime;
#[cfg(not(feature = "tokio"))]
mod without_runtime;

#[cfg(feature = "tokio")]
use runtime::observe_current;
#[cfg(not(feature = "tokio"))]
use without_runtime::observe_current;

use rra_metrics::{Metrics, MetricsConfig};

use crate::error::Error;

/// Renders the metrics.
#[derive(Debug)]
pub(crate) struct Exposition {
    text: rra_metrics::Exposition,
}

impl Exposition {
    pub(crate) fn start(config: &MetricsConfig) -> Result<(Metrics, Self), Error> {
        let (metrics, text) = rra_metrics::Exposition::new(config).map_err(Error::Metrics)?;
        observe_current(&text);
        Ok((metrics, Self { text }))
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
