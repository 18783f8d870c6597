//! Ids for spans. The layer chooses the id of a trace when it decides about it; the SDK, which asks
//! for one when it starts the span, must be given the same.

use std::cell::Cell;

use opentelemetry::Context;
use opentelemetry::trace::{SpanBuilder, SpanId, TraceContextExt, TraceId, Tracer};
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator, SdkTracer};

use super::Decision;

thread_local! {
    /// The trace id of the span that this thread is starting right now.
    static CHOSEN: Cell<Option<TraceId>> = const { Cell::new(None) };
}

/// Random ids, unless the trace has been given one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ids(RandomIdGenerator);

impl IdGenerator for Ids {
    fn new_trace_id(&self) -> TraceId {
        CHOSEN.take().unwrap_or_else(|| self.0.new_trace_id())
    }

    fn new_span_id(&self) -> SpanId {
        self.0.new_span_id()
    }
}

/// Starts spans of traces that have been decided about with the id they were decided by.
#[derive(Clone, Debug)]
pub(crate) struct TracerOfDecisions(pub(crate) SdkTracer);

impl Tracer for TracerOfDecisions {
    type Span = <SdkTracer as Tracer>::Span;

    fn build_with_context(&self, builder: SpanBuilder, parent: &Context) -> Self::Span {
        let begins = !parent.span().span_context().is_valid();
        let decision = parent.get::<Decision>().filter(|_| begins);
        CHOSEN.set(decision.map(|decision| decision.trace));
        let span = self.0.build_with_context(builder, parent);
        // Left over when the SDK did not ask: it has been shut down.
        CHOSEN.set(None);
        span
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::{TraceState, TracerProvider};
    use opentelemetry_sdk::trace::SdkTracerProvider;

    use super::*;

    #[test]
    fn an_id_that_nobody_asked_for_is_not_the_next_trace_s() {
        let provider = SdkTracerProvider::builder().with_id_generator(Ids::default());
        let provider = provider.build();
        let tracer = TracerOfDecisions(provider.tracer("test"));
        provider.shutdown().expect("the first end");
        let trace = TraceId::from(17);
        let state = TraceState::NONE;
        let decided = Context::new().with_value(Decision { trace, state });
        tracer.build_with_context(tracer.span_builder("late"), &decided);
        assert_ne!(Ids::default().new_trace_id(), trace);
    }
}
