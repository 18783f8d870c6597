//! Traces beside events, to a receiver that is away.

use std::time::Duration;

use rra_observability::otel::{DropReason, OtelConfig, current_trace};
use rra_observability::schema::{SpanId, TraceId};
use rra_observability::{Config, Setup};
use tracing_subscriber::layer::SubscriberExt;

use super::{Bench, failure};

/// A configuration with a receiver that is away: port 9 discards, if anything listens there at all.
fn away(bench: &Bench) -> Config {
    let mut config = bench.config();
    config.traces.otel = OtelConfig::new("http://127.0.0.1:9");
    // Longer than to be told that nobody is there takes on a busy machine; who ends does not wait for it.
    config.traces.otel.batch.export_timeout = Duration::from_secs(1);
    config
}

#[test]
fn an_event_inside_a_span_carries_its_trace() {
    let bench = Bench::new();
    let guard = Setup::new(away(&bench)).start().unwrap();
    let subscriber = tracing_subscriber::registry().with(guard.tracing_layer());
    let ids = tracing::subscriber::with_default(subscriber, || {
        tracing::info_span!("authenticate").in_scope(|| {
            guard.emit(&failure()).unwrap();
            current_trace().unwrap()
        })
    });
    let report = guard.shutdown(Duration::from_secs(2));
    assert!(report.events.is_complete());
    assert_eq!(report.traces.unwrap().ended, 1);
    let events = bench.events();
    let trace = events[1].trace().unwrap();
    assert_eq!(Some(trace.trace_id), TraceId::from_bytes(ids.0));
    assert_eq!(Some(trace.span_id), SpanId::from_bytes(ids.1));
    assert!(
        events[0].trace().is_none(),
        "nothing was going on when logging started"
    );
}

#[test]
fn an_event_in_a_trace_that_is_not_kept_carries_it_too() {
    let bench = Bench::new();
    let mut config = away(&bench);
    config.traces.otel.sampling_ratio = 0.0;
    let guard = Setup::new(config).start().unwrap();
    let subscriber = tracing_subscriber::registry().with(guard.tracing_layer());
    tracing::subscriber::with_default(subscriber, || {
        tracing::info_span!("authenticate").in_scope(|| guard.emit(&failure()).unwrap());
    });
    let report = guard.shutdown(Duration::from_secs(2));
    assert_eq!(report.traces.unwrap().ended, 0);
    assert!(bench.events()[1].trace().is_some());
}

#[cfg(feature = "prometheus")]
#[test]
fn spans_that_are_lost_are_counted_by_reason() {
    let bench = Bench::new();
    let guard = Setup::new(away(&bench)).start().unwrap();
    let handle = guard.handle();
    let subscriber = tracing_subscriber::registry().with(guard.tracing_layer());
    tracing::subscriber::with_default(subscriber, || {
        tracing::info_span!("authenticate").in_scope(|| ());
    });
    let spans = guard.shutdown(Duration::from_secs(2)).traces.unwrap();
    assert_eq!(spans.dropped.by_reason(DropReason::Unavailable), 1);
    let page = handle.render_metrics();
    for line in [
        "rra_trace_spans_ended_total 1",
        "rra_trace_spans_exported_total 0",
        "rra_trace_spans_dropped_total{reason=\"unavailable\"} 1",
        "rra_trace_spans_dropped_total{reason=\"queue_full\"} 0",
    ] {
        assert!(page.lines().any(|found| found == line), "{line} in {page}");
    }
}

#[test]
fn without_an_endpoint_nothing_is_traced() {
    let bench = Bench::new();
    let guard = bench.start();
    assert!(
        guard
            .tracing_layer::<tracing_subscriber::Registry>()
            .is_none()
    );
    assert!(guard.shutdown(super::LONG).traces.is_none());
}
