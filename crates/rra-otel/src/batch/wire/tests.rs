//! The bytes are those that the OpenTelemetry project's own crate makes of the same spans.

use std::time::Duration;

use opentelemetry::trace::{TraceFlags, TraceId, TraceState};
use opentelemetry::{Key, StringValue};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::trace::{SpanEvents, SpanLinks};
use proptest::collection::vec;
use proptest::prelude::*;
use prost::Message as _;

use super::*;
use crate::batch;

/// Longer than any text here, so that none is cut.
const CHARS: usize = 1_000;

/// The request as another crate reads it.
fn decoded(batch: &[SpanData], resource: &Resource) -> ExportTraceServiceRequest {
    let resource = super::resource(resource);
    let bytes = request(&batch::of(batch, CHARS), &resource);
    ExportTraceServiceRequest::decode(bytes.as_slice()).expect("a request")
}

/// The request as the other crate makes it.
fn expected(batch: &[SpanData], resource: &Resource) -> ExportTraceServiceRequest {
    let resource = ResourceAttributesWithSchema::from(resource);
    ExportTraceServiceRequest {
        resource_spans: group_spans_by_resource_and_scope(batch.to_vec(), &resource),
    }
}

#[track_caller]
fn check(batch: &[SpanData]) {
    let resource = Resource::builder_empty()
        .with_attribute(KeyValue::new("service.name", "shop"))
        .with_schema_url(
            [KeyValue::new("process.pid", 7)],
            "https://example.com/schema",
        )
        .build();
    assert_eq!(decoded(batch, &resource), expected(batch, &resource));
}

fn scope(name: &'static str) -> InstrumentationScope {
    InstrumentationScope::builder(name)
        .with_version("1.2.3")
        .with_schema_url("https://example.com/scope")
        .with_attributes([KeyValue::new("kind", "test")])
        .build()
}

#[test]
fn a_batch_of_nothing_is_a_request() {
    check(&[crate::queue::tests::span(Vec::new())]);
    assert_eq!(request(&Batch::default(), &[]), [0x0a, 0]);
}

#[test]
fn spans_of_several_libraries_stand_below_their_own() {
    let of = |name| {
        let mut span = crate::queue::tests::span(Vec::new());
        span.instrumentation_scope = scope(name);
        span
    };
    check(&[of("a"), of("a"), of("b")]);
    // Ours come in the order in which they ended, so that one may stand there twice.
    let mixed = decoded(
        &[of("a"), of("b"), of("a")],
        &Resource::builder_empty().build(),
    );
    let scopes = mixed.resource_spans[0].scope_spans.iter();
    let names: Vec<_> = scopes
        .map(|spans| spans.scope.clone().expect("a scope").name)
        .collect();
    assert_eq!(names, ["a", "b", "a"]);
}

#[test]
fn a_time_before_1970_is_taken_as_1970() {
    let mut span = crate::queue::tests::span(Vec::new());
    span.start_time = UNIX_EPOCH - Duration::from_secs(1);
    check(&[span]);
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        "[a-z ñ]{0,200}".prop_map(Value::from),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::I64),
        proptest::num::f64::NORMAL.prop_map(Value::F64),
        vec("[a-z]{0,9}", 0..4).prop_map(|texts| {
            let texts = texts.into_iter().map(StringValue::from);
            Value::Array(Array::String(texts.collect()))
        }),
        vec(any::<bool>(), 0..4).prop_map(|flags| Value::Array(Array::Bool(flags))),
        vec(any::<i64>(), 0..4).prop_map(|numbers| Value::Array(Array::I64(numbers))),
        vec(proptest::num::f64::NORMAL, 0..4).prop_map(|numbers| Value::Array(Array::F64(numbers))),
    ]
}

/// Keys without letters: a name such as `pin` would be a secret one.
fn attributes() -> impl Strategy<Value = Vec<KeyValue>> {
    vec(("x\\.[0-9]{0,20}", value()), 0..6).prop_map(|pairs| {
        let pairs = pairs.into_iter();
        pairs
            .map(|(key, value)| KeyValue::new(Key::from(key), value))
            .collect()
    })
}

fn place() -> impl Strategy<Value = SpanContext> {
    (
        any::<[u8; 16]>(),
        any::<[u8; 8]>(),
        any::<u8>(),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(trace, span, flags, is_remote, has_state)| {
            let state = TraceState::from_key_value([("ot", "th:8"), ("vendor", "1")]);
            let state = state.ok().filter(|_| has_state).unwrap_or_default();
            let ids = (TraceId::from_bytes(trace), SpanId::from_bytes(span));
            SpanContext::new(ids.0, ids.1, TraceFlags::new(flags), is_remote, state)
        })
}

fn status() -> impl Strategy<Value = Status> {
    prop_oneof![
        Just(Status::Unset),
        Just(Status::Ok),
        "[a-z]{0,20}".prop_map(Status::error),
    ]
}

fn kinds() -> impl Strategy<Value = SpanKind> {
    prop_oneof![
        Just(SpanKind::Internal),
        Just(SpanKind::Server),
        Just(SpanKind::Client),
        Just(SpanKind::Producer),
        Just(SpanKind::Consumer),
    ]
}

fn events() -> impl Strategy<Value = SpanEvents> {
    let event = ("[a-z]{0,9}", any::<u32>(), attributes(), any::<u32>());
    let event = event.prop_map(|(name, seconds, attributes, dropped)| {
        let time = UNIX_EPOCH + Duration::from_secs(seconds.into());
        Event::new(name, time, attributes, dropped)
    });
    (vec(event, 0..3), any::<u32>()).prop_map(|(events, dropped_count)| {
        let mut all = SpanEvents::default();
        (all.events, all.dropped_count) = (events, dropped_count);
        all
    })
}

fn links() -> impl Strategy<Value = SpanLinks> {
    let link = (place(), attributes(), any::<u32>());
    let link = link.prop_map(|(place, attributes, dropped)| Link::new(place, attributes, dropped));
    (vec(link, 0..3), any::<u32>()).prop_map(|(links, dropped_count)| {
        let mut all = SpanLinks::default();
        (all.links, all.dropped_count) = (links, dropped_count);
        all
    })
}

fn span() -> impl Strategy<Value = SpanData> {
    let head = (place(), 0..3_u64, any::<bool>(), kinds(), "[a-z /]{0,40}");
    let rest = (attributes(), any::<u32>(), events(), links(), status());
    (head, rest, any::<u32>()).prop_map(|(head, rest, seconds)| {
        let mut span = crate::queue::tests::span(Vec::new());
        (span.span_context, span.parent_span_is_remote) = (head.0, head.2);
        span.parent_span_id = SpanId::from(head.1);
        (span.span_kind, span.name) = (head.3, head.4.into());
        span.start_time = UNIX_EPOCH + Duration::from_nanos(seconds.into());
        span.end_time = UNIX_EPOCH + Duration::from_secs(seconds.into());
        (span.attributes, span.dropped_attributes_count) = (rest.0, rest.1);
        (span.events, span.links, span.status) = (rest.2, rest.3, rest.4);
        span.instrumentation_scope = scope("a");
        span
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_spans_are_what_the_other_crate_makes_of_them(batch in vec(span(), 1..4)) {
        check(&batch);
    }
}
