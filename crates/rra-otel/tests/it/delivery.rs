//! What arrives at a receiver that answers.

use rra_otel::{Compression, Endpoint, Error, OtelGuard, add_span_event, current_trace};
use tracing::info_span;
use tracing_subscriber::layer::SubscriberExt;

use crate::receiver::{Receiver, text};
use crate::{PATIENCE, config, deliver, export, one_span};

#[test]
fn spans_arrive_on_the_traces_path_as_protobuf() {
    let (request, report) = deliver(|_| (), one_span);
    assert_eq!(request.path, "/v1/traces");
    assert_eq!(request.headers["content-type"], "application/x-protobuf");
    assert_eq!((report.ended, report.exported), (1, 1));
    assert!(report.finished);
}

#[test]
fn an_endpoint_for_traces_is_asked_for_as_it_is() {
    let traces = |address: &str| Some(Endpoint::Traces(format!("{address}/in")));
    let change = |config: &mut rra_otel::OtelConfig| {
        config.endpoint = traces(config.endpoint.as_ref().map_or("", Endpoint::as_str));
    };
    assert_eq!(deliver(change, one_span).0.path, "/in");
}

#[test]
fn spans_can_be_compressed() {
    let (request, _) = deliver(|config| config.compression = Compression::Gzip, one_span);
    assert_eq!(request.headers["content-encoding"], "gzip");
    assert_eq!(request.span("request").name, "request");
}

#[test]
fn a_dropped_guard_sends_what_waits() {
    let receiver = Receiver::start();
    let guard = OtelGuard::start(&config(&receiver.endpoint)).expect("a guard");
    tracing::subscriber::with_default(guard.subscriber(), one_span);
    drop(guard);
    assert_eq!(receiver.next().spans().len(), 1);
}

#[test]
fn a_flush_sends_what_has_ended_and_leaves_the_rest_running() {
    let receiver = Receiver::start();
    let guard = OtelGuard::start(&config(&receiver.endpoint)).expect("a guard");
    tracing::subscriber::with_default(guard.subscriber(), || {
        one_span();
        let report = guard.flush(PATIENCE);
        assert_eq!(
            (report.exported, report.waiting, report.finished),
            (1, 0, false)
        );
        one_span();
    });
    assert_eq!(guard.shutdown(PATIENCE).exported, 2);
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
            config.resource.environment = Some("staging".to_owned());
            config.resource.service_version = Some("1.2.3".to_owned());
            config.resource.instance_id = Some("i-7".to_owned());
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
    assert_eq!(
        resource("process.pid"),
        Some(std::process::id().to_string())
    );
}

#[test]
fn configured_headers_are_sent() {
    let (request, _) = deliver(
        |config| config.headers.push("x-api-key", "s3cret"),
        one_span,
    );
    assert_eq!(request.headers["x-api-key"], "s3cret");
}

#[test]
fn a_header_with_a_line_break_is_refused_by_name_only() {
    let mut config = config("http://127.0.0.1:4318");
    config.headers.push("x-api-key", "s3cret\r\nx: y");
    let error = OtelGuard::start(&config).expect_err("a refusal");
    assert!(matches!(&error, Error::Header { name } if name == "x-api-key"));
    assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
}

#[test]
fn the_ids_for_log_lines_are_those_of_the_span() {
    let receiver = Receiver::start();
    let guard = OtelGuard::start(&config(&receiver.endpoint)).expect("a guard");
    let subscriber = tracing_subscriber::registry().with(guard.layer());
    let ids = tracing::subscriber::with_default(subscriber, || {
        info_span!("request").in_scope(current_trace)
    });
    guard.shutdown(PATIENCE);
    let span = receiver.next().span("request");
    let (trace_id, span_id) = ids.expect("ids inside of a span");
    assert_eq!(
        (span.trace_id, span.span_id),
        (trace_id.to_vec(), span_id.to_vec())
    );
    assert_eq!(current_trace(), None);
}

#[test]
fn an_event_is_part_of_the_span_it_happens_in() {
    let (request, _) = deliver(
        |_| (),
        || {
            info_span!("request").in_scope(|| {
                add_span_event("auth.failure", || [("rra.event_id", "i-7".into())]);
            });
        },
    );
    let event = request.span("request").events.remove(0);
    assert_eq!(event.name, "auth.failure");
    assert_eq!(
        text(&event.attributes, "rra.event_id").as_deref(),
        Some("i-7")
    );
}

#[test]
fn an_event_outside_of_spans_asks_for_nothing() {
    add_span_event(
        "auth.failure",
        || -> [(&'static str, std::borrow::Cow<'static, str>); 0] {
            panic!("asked for attributes")
        },
    );
}

#[test]
fn a_secret_in_a_span_does_not_leave() {
    let (request, _) = deliver(
        |_| (),
        || {
            let url = "https://me:hunter2@example.com/";
            info_span!("fetch", url.full = url, password = "hunter2").in_scope(|| {
                tracing::info!(token = "hunter2", "went to {url}");
            });
        },
    );
    let text = format!("{:?}", request.span("fetch"));
    assert!(text.contains("[redacted"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn texts_and_lists_are_bounded() {
    let (request, _) = deliver(
        |config| {
            config.limits.text_chars = 10;
            config.limits.attributes = 1;
            config.limits.events = 2;
        },
        || {
            let long = "x".repeat(1_000_000);
            info_span!("request", long, more = 1).in_scope(|| {
                (0..5).for_each(|_| tracing::info!("event"));
            });
        },
    );
    let span = request.span("request");
    assert_eq!(
        text(&span.attributes, "long").map(|text| text.len()),
        Some(10)
    );
    assert_eq!(
        (span.attributes.len(), span.dropped_attributes_count),
        (1, 1)
    );
    assert_eq!((span.events.len(), span.dropped_events_count), (2, 3));
}

#[test]
fn what_hangs_on_a_span_is_bounded_too() {
    let (request, _) = deliver(
        |config| {
            config.limits.event_attributes = 1;
            config.limits.links = 1;
        },
        || {
            let (first, second) = (info_span!("first"), info_span!("second"));
            info_span!("request").in_scope(|| {
                let span = tracing::Span::current();
                span.follows_from(&first).follows_from(&second);
                tracing::info!(a = 1, b = 2, "event");
            });
        },
    );
    let span = request.span("request");
    assert_eq!((span.links.len(), span.dropped_links_count), (1, 1));
    let event = &span.events[0];
    assert_eq!(event.attributes.len(), 1);
    assert!(event.dropped_attributes_count > 0);
}

#[test]
fn what_is_too_detailed_is_not_traced() {
    let (request, report) = deliver(
        |_| (),
        || {
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
    let mut config = config(&receiver.endpoint);
    config.batch.max_queue_spans = 4;
    config.batch.max_spans = 4;
    let report = export(&config, || (0..1_000).for_each(|_| one_span()));
    let mut arrived = 0;
    while arrived < report.exported {
        arrived += receiver.next().spans().len() as u64;
    }
    assert_eq!(arrived, report.exported);
    assert_eq!(report.ended, 1_000);
    let lost = report.dropped.by_reason(rra_otel::DropReason::QueueFull);
    assert_eq!(lost, 1_000 - arrived);
    assert_eq!(report.waiting, 0);
}
