//! A service that negotiates, sells licences and takes payments, observed in every part.
//!
//! ```text
//! cargo run -p rra-observability --example rra_service --features full
//! curl -H 'x-api-key: demo-key-01' http://127.0.0.1:8080/api/v1/negotiations
//! curl http://127.0.0.1:8000/metrics
//! ```
//!
//! Where it logs, serves metrics and sends traces is up to the environment: see
//! `rra_observability::Config::from_env`. `cargo xtask demo` runs it with clients.
#![expect(
    clippy::print_stdout,
    reason = "a program tells people where it listens and how it ended"
)]

mod agent;
mod attempts;
mod chain;
mod client;
mod fetch_guard;
mod handlers;
mod input_guard;
mod negotiations;
mod nodes;
mod observer;
mod options;
mod rate_limit;
mod refusal;
mod replay;
mod service;
mod signature;
mod tokens;

use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::ListenerExt;
use rra_observability::http::CountedListener;
use rra_observability::metrics::Route;
use rra_observability::sink::Overflow;
use rra_observability::{Config, Handle, Report, init};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use observer::Observer;
use options::Options;
use service::Service;

/// Whatever ends the service; people read it.
type Problem = Box<dyn std::error::Error + Send + Sync>;

/// The time the end of the service may take, once nothing is answered any more.
const SHUTDOWN_DEADLINE: Duration = Duration::from_secs(10);
/// The time that requests have to be answered before that.
const GRACE: Duration = Duration::from_secs(5);

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Problem> {
    let options = Options::parse()?;
    if options.is_bare {
        return serve(&options, None).await;
    }
    let guard = init(configure(&options)?)?;
    let served = serve(&options, Some(guard.handle())).await;
    tell(&guard.shutdown(SHUTDOWN_DEADLINE));
    served
}

/// The environment, and what this service knows better.
fn configure(options: &Options) -> Result<Config, rra_observability::Error> {
    let mut config = Config::from_env()?;
    let words = |words: &[&str]| words.iter().map(ToString::to_string).collect();
    config.metrics.routes = handlers::ROUTES
        .map(|(method, template)| Route::new(method, template))
        .to_vec();
    config.metrics.chains = words(&chain::CHAINS);
    config.metrics.tokens = words(&chain::TOKENS);
    config.metrics.wallets = words(&[chain::WALLET]);
    config.metrics.license_types = words(&chain::LICENSE_TYPES);
    config.metrics.operations = words(&chain::Operation::ALL.map(chain::Operation::as_str));
    env!("CARGO_PKG_VERSION").clone_into(&mut config.metrics.build.version);
    if options.input.is_some() {
        // A replay has time, and no line of it may be shed.
        config.journal.overflow = Overflow::Block;
        config.journal.patience = SHUTDOWN_DEADLINE;
    }
    Ok(config)
}

/// Serves until it is asked to end, replaying a log first if there is one.
async fn serve(options: &Options, handle: Option<Handle>) -> Result<(), Problem> {
    let listener = TcpListener::bind(options.listen).await;
    let listener = listener.map_err(|error| {
        format!(
            "the API cannot listen on {}: {error}; choose another with --listen",
            options.listen
        )
    })?;
    println!("the API listens on http://{}", listener.local_addr()?);
    let service = Arc::new(Service::new(Observer::new(handle.clone()), options.burst));
    let routes = handlers::routes(Arc::clone(&service));
    let Some(handle) = handle else {
        let service = routes.into_make_service_with_connect_info::<SocketAddr>();
        let serving = axum::serve(listener, service).with_graceful_shutdown(asked_to_end());
        return finish(serving, asked_to_end(), GRACE).await;
    };
    if let Some(input) = options.input.clone() {
        let handle = handle.clone();
        tokio::task::spawn_blocking(move || replay::replay(&input, &handle)).await??;
    }
    tokio::spawn(nodes::watch(service));
    let listener = CountedListener::new(listener, handle.metrics().clone()).tap_io(|_| {});
    let service = routes
        .layer(handle.api_layer())
        .into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(asked_to_end());
    finish(serving, asked_to_end(), GRACE).await
}

/// Serves to the end, but no longer than that after it is asked to: a client that never finishes its
/// request would hold up the end of the service, and the last lines of its log with it.
async fn finish(
    serving: impl IntoFuture<Output = io::Result<()>>,
    asked: impl Future<Output = ()>,
    grace: Duration,
) -> Result<(), Problem> {
    let late = async {
        asked.await;
        tokio::time::sleep(grace).await;
    };
    tokio::select! {
        served = serving.into_future() => Ok(served?),
        () = late => Ok(()),
    }
}

/// Waits for Ctrl-C, or for SIGTERM, with which systemd and Kubernetes end a service.
async fn asked_to_end() {
    let came = async |kind| match signal(kind) {
        Ok(mut signal) => drop(signal.recv().await),
        // Without a handler the service runs until it is killed, and the log is whole even then.
        Err(_) => pending().await,
    };
    tokio::select! {
        () = came(SignalKind::interrupt()) => {}
        () = came(SignalKind::terminate()) => {}
    }
}

/// The account, in a form that people read and `cargo xtask demo` checks.
fn tell(report: &Report) {
    for sink in &report.events.sinks {
        println!(
            "events  sink={} accepted={} delivered={} dropped={} pending={}",
            sink.name,
            report.events.accepted,
            sink.delivered,
            sink.dropped.total() + report.events.refused.total(),
            sink.pending,
        );
    }
    if let Some(spans) = &report.traces {
        println!(
            "spans   ended={} exported={} lost={} waiting={}",
            spans.ended,
            spans.exported,
            spans.dropped.total(),
            spans.waiting,
        );
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use super::*;

    #[tokio::test]
    async fn a_client_that_never_finishes_does_not_hold_up_the_end() {
        let ended = finish(pending(), ready(()), Duration::ZERO).await;
        assert!(ended.is_ok());
    }
}
