//! No spans in this build: log lines still name the trace of the caller.
#![expect(clippy::unused_self, reason = "the same form with the feature")]

use rra_schema::TraceContext;

use super::Beginning;
use crate::outcome::Outcome;
use crate::trace_parent;

/// Whether requests get spans: never.
#[derive(Clone, Debug)]
pub(crate) struct Spans;

impl Spans {
    pub(crate) const NONE: Self = Self;

    pub(crate) fn begin(&self, beginning: Beginning<'_>) -> (RequestSpan, Option<TraceContext>) {
        let caller = beginning.trace_parent.and_then(trace_parent::read);
        (RequestSpan, caller)
    }
}

/// The span of a request: none.
#[derive(Debug)]
pub(crate) struct RequestSpan;

impl RequestSpan {
    pub(crate) fn enter(&self) {}

    pub(crate) fn end(&self, _: Outcome) {}
}
