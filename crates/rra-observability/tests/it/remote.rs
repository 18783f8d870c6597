//! Remote sinks beside the log file: delivered, spooled, and delivered by the next process.

use std::time::{Duration, Instant};

use rra_observability::sink::testing::{Captured, CapturingSink, FailingRemote, RemoteFailure};
use rra_observability::sink::{DeliveryError, Fault, RemoteSettings};
use rra_observability::{Guard, Setup};

use super::{Bench, LONG, failure};

/// A library with a remote sink that fails so many times and then works.
fn start(bench: &Bench, failures: usize) -> (Guard, Captured) {
    let (sink, captured) = CapturingSink::new("remote");
    let down = DeliveryError::retryable("no route to host").fault(Fault::Connect);
    let sink = FailingRemote::new(sink, vec![RemoteFailure::Error(down); failures]);
    let sink = sink.settings(RemoteSettings {
        linger: Duration::from_millis(5),
        first_retry: Duration::from_millis(1),
        ..RemoteSettings::default()
    });
    let guard = Setup::new(bench.config()).remote(sink).start().unwrap();
    (guard, captured)
}

fn live() {
    let bench = Bench::new();
    let (guard, captured) = start(&bench, 2);
    guard.emit(&failure()).unwrap();
    let report = guard.shutdown(LONG).events;
    assert!(report.is_complete() && report.is_balanced(), "{report:?}");
    captured.assert_unbroken(3);
    captured.assert_event(&failure());
    assert_eq!(bench.types().len(), 3);
}

#[test]
fn without_a_runtime() {
    live();
}

#[test]
fn in_a_current_thread_runtime() {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.build().unwrap().block_on(async { live() });
}

#[test]
fn in_a_multi_thread_runtime() {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(2).build().unwrap();
    runtime.block_on(async { live() });
}

#[test]
fn a_dead_network_holds_up_nothing_and_the_next_process_delivers() {
    let bench = Bench::new();
    let (guard, captured) = start(&bench, usize::from(u16::MAX));
    for _ in 0..500 {
        guard.emit(&failure()).unwrap();
    }
    let started = Instant::now();
    let report = guard.shutdown(LONG).events;
    assert!(started.elapsed() < LONG / 2, "{:?}", started.elapsed());
    assert!(report.is_balanced());
    assert_eq!(
        (report.sinks[0].delivered, report.sinks[1].pending),
        (502, 502)
    );
    assert_eq!(captured.event_count(), 0);
    drop(report);

    let (guard, captured) = start(&bench, 0);
    let report = guard.shutdown(LONG).events;
    assert_eq!(
        (report.sinks[0].recovered, report.sinks[1].recovered),
        (0, 502)
    );
    assert!(report.is_complete() && report.is_balanced(), "{report:?}");
    assert_eq!(captured.event_count(), 504);
    assert_eq!(bench.types().len(), 504, "nothing is doubled in the file");
}

#[cfg(feature = "prometheus")]
#[test]
fn in_metrics_what_a_dead_process_left_is_as_good_as_accepted() {
    let bench = Bench::new();
    let (guard, _) = start(&bench, usize::from(u16::MAX));
    guard.emit(&failure()).unwrap();
    guard.shutdown(LONG);
    let (guard, _) = start(&bench, 0);
    let handle = guard.handle();
    guard.shutdown(LONG);
    let text = handle.render_metrics();
    // Three of the first, and the two that every log has.
    for metric in ["rra_pipeline_events_accepted", "rra_sink_written_events"] {
        let line = format!("{metric}_total{{sink=\"remote\"}} 5\n");
        assert!(text.contains(&line), "{line} is not in {text}");
    }
}

#[cfg(feature = "prometheus")]
#[test]
fn metrics_tell_how_full_the_spool_is() {
    let bench = Bench::new();
    let (guard, _) = start(&bench, usize::from(u16::MAX));
    let handle = guard.handle();
    let deadline = Instant::now() + LONG;
    let value = |series: &str| -> f64 {
        let text = handle.render_metrics();
        let line = text.lines().find_map(|line| line.strip_prefix(series));
        line.map_or(-1.0, |value| value.trim().parse().unwrap())
    };
    while value("rra_sink_spool_bytes{sink=\"remote\"}") <= 0.0 {
        assert!(Instant::now() < deadline, "nothing was spooled");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(value("rra_sink_spool_oldest_timestamp_seconds{sink=\"remote\"}") > 1e9);
    let capacity = value("rra_sink_spool_capacity_bytes{sink=\"remote\"}");
    assert!((capacity - 268_435_456.0).abs() < 0.5);
    assert!(value("rra_sink_errors_total{sink=\"remote\",error_type=\"connect\"}") >= 5.0);
    guard.shutdown(LONG);
}
