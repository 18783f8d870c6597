//! Traces beside events, to a receiver that is away.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use rra_observability::otel::{OtelConfig, current_trace};
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

/// A receiver that takes one request, and gives its body away.
fn receiver() -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let (give, given) = mpsc::channel();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let (mut request, mut chunk) = (Vec::new(), [0; 4_096]);
        let body = loop {
            let read = stream.read(&mut chunk).unwrap();
            request.extend_from_slice(&chunk[..read]);
            // Texts stand in protobuf as they are.
            let text = String::from_utf8_lossy(&request).into_owned();
            let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
            let length = head.to_ascii_lowercase();
            let length = length.split_once("content-length: ").map(|(_, rest)| rest);
            let length = length.and_then(|rest| rest.split("\r\n").next()?.parse().ok());
            let whole: usize = length.unwrap_or(usize::MAX);
            if request.len() >= whole.saturating_add(head.len() + 4) {
                break body.to_owned();
            }
        };
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            .unwrap();
        give.send(body).unwrap();
    });
    (endpoint, given)
}

#[test]
fn every_event_is_told_to_its_span_with_a_receipt_or_without() {
    let bench = Bench::new();
    let (endpoint, given) = receiver();
    let mut config = bench.config();
    config.traces.otel = OtelConfig::new(endpoint);
    let guard = Setup::new(config).start().unwrap();
    let subscriber = tracing_subscriber::registry().with(guard.tracing_layer());
    tracing::subscriber::with_default(subscriber, || {
        tracing::info_span!("authenticate").in_scope(|| {
            guard.emit(&failure()).unwrap();
            guard.handle().emit_durable(&failure()).unwrap();
        });
    });
    #[cfg(feature = "prometheus")]
    let handle = guard.handle();
    guard.shutdown(super::LONG);
    let body = given.recv_timeout(super::LONG).unwrap();
    for event in &bench.events()[1..3] {
        let id = event.event_id().unwrap().to_string();
        assert!(body.contains(&id), "{id} in {body}");
    }
    assert_eq!(body.matches("auth.failure").count(), 2);
    for told in ["shop", "deployment.environment.name", "test"] {
        assert!(body.contains(told), "{told} in {body}");
    }
    #[cfg(feature = "prometheus")]
    assert!(
        handle
            .render_metrics()
            .contains("\nrra_trace_spans_exported_total 1\n")
    );
}

#[test]
fn a_service_name_among_the_attributes_of_the_resource_is_the_name() {
    let bench = Bench::new();
    let (endpoint, given) = receiver();
    let mut config = bench.config();
    config.traces.otel = OtelConfig::new(endpoint);
    let name = ("service.name".to_owned(), "till".to_owned());
    config.traces.otel.resource.attributes = vec![name];
    let guard = Setup::new(config).start().unwrap();
    let subscriber = tracing_subscriber::registry().with(guard.tracing_layer());
    tracing::subscriber::with_default(subscriber, || drop(tracing::info_span!("a")));
    guard.shutdown(super::LONG);
    let body = given.recv_timeout(super::LONG).unwrap();
    assert!(body.contains("till") && !body.contains("shop"), "{body}");
}

#[test]
fn a_receiver_that_hangs_does_not_hold_the_service() {
    let bench = Bench::new();
    // The system accepts for it, and nobody ever answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut config = bench.config();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    config.traces.otel = OtelConfig::new(endpoint);
    let guard = Setup::new(config).start().unwrap();
    let subscriber = tracing_subscriber::registry().with(guard.tracing_layer());
    tracing::subscriber::with_default(subscriber, || drop(tracing::info_span!("a")));
    let begun = Instant::now();
    let report = guard.shutdown(Duration::from_millis(300));
    // Less than any time that is waited for by default.
    assert!(begun.elapsed() < Duration::from_secs(4));
    assert!(report.events.is_complete());
    assert!(!report.traces.unwrap().finished);
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
    use rra_observability::otel::DropReason;
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
