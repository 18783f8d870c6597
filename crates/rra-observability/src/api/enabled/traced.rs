//! Each request is a span, and part of the trace that its caller names.

use rra_http::{ApiLayer, BegunSpan};

use crate::traces;

pub(super) fn in_spans(layer: ApiLayer) -> ApiLayer {
    layer.traced(|headers, make| {
        if !tracing::dispatcher::has_been_set() {
            // Nobody listens to spans, so that looking for a parent would be for nothing.
            return BegunSpan::NONE;
        }
        rra_otel::continue_trace(headers, || {
            let span = make();
            // Asked for inside of both: a request without a span keeps the ids of its caller.
            let (trace, is_kept) = span.in_scope(|| (traces::current(), rra_otel::is_recording()));
            BegunSpan {
                span,
                trace,
                is_kept,
            }
        })
    })
}
