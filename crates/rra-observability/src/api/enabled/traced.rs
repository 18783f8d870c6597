//! Each request is a span, and part of the trace that its caller names.

use rra_http::ApiLayer;

use crate::traces;

pub(super) fn in_spans(layer: ApiLayer) -> ApiLayer {
    layer.traced(|headers, make| {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let span = make();
        if let Some(parent) = text("traceparent") {
            rra_otel::continue_trace(&span, parent, text("tracestate"));
        }
        let ids = span.in_scope(traces::current);
        (span, ids)
    })
}
