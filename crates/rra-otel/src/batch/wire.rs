//! A batch of spans as a receiver takes it: `ExportTraceServiceRequest` of OTLP 1.10, written straight
//! from what the SDK hands over, with every text cleaned on its way. Pure.
//!
//! Between the SDK's form and the bytes no third one is made, which would cost more than both.

use std::borrow::Cow;
use std::time::{SystemTime, UNIX_EPOCH};

use opentelemetry::trace::{Event, Link, SpanContext, SpanId, SpanKind, Status};
use opentelemetry::{Array, InstrumentationScope, KeyValue, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SpanData;

use super::Batch;
use super::scrub::Scrubber;
use crate::protobuf::Message;

/// `SpanFlags`: the bits above those of W3C Trace Context say whether it is known that the parent is
/// remote, and whether it is.
const KNOWS_REMOTE: u32 = 0x100;
const IS_REMOTE: u32 = 0x200;

/// What becomes of a text.
type Clean<'c> = &'c dyn for<'t> Fn(&'t str) -> Cow<'t, str>;

/// What the process says of itself, as fields of `ResourceSpans`.
pub(crate) fn resource(resource: &Resource) -> Vec<u8> {
    let mut fields = Message::default();
    fields.message(1, |message| {
        for (key, value) in resource {
            put_own(message, 1, key.as_str(), value);
        }
    });
    if let Some(url) = resource.schema_url() {
        fields.bytes(3, url.as_bytes());
    }
    fields.into_bytes()
}

/// Appends a span, as a field of `ScopeSpans`.
pub(super) fn put(message: &mut Message, span: &SpanData, scrubber: &mut Scrubber) {
    message.message(2, |message| put_span(message, span, scrubber));
}

/// The request for a batch of this process.
pub(crate) fn request(batch: &Batch, resource: &[u8]) -> Vec<u8> {
    let mut request = Message::default();
    request.message(1, |message| {
        message.fields(resource);
        for run in batch.runs() {
            message.message(2, |message| {
                message.message(1, |message| put_scope(message, &run.scope));
                if let Some(url) = run.scope.schema_url() {
                    message.bytes(3, url.as_bytes());
                }
                message.fields(run.spans.as_bytes());
            });
        }
    });
    request.into_bytes()
}

fn put_scope(message: &mut Message, scope: &InstrumentationScope) {
    message.bytes(1, scope.name().as_bytes());
    if let Some(version) = scope.version() {
        message.bytes(2, version.as_bytes());
    }
    for attribute in scope.attributes() {
        put_own(message, 3, attribute.key.as_str(), &attribute.value);
    }
}

/// An attribute that the program itself set when it started.
fn put_own(message: &mut Message, field: u32, key: &str, value: &Value) {
    message.message(field, |pair| {
        pair.bytes(1, key.as_bytes());
        pair.message(2, |message| put_value(message, value, &|text| text.into()));
    });
}

fn put_span(message: &mut Message, span: &SpanData, scrubber: &mut Scrubber) {
    put_place(message, &span.span_context);
    if span.parent_span_id != SpanId::INVALID {
        message.bytes(4, &span.parent_span_id.to_bytes());
    }
    message.bytes(5, scrubber.text(&span.name).as_bytes());
    message.number(6, kind(&span.span_kind));
    message.fixed64(7, nanoseconds(span.start_time));
    // A clock may have been set back meanwhile, and receivers take the difference for centuries.
    message.fixed64(8, nanoseconds(span.end_time.max(span.start_time)));
    put_attributes(message, 9, &span.attributes, scrubber);
    message.count(10, span.dropped_attributes_count);
    for event in &span.events.events {
        message.message(11, |message| put_event(message, event, scrubber));
    }
    message.count(12, span.events.dropped_count);
    for link in &span.links.links {
        message.message(13, |message| put_link(message, link, scrubber));
    }
    message.count(14, span.links.dropped_count);
    message.message(15, |message| put_status(message, &span.status, scrubber));
    message.fixed32(16, flags(&span.span_context, span.parent_span_is_remote));
}

/// The ids of a span and what travels with them; the same fields in spans and links.
fn put_place(message: &mut Message, place: &SpanContext) {
    message.bytes(1, &place.trace_id().to_bytes());
    message.bytes(2, &place.span_id().to_bytes());
    let state = place.trace_state().header();
    if !state.is_empty() {
        message.bytes(3, state.as_bytes());
    }
}

fn put_event(message: &mut Message, event: &Event, scrubber: &mut Scrubber) {
    message.fixed64(1, nanoseconds(event.timestamp));
    message.bytes(2, scrubber.text(&event.name).as_bytes());
    put_attributes(message, 3, &event.attributes, scrubber);
    message.count(4, event.dropped_attributes_count);
}

fn put_link(message: &mut Message, link: &Link, scrubber: &mut Scrubber) {
    let place = &link.span_context;
    put_place(message, place);
    put_attributes(message, 4, &link.attributes, scrubber);
    message.count(5, link.dropped_attributes_count);
    message.fixed32(6, flags(place, place.is_remote()));
}

fn put_status(message: &mut Message, status: &Status, scrubber: &Scrubber) {
    match status {
        Status::Unset => {}
        Status::Ok => message.number(3, 1),
        Status::Error { description } => {
            message.bytes(2, scrubber.text(description).as_bytes());
            message.number(3, 2);
        }
    }
}

fn put_attributes(
    message: &mut Message,
    field: u32,
    attributes: &[KeyValue],
    scrubber: &mut Scrubber,
) {
    for attribute in attributes {
        message.message(field, |pair| {
            let (key, value) = (attribute.key.as_str(), &attribute.value);
            let by_key = scrubber.key(key, value, |key| pair.bytes(1, key.as_bytes()));
            pair.message(2, |message| match by_key {
                Some(other) => message.bytes(1, other.as_bytes()),
                None => put_value(message, value, &|text| scrubber.text(text)),
            });
        });
    }
}

fn put_value(message: &mut Message, value: &Value, clean: Clean<'_>) {
    match value {
        Value::String(text) => message.bytes(1, clean(text.as_str()).as_bytes()),
        Value::Bool(flag) => message.number(2, (*flag).into()),
        Value::I64(number) => message.number(3, number.cast_unsigned()),
        Value::F64(number) => message.fixed64(4, number.to_bits()),
        Value::Array(array) => message.message(5, |message| put_array(message, array, clean)),
        // A kind that this version of the specification does not know has no value.
        _ => {}
    }
}

fn put_array(message: &mut Message, array: &Array, clean: Clean<'_>) {
    match array {
        Array::String(texts) => {
            for text in texts {
                message.message(1, |value| value.bytes(1, clean(text.as_str()).as_bytes()));
            }
        }
        Array::Bool(flags) => {
            for flag in flags {
                message.message(1, |value| value.number(2, (*flag).into()));
            }
        }
        Array::I64(numbers) => {
            for number in numbers {
                message.message(1, |value| value.number(3, number.cast_unsigned()));
            }
        }
        Array::F64(numbers) => {
            for number in numbers {
                message.message(1, |value| value.fixed64(4, number.to_bits()));
            }
        }
        _ => {}
    }
}

/// The numbers of `SpanKind`, where 0 says that it is not told.
fn kind(kind: &SpanKind) -> u64 {
    match kind {
        SpanKind::Internal => 1,
        SpanKind::Server => 2,
        SpanKind::Client => 3,
        SpanKind::Producer => 4,
        SpanKind::Consumer => 5,
    }
}

fn flags(place: &SpanContext, is_remote: bool) -> u32 {
    let remote = if is_remote { IS_REMOTE } else { 0 };
    u32::from(place.trace_flags().to_u8()) | KNOWS_REMOTE | remote
}

/// Since 1970; a clock before that is taken as being there.
fn nanoseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
