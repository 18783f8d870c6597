//! Bounds, account and deadlines of the queue, without a receiver.

use std::thread;

use opentelemetry::trace::{
    SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState,
};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_sdk::trace::{SpanEvents, SpanLinks};

use super::*;

/// Longer than any test takes, so that only a hang reaches it.
const LONG: Duration = Duration::from_secs(20);
const NOW: Duration = Duration::ZERO;

pub(crate) fn span(attributes: Vec<KeyValue>) -> SpanData {
    let ids = (TraceId::from(7), SpanId::from(8));
    let time = std::time::UNIX_EPOCH;
    SpanData {
        span_context: SpanContext::new(ids.0, ids.1, TraceFlags::SAMPLED, false, TraceState::NONE),
        parent_span_id: SpanId::INVALID,
        parent_span_is_remote: false,
        span_kind: SpanKind::Internal,
        name: "request".into(),
        start_time: time,
        end_time: time,
        attributes,
        dropped_attributes_count: 0,
        events: SpanEvents::default(),
        links: SpanLinks::default(),
        status: Status::Unset,
        instrumentation_scope: InstrumentationScope::builder("test").build(),
    }
}

fn queue(change: impl FnOnce(&mut BatchConfig)) -> (Queue, Consumer) {
    let mut config = BatchConfig::default();
    change(&mut config);
    let queue = Queue::new(config, 100);
    (queue.clone(), Consumer(queue))
}

fn push(queue: &Queue, spans: usize) {
    for _ in 0..spans {
        queue.on_end(span(Vec::new()));
    }
}

fn exported(spans: u64) -> Outcome {
    Outcome {
        exported: spans,
        dropped: None,
    }
}

/// Compares the account, and whether it adds up.
#[track_caller]
fn check(queue: &Queue, exported: u64, dropped: &[(DropReason, u64)], waiting: u64) {
    let report = queue.report();
    let found: Vec<_> = DropReason::ALL
        .map(|reason| (reason, report.dropped.by_reason(reason)))
        .into_iter()
        .filter(|(_, spans)| *spans > 0)
        .collect();
    assert_eq!(
        (report.exported, found.as_slice(), report.waiting),
        (exported, dropped, waiting)
    );
    assert_eq!(
        report.ended,
        report.exported + report.dropped.total() + report.waiting
    );
}

#[test]
fn a_full_batch_goes_at_once() {
    let (queue, consumer) = queue(|config| config.max_spans = 2);
    push(&queue, 3);
    assert_eq!(consumer.next_batch().map(|batch| batch.len()), Some(2));
    check(&queue, 0, &[], 3);
    consumer.settle(exported(2));
    check(&queue, 2, &[], 1);
}

#[test]
fn a_batch_that_is_not_full_goes_after_its_delay() {
    let (queue, consumer) = queue(|config| config.delay = Duration::from_millis(1));
    push(&queue, 1);
    assert_eq!(consumer.next_batch().map(|batch| batch.len()), Some(1));
}

#[test]
fn a_full_queue_drops_and_counts() {
    let (queue, _consumer) = queue(|config| config.max_queue_spans = 2);
    push(&queue, 5);
    check(&queue, 0, &[(DropReason::QueueFull, 3)], 2);
}

#[test]
fn a_queue_is_full_by_bytes_too() {
    let (queue, _consumer) = queue(|config| config.max_queue_bytes = 20_000);
    for _ in 0..100 {
        let texts = (0..10).map(|_| KeyValue::new("text", "x".repeat(100)));
        queue.on_end(span(texts.collect()));
    }
    let waiting = queue.report().waiting;
    assert!((10..20).contains(&waiting), "{waiting}");
    check(
        &queue,
        0,
        &[(DropReason::QueueFull, 100 - waiting)],
        waiting,
    );
}

#[test]
fn a_huge_text_is_cut_before_it_waits() {
    let (queue, consumer) = queue(|config| config.delay = Duration::from_millis(1));
    queue.on_end(span(vec![KeyValue::new("text", "x".repeat(1_000_000))]));
    let batch = consumer.next_batch().expect("a batch");
    assert!((100..300).contains(&batch.bytes()), "{}", batch.bytes());
}

#[test]
fn a_request_is_bounded_in_bytes() {
    let (queue, consumer) = queue(|config| config.max_queue_bytes = usize::MAX);
    for _ in 0..600 {
        let texts = (0..100).map(|_| KeyValue::new("text", "x".repeat(100)));
        queue.on_end(span(texts.collect()));
    }
    let spans = consumer.next_batch().map_or(0, |batch| batch.len());
    assert!((100..250).contains(&spans), "{spans}");
}

#[test]
fn what_waits_at_the_deadline_is_lost_and_counted() {
    let (queue, consumer) = queue(|_| {});
    push(&queue, 3);
    assert!(!queue.close(NOW));
    assert!(consumer.next_batch().is_none());
    drop(consumer);
    check(&queue, 0, &[(DropReason::Closed, 3)], 0);
    assert!(queue.report().finished);
}

#[test]
fn what_comes_after_the_end_is_lost_and_counted() {
    let (queue, consumer) = queue(|_| {});
    drop(consumer);
    push(&queue, 1);
    check(&queue, 0, &[(DropReason::Closed, 1)], 0);
}

#[test]
fn a_thread_that_dies_with_a_batch_loses_it_in_the_open() {
    let (queue, consumer) = queue(|config| config.max_spans = 2);
    push(&queue, 3);
    let died = thread::spawn(move || {
        let _batch = consumer.next_batch();
        panic!("as if a library had");
    });
    assert!(died.join().is_err());
    check(&queue, 0, &[(DropReason::Closed, 3)], 0);
    assert!(
        queue.flush(LONG) && queue.close(LONG),
        "nobody waits for the dead"
    );
}

#[test]
fn a_flush_waits_for_what_had_ended() {
    let (queue, consumer) = queue(|_| {});
    push(&queue, 2);
    let worker = thread::spawn(move || {
        let spans = consumer.next_batch().map_or(0, |batch| batch.len() as u64);
        consumer.settle(exported(spans));
        consumer
    });
    assert!(queue.flush(LONG));
    check(&queue, 2, &[], 0);
    drop(worker.join());
}

#[test]
fn a_flush_ends_at_its_deadline() {
    let (queue, _consumer) = queue(|_| {});
    push(&queue, 1);
    assert!(!queue.flush(NOW));
}

#[test]
fn nothing_to_flush_is_done_at_once() {
    let (queue, _consumer) = queue(|_| {});
    assert!(queue.flush(NOW));
}

#[test]
fn closing_sends_what_waits_first() {
    let (queue, consumer) = queue(|_| {});
    push(&queue, 2);
    let worker = thread::spawn(move || {
        while let Some(batch) = consumer.next_batch() {
            consumer.settle(exported(batch.len() as u64));
        }
    });
    assert!(queue.close(LONG));
    check(&queue, 2, &[], 0);
    assert!(worker.join().is_ok());
}

#[test]
fn an_unsampled_span_is_no_part_of_the_account() {
    let (queue, _consumer) = queue(|_| {});
    let mut unsampled = span(Vec::new());
    unsampled.span_context = SpanContext::NONE;
    queue.on_end(unsampled);
    check(&queue, 0, &[], 0);
}
