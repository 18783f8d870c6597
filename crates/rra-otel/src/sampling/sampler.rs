//! The sampler inside of the SDK. Spans that come through the layer have been decided about; the
//! rest, begun through the OpenTelemetry API by other libraries, are decided here by the same plan.

use std::sync::Arc;

use opentelemetry::trace::{Link, SpanKind, TraceContextExt, TraceId, TraceState};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{SamplingDecision, SamplingResult, ShouldSample};

use super::{Plan, is_local};

/// That a trace is kept, as a value in the context its first span starts in.
#[derive(Debug)]
pub(crate) struct Decision {
    pub(crate) trace: TraceId,
    pub(crate) state: TraceState,
}

#[derive(Clone, Debug)]
pub(crate) struct PlannedSampler(pub(crate) Arc<Plan>);

impl PlannedSampler {
    fn decide(&self, context: &Context, trace: TraceId, name: &str) -> Option<TraceState> {
        let span = context.span();
        let parent = span.span_context();
        if is_local(parent) || (parent.is_valid() && self.0.follow_parent) {
            return parent.is_sampled().then(|| parent.trace_state().clone());
        }
        let decided = context.get::<Decision>();
        if let Some(decision) = decided.filter(|decision| decision.trace == trace) {
            return Some(decision.state.clone());
        }
        self.0.rule(name).keep(trace, parent.trace_state())
    }
}

impl ShouldSample for PlannedSampler {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        trace: TraceId,
        name: &str,
        _: &SpanKind,
        _: &[KeyValue],
        _: &[Link],
    ) -> SamplingResult {
        let nothing = Context::new();
        let context = parent.unwrap_or(&nothing);
        let kept = self.decide(context, trace, name);
        SamplingResult {
            decision: if kept.is_some() {
                SamplingDecision::RecordAndSample
            } else {
                SamplingDecision::Drop
            },
            attributes: Vec::new(),
            trace_state: kept
                .unwrap_or_else(|| context.span().span_context().trace_state().clone()),
        }
    }
}
