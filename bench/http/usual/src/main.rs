//! The example service, observed as one would without us: `tower-http` for spans and request ids,
//! `axum-prometheus` and the macros of `metrics`, JSON lines by `tracing-subscriber` through
//! `tracing-appender`, spans by `tracing-opentelemetry` and `opentelemetry-otlp`. Each is set up as
//! its documentation shows it.

mod observer;
mod options;
mod setup;

/// The handlers are those of the example.
#[path = "../../../../crates/rra-observability/examples/rra_service"]
#[allow(
    dead_code,
    reason = "the example does more with itself than serve requests"
)]
mod example {
    pub(crate) mod agent;
    pub(crate) mod attempts;
    pub(crate) mod chain;
    pub(crate) mod client;
    pub(crate) mod fetch_guard;
    pub(crate) mod handlers;
    pub(crate) mod input_guard;
    pub(crate) mod negotiations;
    pub(crate) mod rate_limit;
    pub(crate) mod refusal;
    pub(crate) mod service;
    pub(crate) mod signature;
    pub(crate) mod tokens;
}

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum_prometheus::PrometheusMetricLayer;
use tokio::net::TcpListener;
use tower::ServiceBuilder;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::trace::TraceLayer;

use example::{
    agent, attempts, chain, client, fetch_guard, handlers, input_guard, negotiations, rate_limit,
    refusal, service, signature, tokens,
};
use observer::Observer;
use options::Options;
use service::Service;

/// Whatever ends the service; people read it.
type Problem = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Problem> {
    let options = Options::parse()?;
    let running = setup::start(&options)?;
    let listener = TcpListener::bind(options.listen).await?;
    let service = Arc::new(Service::new(Observer, options.burst));
    let service = observed(handlers::routes(service));
    axum::serve(
        listener,
        service.into_make_service_with_connect_info::<SocketAddr>(),
    )
    .with_graceful_shutdown(async { drop(tokio::signal::ctrl_c().await) })
    .await?;
    // The exporter's client may not end within a runtime.
    tokio::task::spawn_blocking(|| running.stop()).await??;
    Ok(())
}

fn observed(routes: Router) -> Router {
    let layers = ServiceBuilder::new()
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(TraceLayer::new_for_http().make_span_with(setup::span))
        .layer(PropagateRequestIdLayer::x_request_id());
    let (count, page) = PrometheusMetricLayer::pair();
    let metrics = axum::routing::get(|| async move { page.render() });
    routes.layer(count).layer(layers).route("/metrics", metrics)
}
