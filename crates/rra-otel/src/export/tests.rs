//! What becomes of a batch, whatever the receiver says, and that no secret is in it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, mpsc};

use opentelemetry::{Array, KeyValue, StringValue, Value};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_sdk::trace::{SpanData, SpanProcessor};
use prost::Message as _;

use super::*;
use crate::queue::Queue;
use crate::queue::tests::span;

/// A receiver that says what it was told to, and then that it took everything.
#[derive(Clone, Default)]
struct Script {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    requests: Arc<Mutex<Vec<ExportTraceServiceRequest>>>,
}

impl Transport for Script {
    type Request = ExportTraceServiceRequest;

    fn prepare(&self, request: Vec<u8>) -> ExportTraceServiceRequest {
        ExportTraceServiceRequest::decode(request.as_slice()).expect("a request")
    }

    fn send(&mut self, request: &ExportTraceServiceRequest, _: Duration) -> Answer {
        self.requests
            .lock()
            .expect("no panic")
            .push(request.clone());
        let next = self.answers.lock().expect("no panic").pop_front();
        next.unwrap_or(Answer::Taken { rejected: 0 })
    }
}

fn exporter<T: Transport + Clone>(transport: &T, export_timeout: Duration) -> (Queue, Exporter<T>) {
    let config = BatchConfig {
        export_timeout,
        ..BatchConfig::default()
    };
    let queue = Queue::new(config, 50);
    let exporter = Exporter {
        consumer: Consumer(queue.clone()),
        transport: transport.clone(),
        resource: Vec::new(),
        config,
        quiet_until: None,
    };
    (queue, exporter)
}

/// Three spans meet with these answers; gives what became of them and how often they were sent.
fn deliver(answers: &[Answer]) -> (Outcome, usize) {
    let script = Script::default();
    script.answers.lock().expect("no panic").extend(answers);
    let (_queue, mut exporter) = exporter(&script, Duration::from_secs(1));
    let outcome = exporter.export(&batch::of(&[(); 3].map(|()| span(Vec::new())), 50));
    let sent = script.requests.lock().expect("no panic").len();
    (outcome, sent)
}

#[track_caller]
fn check(answers: &[Answer], exported: u64, dropped: Option<(DropReason, u64)>, sent: usize) {
    assert_eq!(deliver(answers), (Outcome { exported, dropped }, sent));
}

const BUSY: Answer = Answer::Busy { after: None };

fn busy_for(seconds: u64) -> Answer {
    Answer::Busy {
        after: Some(Duration::from_secs(seconds)),
    }
}

#[test]
fn what_is_taken_is_exported() {
    check(&[], 3, None, 1);
}

#[test]
fn what_is_rejected_is_counted_as_refused() {
    check(
        &[Answer::Taken { rejected: 1 }],
        2,
        Some((DropReason::Refused, 1)),
        1,
    );
}

#[test]
fn a_receiver_cannot_reject_more_than_there_was() {
    check(
        &[Answer::Taken { rejected: u64::MAX }],
        0,
        Some((DropReason::Refused, 3)),
        1,
    );
}

#[test]
fn a_refusal_is_final() {
    check(&[Answer::Refused], 0, Some((DropReason::Refused, 3)), 1);
}

#[test]
fn a_receiver_that_is_busy_or_away_is_asked_again() {
    check(&[BUSY, Answer::Away], 3, None, 3);
    check(&[Answer::Late], 3, None, 2);
}

#[test]
fn the_time_of_a_batch_has_an_end() {
    let (outcome, sent) = deliver(&[Answer::Away; 100]);
    assert_eq!(outcome.dropped, Some((DropReason::Unavailable, 3)));
    assert!((2..10).contains(&sent), "{sent}");
}

#[test]
fn a_receiver_that_asks_for_too_much_patience_gets_none() {
    check(&[busy_for(3_600)], 0, Some((DropReason::Unavailable, 3)), 1);
}

#[test]
fn a_receiver_that_asked_for_quiet_is_left_alone_by_the_next_batch() {
    let script = Script::default();
    script
        .answers
        .lock()
        .expect("no panic")
        .push_back(busy_for(3_600));
    let (_queue, mut exporter) = exporter(&script, Duration::from_secs(1));
    for _ in 0..2 {
        let outcome = exporter.export(&batch::of(&[span(Vec::new())], 50));
        assert_eq!(outcome.dropped, Some((DropReason::Unavailable, 1)));
    }
    assert_eq!(script.requests.lock().expect("no panic").len(), 1);
}

#[test]
fn a_service_that_ends_does_not_wait_for_a_receiver_that_is_away() {
    let script = Script::default();
    script
        .answers
        .lock()
        .expect("no panic")
        .extend([Answer::Away; 100]);
    let (queue, mut exporter) = exporter(&script, Duration::from_hours(1));
    queue.on_end(span(Vec::new()));
    assert!(!queue.close(Duration::from_millis(1)));
    let outcome = exporter.export(&batch::of(&[span(Vec::new())], 50));
    assert_eq!(outcome.dropped.map(|(_, spans)| spans), Some(1));
    assert!(script.requests.lock().expect("no panic").len() <= 1);
}

#[test]
fn a_service_that_ends_does_not_rush_a_receiver_that_is_busy() {
    let script = Script::default();
    script
        .answers
        .lock()
        .expect("no panic")
        .extend(std::iter::repeat_n(BUSY, 100_000));
    let (queue, mut exporter) = exporter(&script, Duration::from_hours(1));
    queue.on_end(span(Vec::new()));
    let closing = std::thread::spawn(move || queue.close(Duration::from_secs(1)));
    while !exporter.consumer.is_closing() {
        std::thread::yield_now();
    }
    let outcome = exporter.export(&batch::of(&[span(Vec::new())], 50));
    assert_eq!(outcome.dropped, Some((DropReason::Unavailable, 1)));
    let sent = script.requests.lock().expect("no panic").len();
    assert!((2..10).contains(&sent), "{sent}");
    assert!(closing.join().is_ok());
}

/// Tells whether telemetry was suppressed where it was asked to send.
#[derive(Clone)]
struct Asking(mpsc::Sender<bool>);

impl Transport for Asking {
    type Request = ();

    fn prepare(&self, _: Vec<u8>) {}

    fn send(&mut self, (): &(), _: Duration) -> Answer {
        let is_quiet = Context::map_current(Context::is_telemetry_suppressed);
        self.0.send(is_quiet).expect("a test that listens");
        Answer::Taken { rejected: 0 }
    }
}

#[test]
fn nothing_that_the_exporting_thread_does_is_telemetry() {
    let (asked, answers) = mpsc::channel();
    let (queue, exporter) = exporter(&Asking(asked), Duration::from_secs(1));
    exporter.spawn().expect("a thread");
    queue.on_end(span(Vec::new()));
    assert!(queue.close(Duration::from_secs(20)));
    assert_eq!(answers.recv(), Ok(true));
}

/// What leaves the process of a span.
fn sent(span: SpanData) -> String {
    let script = Script::default();
    let (queue, mut exporter) = exporter(&script, Duration::from_secs(1));
    queue.on_end(span);
    queue.flush(Duration::ZERO);
    let batch = exporter.consumer.next_batch().expect("a batch");
    exporter.export(&batch);
    format!("{:?}", script.requests.lock().expect("no panic"))
}

#[track_caller]
fn check_sent(key: &'static str, value: impl Into<Value>, expected: &str) {
    let sent = sent(span(vec![KeyValue::new(key, value)]));
    assert!(sent.contains(expected), "{expected} in {sent}");
}

#[test]
fn secrets_are_taken_out_by_key_and_by_form() {
    let hex = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";
    check_sent("password", "hunter2", "StringValue(\"[redacted:key]\")");
    check_sent("pin", 1234, "StringValue(\"[redacted:key]\")");
    check_sent(
        "note",
        format!("0x{hex}"),
        "StringValue(\"0x[redacted:hex]\")",
    );
    let texts = Array::String(vec![StringValue::from(hex), StringValue::from("b")]);
    let clean = "[AnyValue { value: Some(StringValue(\"[redacted:hex]\")) }, \
                 AnyValue { value: Some(StringValue(\"b\")) }]";
    check_sent("notes", Value::Array(texts), clean);
}

#[test]
fn what_is_no_secret_stays() {
    check_sent("http.route", "/a/{id}", "StringValue(\"/a/{id}\")");
    check_sent("gen_ai.usage.input_tokens", 1234, "IntValue(1234)");
}

#[test]
fn a_secret_across_the_cut_is_found_whole() {
    let hex = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";
    let script = Script::default();
    let (queue, mut exporter) = exporter(&script, Duration::from_secs(1));
    // The bound of 50 characters lies inside of the key.
    queue.on_end(span(vec![KeyValue::new(
        "note",
        format!("{} {hex}", "-".repeat(30)),
    )]));
    queue.on_end(span(Vec::new()));
    queue.flush(Duration::ZERO);
    let batch = exporter.consumer.next_batch().expect("a batch");
    exporter.export(&batch);
    let sent = format!("{:?}", script.requests.lock().expect("no panic"));
    assert!(
        sent.contains("[redacted:hex]") && !sent.contains("4c0883"),
        "{sent}"
    );
}

#[test]
fn names_and_descriptions_are_scrubbed_too() {
    let mut span = span(Vec::new());
    span.name = "GET https://me:hunter2@example.com/".into();
    span.status = opentelemetry::trace::Status::error("password=hunter2hunter2");
    let text = sent(span);
    assert!(
        text.contains("redacted") && !text.contains("hunter2"),
        "{text}"
    );
}

#[test]
fn a_span_never_ends_before_it_began() {
    let mut span = span(Vec::new());
    span.start_time += Duration::from_secs(2);
    let text = sent(span);
    let second = "_time_unix_nano: 2000000000";
    assert_eq!(text.matches(second).count(), 2, "{text}");
}
