//! Metrics of the way of a span to its receiver: without them a full queue or a receiver that says
//! no would leave gaps in traces that nobody can tell from a quiet service.

use crate::metrics::labels::SPAN_DROP_REASON;
use crate::metrics::spec::{Area, LabelSpec, MetricSpec, Zero};

/// Spans to be sent.
pub static SPANS_ENDED: MetricSpec = counter(
    "rra_trace_spans_ended_total",
    "Spans of kept traces that ended; less those exported and dropped, they wait.",
);

/// Spans that arrived.
pub static SPANS_EXPORTED: MetricSpec = counter(
    "rra_trace_spans_exported_total",
    "Spans that the receiver of traces has confirmed.",
);

/// Spans lost.
pub static SPANS_DROPPED: MetricSpec = counter(
    "rra_trace_spans_dropped_total",
    "Spans of kept traces that will not reach the receiver, by reason.",
)
.labels(&[LabelSpec::closed("reason", &SPAN_DROP_REASON)]);

const fn counter(name: &'static str, help: &'static str) -> MetricSpec {
    MetricSpec::counter(Area::Pipeline, name, help).zero(Zero::Every)
}
