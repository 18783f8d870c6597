//! Each request is a span, or at least a place, in the trace that its caller names.

use rra_http::{ApiLayer, BegunSpan, RequestSpan};
use tracing::Span;

use crate::traces;

pub(super) fn in_spans(layer: ApiLayer) -> ApiLayer {
    layer.traced(|headers, route, make| {
        if !tracing::dispatcher::has_been_set() {
            // Nobody listens to spans; whom the request calls is told what its caller said.
            let place = rra_otel::continue_trace(headers, rra_otel::Place::of_caller);
            return place.map_or(BegunSpan::NONE, |place| at(place, Span::none()));
        }
        let begun = rra_otel::begin_request(headers, route, || begun(make()));
        begun.unwrap_or_else(|place| at(place, Span::none()))
    })
}

fn begun(span: Span) -> BegunSpan {
    if let Some(ids) = rra_otel::recorded_trace(&span) {
        return BegunSpan {
            span: RequestSpan::Kept(span),
            trace: traces::named(ids),
        };
    }
    // Asked for inside of both: others may listen to the span, and nobody export it.
    let (trace, place) = span.in_scope(|| (traces::current(), rra_otel::Place::of_caller()));
    match place {
        Some(place) => at(place, span),
        None => BegunSpan {
            span: RequestSpan::Unkept(span),
            trace,
        },
    }
}

fn at(place: rra_otel::Place, span: Span) -> BegunSpan {
    BegunSpan {
        trace: traces::named(place.ids()),
        span: RequestSpan::Place(Box::new(Place { place, span })),
    }
}

/// A place, as rra-http knows one.
#[derive(Debug)]
struct Place {
    place: rra_otel::Place,
    /// What others than the export see there, if anything.
    span: Span,
}

impl rra_http::Place for Place {
    fn enter(&self) {
        self.place.enter();
        self.span.with_subscriber(|(id, others)| others.enter(id));
    }

    fn exit(&self) {
        self.span.with_subscriber(|(id, others)| others.exit(id));
        self.place.exit();
    }
}
