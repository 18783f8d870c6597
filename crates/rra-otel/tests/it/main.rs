//! Traces against receivers on loopback: some answer, some never do, some are gone or mean harm.

mod delivery;
mod faults;
#[cfg(feature = "grpc")]
mod grpc;
mod layer;
mod network;
mod propagation;
mod receiver;
mod requests;
mod sampling;
mod shutdown;
mod tasks;
#[cfg(feature = "tls")]
mod tls;

use std::time::Duration;

use rra_otel::{OtelConfig, OtelGuard, TraceReport};
use tracing::info_span;
use tracing_subscriber::layer::SubscriberExt;

use receiver::{Receiver, Request};

/// Far above what any test needs, so that only a fault meets it.
const PATIENCE: Duration = Duration::from_secs(20);

/// The configuration of a service with a name.
fn config(endpoint: &str) -> OtelConfig {
    let mut config = OtelConfig::new(endpoint);
    config.resource.service_name = Some("shop".to_owned());
    config
}

/// Runs `work` under tracing and ends the export.
fn export(config: &OtelConfig, work: impl FnOnce()) -> TraceReport {
    let guard = OtelGuard::start(config).expect("a guard");
    let subscriber = tracing_subscriber::registry().with(guard.layer());
    tracing::subscriber::with_default(subscriber, work);
    guard.shutdown(PATIENCE)
}

/// Runs `work` under tracing and gives back the first request and the report.
fn deliver(change: impl FnOnce(&mut OtelConfig), work: impl FnOnce()) -> (Request, TraceReport) {
    let receiver = Receiver::start();
    let mut config = config(&receiver.endpoint);
    change(&mut config);
    let report = export(&config, work);
    (receiver.next(), report)
}

fn one_span() {
    info_span!("request").in_scope(|| ());
}
