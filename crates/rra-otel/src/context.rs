//! The trace that is going on: reads it for log lines and takes it over from a caller.

use std::collections::HashMap;

use opentelemetry::Context;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TraceContextExt;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing_opentelemetry::OpenTelemetrySpanExt;

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

/// Makes `span` part of the trace that a caller named in its `traceparent` and `tracestate` headers
/// (W3C Trace Context, level 1). Call it before the span is entered.
///
/// Returns whether the trace was taken over. A header that is missing or malformed is not: the span
/// then begins a trace of its own, as the standard asks.
pub fn continue_trace(span: &tracing::Span, traceparent: &str, tracestate: Option<&str>) -> bool {
    let mut headers = HashMap::from([("traceparent".to_owned(), traceparent.to_owned())]);
    if let Some(state) = tracestate {
        headers.insert("tracestate".to_owned(), state.to_owned());
    }
    let parent = TraceContextPropagator::new().extract_with_context(&Context::new(), &headers);
    parent.span().span_context().is_valid() && span.set_parent(parent).is_ok()
}
