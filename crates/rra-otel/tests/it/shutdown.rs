//! How tracing ends: within its deadline, under every kind of runtime, whatever the receiver does.

use std::time::{Duration, Instant};

use rra_otel::{Error, OtelConfig, OtelGuard, Protocol, TraceReport};
use tracing::info_span;
use tracing_subscriber::layer::SubscriberExt;

use crate::receiver::{SilentReceiver, gone};

/// How long the exporter itself would wait: a hang would be seen as this.
const NEVER: Duration = Duration::from_mins(10);
const DEADLINE: Duration = Duration::from_millis(200);
/// The deadline and what a busy machine adds to it.
const IN_TIME: Duration = Duration::from_secs(30);

fn config(endpoint: &str, protocol: Protocol) -> OtelConfig {
    let mut config = OtelConfig::new(endpoint, "shop");
    config.protocol = protocol;
    config.export_timeout = NEVER;
    config
}

fn record_one_span(guard: &OtelGuard) {
    let subscriber = tracing_subscriber::registry().with(guard.layer());
    tracing::subscriber::with_default(subscriber, || info_span!("request").in_scope(|| ()));
}

fn end_against_silence(protocol: Protocol) -> TraceReport {
    let receiver = SilentReceiver::start();
    let guard = OtelGuard::start(&config(&receiver.endpoint, protocol)).expect("a guard");
    record_one_span(&guard);
    guard.shutdown(DEADLINE)
}

fn check_silence(protocol: Protocol, run: fn(&dyn Fn() -> TraceReport) -> TraceReport) {
    let begun = Instant::now();
    let report = run(&|| end_against_silence(protocol));
    assert!(begun.elapsed() < IN_TIME, "{:?}", begun.elapsed());
    assert!(!report.finished);
    assert_eq!((report.ended, report.exported), (1, 0));
    assert_eq!(report.unsent + report.failed, 1);
}

fn on_many_threads(work: &dyn Fn() -> TraceReport) -> TraceReport {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .expect("a runtime");
    runtime.block_on(async { work() })
}

fn on_one_thread(work: &dyn Fn() -> TraceReport) -> TraceReport {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    runtime.block_on(async { work() })
}

#[test]
fn a_silent_receiver_cannot_hold_a_multi_thread_runtime() {
    check_silence(Protocol::HttpProtobuf, on_many_threads);
}

#[test]
fn a_silent_receiver_cannot_hold_a_current_thread_runtime() {
    check_silence(Protocol::HttpProtobuf, on_one_thread);
}

#[test]
fn a_silent_receiver_cannot_hold_a_program_without_runtime() {
    check_silence(Protocol::HttpProtobuf, |work| work());
}

#[cfg(feature = "grpc")]
#[test]
fn grpc_cannot_be_held_by_silence_either() {
    check_silence(Protocol::Grpc, on_many_threads);
    check_silence(Protocol::Grpc, on_one_thread);
    check_silence(Protocol::Grpc, |work| work());
}

#[test]
fn a_receiver_that_is_gone_costs_the_spans_and_nothing_else() {
    let mut config = config(&gone(), Protocol::HttpProtobuf);
    // Shorter than the pause before the first retry, so there is none.
    config.export_timeout = Duration::from_millis(100);
    let guard = OtelGuard::start(&config).expect("a guard");
    record_one_span(&guard);
    let report = guard.shutdown(IN_TIME);
    assert!(report.finished);
    assert_eq!((report.ended, report.failed), (1, 1));
}

#[test]
fn spans_after_the_end_are_not_recorded() {
    let receiver = SilentReceiver::start();
    let guard = OtelGuard::start(&config(&receiver.endpoint, Protocol::HttpProtobuf));
    let guard = guard.expect("a guard");
    let subscriber = tracing_subscriber::registry().with(guard.layer());
    let report = guard.shutdown(IN_TIME);
    tracing::subscriber::with_default(subscriber, || info_span!("late").in_scope(|| ()));
    assert!(report.finished);
    assert_eq!(report.ended, 0);
}

#[test]
fn a_bad_endpoint_is_refused_at_the_start() {
    let error = OtelGuard::start(&OtelConfig::new("localhost:4318", "shop"));
    assert!(matches!(error, Err(Error::Endpoint { .. })), "{error:?}");
}

#[test]
fn debug_of_a_guard_shows_no_header() {
    let mut config = config(&gone(), Protocol::HttpProtobuf);
    config.headers = vec![("x-api-key".to_owned(), "s3cret".to_owned())];
    let guard = OtelGuard::start(&config).expect("a guard");
    assert!(!format!("{guard:?}").contains("s3cret"));
}
