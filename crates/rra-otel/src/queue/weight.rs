//! What a span weighs in memory. Pure.

use std::mem::size_of;

use opentelemetry::{Array, KeyValue, StringValue, Value};
use opentelemetry_sdk::trace::SpanData;

/// About how many bytes the span takes.
pub(super) fn weigh(span: &SpanData) -> usize {
    let events = span.events.iter();
    let links = span.links.iter();
    size_of::<SpanData>()
        + span.name.len()
        + weigh_all(&span.attributes)
        + events
            .map(|event| size_of_val(event) + event.name.len() + weigh_all(&event.attributes))
            .sum::<usize>()
        + links
            .map(|link| size_of_val(link) + weigh_all(&link.attributes))
            .sum::<usize>()
}

fn weigh_all(attributes: &[KeyValue]) -> usize {
    attributes.iter().map(weigh_one).sum()
}

fn weigh_one(attribute: &KeyValue) -> usize {
    let beside = match &attribute.value {
        Value::String(text) => text.as_str().len(),
        Value::Array(Array::String(texts)) => texts
            .iter()
            .map(|text| size_of::<StringValue>() + text.as_str().len())
            .sum(),
        Value::Array(Array::I64(numbers)) => size_of_val(numbers.as_slice()),
        Value::Array(Array::F64(numbers)) => size_of_val(numbers.as_slice()),
        Value::Array(Array::Bool(flags)) => flags.len(),
        _ => 0,
    };
    size_of::<KeyValue>() + attribute.key.as_str().len() + beside
}
