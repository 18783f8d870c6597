//! Receivers that are at fault or mean harm.

use std::time::{Duration, Instant};

use rra_otel::{DropReason, OtelGuard, TraceReport};

use crate::receiver::{Receiver, Script, gone, head};
use crate::{PATIENCE, config, export, one_span};

/// Sends one span; gives the report and how many requests came.
fn send(script: Script) -> (TraceReport, usize) {
    let receiver = Receiver::saying(script);
    let mut config = config(&receiver.endpoint);
    config.batch.export_timeout = Duration::from_secs(1);
    let guard = OtelGuard::start(&config).expect("a guard");
    tracing::subscriber::with_default(guard.subscriber(), one_span);
    // Flushed and not closed: a service that ends has less patience.
    let report = guard.flush(PATIENCE);
    (report, receiver.count())
}

#[track_caller]
fn check_exported(script: Script, requests: usize) {
    let (report, sent) = send(script);
    assert_eq!(
        (report.exported, report.dropped.total(), sent),
        (1, 0, requests)
    );
}

#[track_caller]
fn check_dropped(script: Script, reason: DropReason, requests: usize) {
    let (report, sent) = send(script);
    assert_eq!(
        (report.exported, report.dropped.by_reason(reason), sent),
        (0, 1, requests)
    );
}

#[test]
fn garbage_with_a_good_status_is_a_success() {
    check_exported(
        |_| Some(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n\xff\xff\xff\xff".to_vec()),
        1,
    );
}

#[test]
fn an_answer_that_is_no_http_is_no_answer() {
    let (report, sent) = send(|_| Some(b"\x15\x03\x01\x00\x02\x02".to_vec()));
    assert_eq!(report.dropped.by_reason(DropReason::Unavailable), 1);
    assert!(sent > 1, "asked again");
}

#[test]
fn an_endless_answer_is_not_read_to_its_end() {
    let endless = |_| {
        let mut answer = b"HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n".to_vec();
        answer.resize(1_000_000, b'x');
        Some(answer)
    };
    check_exported(endless, 1);
}

#[test]
fn a_redirect_is_not_followed() {
    let redirect = |_| Some(head(307, "location: http://127.0.0.1:9/v1/traces\r\n"));
    check_dropped(redirect, DropReason::Refused, 1);
}

#[test]
fn a_refusal_is_not_repeated() {
    check_dropped(|_| Some(head(400, "")), DropReason::Refused, 1);
    check_dropped(|_| Some(head(401, "")), DropReason::Refused, 1);
    check_dropped(|_| Some(head(500, "")), DropReason::Refused, 1);
}

#[test]
fn a_busy_receiver_is_asked_again() {
    check_exported(|n| Some(head(if n == 0 { 503 } else { 200 }, "")), 2);
    check_exported(
        |n| Some(head(if n == 0 { 429 } else { 200 }, "retry-after: 0\r\n")),
        2,
    );
}

#[test]
fn a_connection_that_breaks_is_made_again() {
    check_exported(|n| (n > 0).then(|| head(200, "")), 2);
}

#[test]
fn a_receiver_that_answers_too_late_is_asked_again() {
    const ANSWER: Duration = Duration::from_millis(300);
    let receiver = Receiver::saying(|n| {
        if n == 0 {
            // The receiver's own pace, not a wait for something to have happened.
            std::thread::sleep(2 * ANSWER);
        }
        Some(head(200, ""))
    });
    let mut config = config(&receiver.endpoint);
    config.batch.request_timeout = ANSWER;
    let guard = OtelGuard::start(&config).expect("a guard");
    tracing::subscriber::with_default(guard.subscriber(), one_span);
    assert_eq!(guard.flush(PATIENCE).exported, 1);
    assert!(receiver.count() > 1, "waited for the first answer");
}

#[test]
fn a_receiver_that_asks_for_an_hour_is_left_alone() {
    let later = |_| Some(head(429, "retry-after: 3600\r\n"));
    check_dropped(later, DropReason::Unavailable, 1);
}

#[test]
fn rejected_spans_are_counted() {
    // ExportTraceServiceResponse { partial_success { rejected_spans: 1 } }
    let partial =
        |_| Some(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n\x0a\x02\x08\x01".to_vec());
    check_dropped(partial, DropReason::Refused, 1);
}

#[test]
fn a_receiver_that_is_gone_costs_the_spans_and_little_time() {
    let begun = Instant::now();
    let report = export(&config(&gone()), one_span);
    assert!(report.finished);
    assert_eq!(report.dropped.by_reason(DropReason::Unavailable), 1);
    assert!(begun.elapsed() < PATIENCE / 2, "{:?}", begun.elapsed());
}

#[test]
fn a_receiver_may_come_late() {
    let receiver = Receiver::saying(|n| (n > 1).then(|| head(200, "")));
    let guard = OtelGuard::start(&config(&receiver.endpoint)).expect("a guard");
    tracing::subscriber::with_default(guard.subscriber(), one_span);
    assert_eq!(guard.flush(PATIENCE).exported, 1);
}

#[test]
fn no_secret_shows_in_a_guard() {
    let mut config = config("http://127.0.0.1:9/in");
    config.headers.push("x-api-key", "s3cret");
    let guard = OtelGuard::start(&config).expect("a guard");
    assert!(!format!("{guard:?}").contains("s3cret"));
}

#[test]
fn two_guards_do_not_disturb_each_other() {
    let (first, second) = (Receiver::start(), Receiver::start());
    let guards = [&first, &second]
        .map(|receiver| OtelGuard::start(&config(&receiver.endpoint)).expect("a guard"));
    for guard in &guards {
        tracing::subscriber::with_default(guard.subscriber(), one_span);
    }
    for guard in guards {
        assert_eq!(guard.shutdown(PATIENCE).exported, 1);
    }
    assert_eq!((first.count(), second.count()), (1, 1));
}
