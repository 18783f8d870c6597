//! Carries the account of spans into metrics.

use rra_metrics::Metrics;
use rra_metrics::labels::SpanDropReason;
use rra_otel::{DropReason, TraceCounts, TraceReport};

/// What became of every span, and how much of that the metrics have been told.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    spans: Option<TraceCounts>,
    published: TraceReport,
}

impl Counts {
    pub(super) fn new(spans: Option<TraceCounts>) -> Self {
        Self {
            spans,
            published: TraceReport::default(),
        }
    }

    /// Brings the metrics up to date.
    pub(crate) fn publish(&mut self, metrics: &Metrics) {
        let Some(spans) = &self.spans else {
            return;
        };
        let (now, before) = (spans.report(), self.published);
        let traces = metrics.traces();
        traces.ended().increment(now.ended - before.ended);
        traces.exported().increment(now.exported - before.exported);
        for reason in DropReason::ALL {
            let lost = now.dropped.by_reason(reason) - before.dropped.by_reason(reason);
            traces.dropped(label(reason)).increment(lost);
        }
        self.published = now;
    }
}

fn label(reason: DropReason) -> SpanDropReason {
    match reason {
        DropReason::QueueFull => SpanDropReason::QueueFull,
        DropReason::Refused => SpanDropReason::Refused,
        DropReason::Timeout => SpanDropReason::Timeout,
        DropReason::Closed => SpanDropReason::Closed,
        _ => SpanDropReason::Unavailable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_keeps_its_name() {
        for reason in DropReason::ALL {
            assert_eq!(format!("{:?}", label(reason)), format!("{reason:?}"));
        }
    }
}
