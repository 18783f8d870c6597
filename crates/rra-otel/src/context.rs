//! The trace that is going on: its ids for a log line, and events for its span.

use std::borrow::Cow;

use opentelemetry::trace::{SpanContext, TraceContextExt};
use opentelemetry::{Context, KeyValue, StringValue};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The trace id and span id of the span this thread is in, for a log line that should be found from
/// the trace. `None` outside of every span.
///
/// Ids exist for traces that sampling left out too: they still join the log lines of one request.
pub fn current_trace() -> Option<([u8; 16], [u8; 8])> {
    Context::map_current(|context| {
        let span = context.span();
        let place = span.span_context();
        place.is_valid().then(|| ids(place))
    })
}

/// The trace id and span id of a span that is recorded, so that it is worth saying something of it;
/// `None` for one that is not.
pub fn recorded_trace(span: &Span) -> Option<([u8; 16], [u8; 8])> {
    let context = span.context();
    let span = context.span();
    span.is_recording().then(|| ids(span.span_context()))
}

fn ids(place: &SpanContext) -> ([u8; 16], [u8; 8]) {
    (place.trace_id().to_bytes(), place.span_id().to_bytes())
}

/// Adds an event to the span this thread is in, if that is recorded; only then are the attributes
/// asked for.
///
/// ```
/// rra_otel::add_span_event("cache.miss", || [("cache.key", "a-17".into())]);
/// ```
pub fn add_span_event<A>(name: &str, attributes: impl FnOnce() -> A)
where
    A: IntoIterator<Item = (&'static str, Cow<'static, str>)>,
{
    Context::map_current(|context| {
        let span = context.span();
        if span.is_recording() {
            let attributes = attributes().into_iter();
            let attributes =
                attributes.map(|(key, value)| KeyValue::new(key, StringValue::from(value)));
            span.add_event(name.to_owned(), attributes.collect());
        }
    });
}
