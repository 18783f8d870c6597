//! Metrics of the way of a span to its receiver.

use std::sync::Arc;

use rra_schema::metrics::traces;

use crate::assembly::Assembly;
use crate::family::Family;
use crate::handle::Counter;
use crate::labels::SpanDropReason;

/// Metrics of the way of a span to its receiver.
#[derive(Debug)]
pub struct Traces {
    ended: Arc<Family<Counter>>,
    exported: Arc<Family<Counter>>,
    dropped: Arc<Family<Counter>>,
}

impl Traces {
    pub(crate) fn new(assembly: &mut Assembly) -> Self {
        Self {
            ended: assembly.counter(&traces::SPANS_ENDED),
            exported: assembly.counter(&traces::SPANS_EXPORTED),
            dropped: assembly.counter(&traces::SPANS_DROPPED),
        }
    }

    /// `rra_trace_spans_ended_total`.
    pub fn ended(&self) -> &Counter {
        self.ended.at(&[])
    }

    /// `rra_trace_spans_exported_total`.
    pub fn exported(&self) -> &Counter {
        self.exported.at(&[])
    }

    /// `rra_trace_spans_dropped_total`.
    pub fn dropped(&self, reason: SpanDropReason) -> &Counter {
        self.dropped.at(&[reason.place()])
    }
}
