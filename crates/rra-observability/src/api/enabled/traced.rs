//! Each request is a span, or at least a place, in the trace that its caller names.

use rra_http::{ApiLayer, BegunSpan, RequestSpan};
use tracing::Span;

use crate::traces;

pub(super) fn in_spans(layer: ApiLayer) -> ApiLayer {
    layer.traced(|headers, route, make| {
        if !tracing::dispatcher::has_been_set() {
            // Nobody listens to spans, so that looking for a parent would be for nothing.
            return BegunSpan::NONE;
        }
        match rra_otel::begin_request(headers, route, || begun(make())) {
            Ok(begun) => begun,
            Err(place) => BegunSpan {
                trace: traces::named(place.ids()),
                span: RequestSpan::Place(Box::new(Place(place))),
            },
        }
    })
}

fn begun(span: Span) -> BegunSpan {
    if let Some(ids) = rra_otel::recorded_trace(&span) {
        return BegunSpan {
            span: RequestSpan::Kept(span),
            trace: traces::named(ids),
        };
    }
    // Asked for inside of both: a request without a span keeps the ids of its caller.
    let trace = span.in_scope(traces::current);
    BegunSpan {
        span: RequestSpan::Unkept(span),
        trace,
    }
}

/// A place, as rra-http knows one.
#[derive(Debug)]
struct Place(rra_otel::Place);

impl rra_http::Place for Place {
    fn enter(&self) {
        self.0.enter();
    }

    fn exit(&self) {
        self.0.exit();
    }
}
