//! The layer of rra-http, as configured.

#[cfg(feature = "otel")]
mod traced;
#[cfg(not(feature = "otel"))]
mod untraced;

#[cfg(feature = "otel")]
use traced::in_spans;
#[cfg(not(feature = "otel"))]
use untraced::in_spans;

use rra_http::{ApiLayer, Network, Proxies};
use rra_metrics::Metrics;

use crate::config::{HttpConfig, ProxyHeader};
use crate::error::Error;
use crate::handle::Handle;

const PROXIES: &str = "http.trusted_proxies (RRA_TRUSTED_PROXIES)";

/// The layer, to be cloned for each router.
#[derive(Debug)]
pub(crate) struct Api {
    layer: ApiLayer,
}

impl Api {
    pub(crate) fn new(config: &HttpConfig, metrics: &Metrics) -> Result<Self, Error> {
        let networks = networks(PROXIES, &config.trusted_proxies)?;
        if networks.is_empty() && config.proxy_header != ProxyHeader::default() {
            return Err(Error::SettingMissing {
                set: "http.proxy_header (RRA_PROXY_HEADER)",
                missing: PROXIES,
            });
        }
        let header = match config.proxy_header {
            ProxyHeader::XForwardedFor => rra_http::ProxyHeader::XForwardedFor,
            ProxyHeader::Forwarded => rra_http::ProxyHeader::Forwarded,
        };
        let proxies = Proxies::new(networks).header(header);
        let layer = ApiLayer::new(metrics.clone()).behind(proxies);
        Ok(Self {
            layer: in_spans(layer),
        })
    }
}

/// The networks of a setting, or which of them is none.
pub(crate) fn networks(setting: &'static str, texts: &[String]) -> Result<Vec<Network>, Error> {
    let networks = texts.iter().map(|text| text.parse());
    let networks = networks.collect::<Result<_, _>>();
    networks.map_err(|source| Error::Network { setting, source })
}

impl Handle {
    /// The layer for the routes of an axum service: `Router::layer` after all routes. It counts
    /// requests, and events that are emitted while one is handled carry its id, its client's address
    /// and its trace by themselves; with the feature `otel`, each request is a span.
    ///
    /// Name the routes in [`MetricsConfig::routes`](rra_metrics::MetricsConfig::routes): requests of a
    /// route that is not there are counted under `_other`.
    ///
    /// ```
    /// use axum::{Router, routing::get};
    /// use rra_observability::metrics::Route;
    /// use rra_observability::{Config, Setup};
    ///
    /// # fn main() -> Result<(), rra_observability::Error> {
    /// let mut config = Config::default();
    /// config.metrics.routes = vec![Route::new("GET", "/api/v1/licenses/{id}")];
    /// config.http.trusted_proxies = vec!["10.0.0.0/8".to_owned()];
    /// # config.metrics_address = None;
    /// let guard = Setup::new(config).start()?;
    ///
    /// let service: Router = Router::new()
    ///     .route("/api/v1/licenses/{id}", get(|| async { "a licence" }))
    ///     .layer(guard.handle().api_layer());
    /// # let _ = service;
    /// # Ok(())
    /// # }
    /// ```
    pub fn api_layer(&self) -> ApiLayer {
        self.api().layer.clone()
    }
}
