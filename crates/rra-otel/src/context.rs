//! The trace that is going on: its ids for a log line, and events for its span.

use opentelemetry::trace::TraceContextExt;
use opentelemetry::{Context, KeyValue};

/// The trace id and span id of the span this thread is in, for a log line that should be found from
/// the trace. `None` outside of every span.
///
/// Ids exist for traces that sampling left out too: they still join the log lines of one request.
pub fn current_trace() -> Option<([u8; 16], [u8; 8])> {
    Context::map_current(|context| {
        let span = context.span();
        let ids = span.span_context();
        ids.is_valid()
            .then(|| (ids.trace_id().to_bytes(), ids.span_id().to_bytes()))
    })
}

/// Whether the span this thread is in is recorded, so that it is worth saying something of it.
pub fn is_recording() -> bool {
    Context::map_current(|context| context.span().is_recording())
}

/// Adds an event to the span this thread is in, if that is recorded; only then are the attributes
/// asked for.
///
/// ```
/// rra_otel::add_span_event("cache.miss", || [("cache.key", "a-17".to_owned())]);
/// ```
pub fn add_span_event<A>(name: &str, attributes: impl FnOnce() -> A)
where
    A: IntoIterator<Item = (&'static str, String)>,
{
    Context::map_current(|context| {
        let span = context.span();
        if span.is_recording() {
            let attributes = attributes().into_iter();
            let attributes = attributes.map(|(key, value)| KeyValue::new(key, value));
            span.add_event(name.to_owned(), attributes.collect());
        }
    });
}
