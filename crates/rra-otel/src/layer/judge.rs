//! The verdict about a new span, from what stands above it and the rule it falls under alone: nothing
//! about the span is collected for it.

use std::sync::Arc;

use opentelemetry::Context as OtelContext;
use opentelemetry::trace::{SpanContext, TraceContextExt, TraceFlags, TraceId, TraceState};
use opentelemetry_sdk::trace::IdGenerator;

use crate::sampling::{Decision, Ids, Plan, Rule, is_local};

/// What becomes of a new span.
pub(super) enum Verdict {
    /// It is none: telemetry is suppressed here.
    Suppressed,
    /// It only has a place in a trace, which this context names.
    Left(OtelContext),
    /// It shares the place of the span that this thread is in.
    Inside,
    /// It shares the place of another span.
    Below,
    /// It is recorded.
    Kept,
    /// It is recorded and begins a trace of this process, in this context.
    Begins(OtelContext),
}

/// Decides about spans by a plan.
#[derive(Clone)]
pub(super) struct Judge {
    plan: Arc<Plan>,
    ids: Ids,
}

impl Judge {
    pub(super) fn new(plan: Arc<Plan>) -> Self {
        let ids = Ids::default();
        Self { plan, ids }
    }

    pub(super) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The verdict about a span right below this context; its rule is only looked for when the
    /// decision is made here.
    pub(super) fn below<'r>(
        &self,
        above: &OtelContext,
        find_rule: impl FnOnce() -> &'r Rule,
    ) -> Verdict {
        let span = above.span();
        let parent = span.span_context();
        if is_local(parent) {
            return if parent.is_sampled() {
                Verdict::Kept
            } else {
                Verdict::Inside
            };
        }
        if parent.is_valid() {
            self.below_remote(above, parent, find_rule)
        } else if above.get::<Decision>().is_some() {
            Verdict::Begins(above.clone())
        } else if self.plan.keeps_all() {
            Verdict::Kept
        } else {
            let trace = self.ids.new_trace_id();
            self.decide(above, trace, &TraceState::NONE, find_rule())
        }
    }

    fn below_remote<'r>(
        &self,
        above: &OtelContext,
        parent: &SpanContext,
        find_rule: impl FnOnce() -> &'r Rule,
    ) -> Verdict {
        let (trace, state) = (parent.trace_id(), parent.trace_state());
        if !self.plan.follow_parent {
            return self.decide(above, trace, state, find_rule());
        }
        if parent.is_sampled() {
            Verdict::Kept
        } else {
            self.leave(above, trace, state.clone())
        }
    }

    fn decide(
        &self,
        above: &OtelContext,
        trace: TraceId,
        state: &TraceState,
        rule: &Rule,
    ) -> Verdict {
        match rule.keep(trace, state) {
            Some(state) => Verdict::Begins(above.with_value(Decision { trace, state })),
            None => self.leave(above, trace, state.clone()),
        }
    }

    fn leave(&self, above: &OtelContext, trace: TraceId, state: TraceState) -> Verdict {
        let span = self.ids.new_span_id();
        let place = SpanContext::new(trace, span, TraceFlags::NOT_SAMPLED, false, state);
        Verdict::Left(above.with_remote_span_context(place))
    }
}
