//! What arrives at a receiver that answers.

use std::time::Duration;

use rra_otel::{Error, OtelConfig, OtelGuard, TraceReport, continue_trace, current_trace};
use tracing::info_span;
use tracing_subscriber::layer::SubscriberExt;

use crate::receiver::{Receiver, Request};

const DEADLINE: Duration = Duration::from_secs(20);
const CALLER: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// Runs `work` under tracing and gives back the first request and the report.
fn deliver(change: fn(&mut OtelConfig), work: fn()) -> (Request, TraceReport) {
    let receiver = Receiver::start();
    let report = export(&receiver.endpoint, change, work);
    (receiver.next(), report)
}

fn export(endpoint: &str, change: fn(&mut OtelConfig), work: fn()) -> TraceReport {
    let mut config = OtelConfig::new(endpoint, "shop");
    change(&mut config);
    let guard = OtelGuard::start(&config).expect("a guard");
    let subscriber = tracing_subscriber::registry().with(guard.layer());
    tracing::subscriber::with_default(subscriber, work);
    guard.shutdown(DEADLINE)
}

fn one_span() {
    info_span!("request").in_scope(|| ());
}

#[test]
fn spans_arrive_on_the_traces_path_as_protobuf() {
    let (request, report) = deliver(|_| (), one_span);
    assert_eq!(request.path, "/v1/traces");
    assert_eq!(request.headers["content-type"], "application/x-protobuf");
    assert_eq!((report.ended, report.exported), (1, 1));
    assert!(report.finished);
}

#[test]
fn a_dropped_guard_sends_what_waits() {
    let receiver = Receiver::start();
    let guard = OtelGuard::start(&OtelConfig::new(&receiver.endpoint, "shop")).expect("a guard");
    let subscriber = tracing_subscriber::registry().with(guard.layer());
    tracing::subscriber::with_default(subscriber, one_span);
    drop(guard);
    assert_eq!(receiver.next().spans().len(), 1);
}

#[test]
fn a_child_span_names_its_parent() {
    let (request, _) = deliver(
        |_| (),
        || info_span!("request").in_scope(|| info_span!("query").in_scope(|| ())),
    );
    let (parent, child) = (request.span("request"), request.span("query"));
    assert_eq!(child.parent_span_id, parent.span_id);
    assert_eq!(child.trace_id, parent.trace_id);
    assert!(parent.parent_span_id.is_empty());
}

#[test]
fn every_span_says_which_process_it_comes_from() {
    let (request, _) = deliver(
        |config| {
            config.environment = Some("staging".to_owned());
            config.service_version = Some("1.2.3".to_owned());
            config.instance_id = Some("i-7".to_owned());
        },
        one_span,
    );
    let resource = |key| request.resource(key);
    assert_eq!(resource("service.name").as_deref(), Some("shop"));
    assert_eq!(resource("service.version").as_deref(), Some("1.2.3"));
    assert_eq!(resource("service.instance.id").as_deref(), Some("i-7"));
    let environment = resource("deployment.environment.name");
    assert_eq!(environment.as_deref(), Some("staging"));
    assert_eq!(resource("telemetry.sdk.language").as_deref(), Some("rust"));
}

#[test]
fn configured_headers_are_sent() {
    let (request, _) = deliver(
        |config| config.headers = vec![("x-api-key".to_owned(), "s3cret".to_owned())],
        one_span,
    );
    assert_eq!(request.headers["x-api-key"], "s3cret");
}

#[test]
fn a_header_with_a_line_break_is_refused_by_name_only() {
    let mut config = OtelConfig::new("http://127.0.0.1:4318", "shop");
    config.headers = vec![("x-api-key".to_owned(), "s3cret\r\nx: y".to_owned())];
    let error = OtelGuard::start(&config).expect_err("a refusal");
    assert!(matches!(&error, Error::Header { name } if name == "x-api-key"));
    assert!(!error.to_string().contains("s3cret"), "{error}");
}

#[test]
fn the_ids_for_log_lines_are_those_of_the_span() {
    let receiver = Receiver::start();
    let guard = OtelGuard::start(&OtelConfig::new(&receiver.endpoint, "shop")).expect("a guard");
    let subscriber = tracing_subscriber::registry().with(guard.layer());
    let ids = tracing::subscriber::with_default(subscriber, || {
        info_span!("request").in_scope(current_trace)
    });
    guard.shutdown(DEADLINE);
    let span = receiver.next().span("request");
    let (trace_id, span_id) = ids.expect("ids inside of a span");
    assert_eq!(
        (span.trace_id, span.span_id),
        (trace_id.to_vec(), span_id.to_vec())
    );
    assert_eq!(current_trace(), None);
}

#[test]
fn a_callers_trace_is_continued() {
    let (request, _) = deliver(
        |_| (),
        || {
            let span = info_span!("request");
            assert!(continue_trace(&span, CALLER, Some("vendor=1")));
            span.in_scope(|| ());
        },
    );
    let span = request.span("request");
    assert_eq!(
        span.trace_id,
        0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c_u128.to_be_bytes()
    );
    assert_eq!(span.parent_span_id, 0xb7ad_6b71_6920_3331_u64.to_be_bytes());
    assert_eq!(span.trace_state, "vendor=1");
}

#[test]
fn a_malformed_caller_begins_a_trace_of_its_own() {
    let (request, _) = deliver(
        |_| (),
        || {
            let span = info_span!("request");
            assert!(!continue_trace(&span, "00-not-a-trace", None));
            span.in_scope(|| ());
        },
    );
    assert!(request.span("request").parent_span_id.is_empty());
}

#[test]
fn a_ratio_of_zero_samples_nothing_and_still_gives_ids() {
    let receiver = Receiver::start();
    let report = export(
        &receiver.endpoint,
        |config| config.sampling_ratio = 0.0,
        || info_span!("request").in_scope(|| assert!(current_trace().is_some())),
    );
    assert_eq!(report.ended, 0);
}

#[test]
fn a_callers_decision_beats_the_ratio() {
    let (_, report) = deliver(
        |config| config.sampling_ratio = 0.0,
        || {
            let span = info_span!("request");
            assert!(continue_trace(&span, CALLER, None));
            span.in_scope(|| ());
        },
    );
    assert_eq!(report.exported, 1);
}

#[test]
fn what_carries_spans_is_not_traced() {
    let (request, report) = deliver(
        |_| (),
        || {
            info_span!(target: "hyper::client", "carrier").in_scope(|| ());
            tracing::debug_span!("detail").in_scope(|| ());
            one_span();
        },
    );
    assert_eq!(report.ended, 1);
    assert_eq!(request.spans().len(), 1);
}

#[test]
fn what_a_small_queue_lets_through_is_what_arrives() {
    let receiver = Receiver::start();
    let report = export(
        &receiver.endpoint,
        |config| {
            config.max_queue_spans = 4;
            config.max_batch_spans = 4;
        },
        || (0..1_000).for_each(|_| one_span()),
    );
    let mut arrived = 0;
    while arrived < report.exported {
        arrived += receiver.next().spans().len() as u64;
    }
    assert_eq!(arrived, report.exported);
    assert_eq!(report.ended, 1_000);
    assert_eq!(report.unsent, 1_000 - arrived);
}
