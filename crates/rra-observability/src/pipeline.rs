//! Carries the account of the journal, and that of spans, into metrics.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use rra_metrics::Metrics;
use rra_metrics::labels::{DropReason, SinkErrorType};
use rra_sink::{Attempt, Fault, Health, Journal, LossTable, Reason, Report, SinkReport};

use crate::traces::Counts;

/// Brings the metrics of every sink up to date. Clones share what is known.
#[derive(Clone, Debug)]
pub(crate) struct Refresh {
    journal: Journal,
    metrics: Metrics,
    /// What the metrics have been told.
    published: Arc<Mutex<Option<Report>>>,
    spans: Arc<Mutex<Counts>>,
}

impl Refresh {
    pub(crate) fn new(journal: Journal, metrics: Metrics, spans: Counts) -> Self {
        Self {
            journal,
            metrics,
            published: Arc::default(),
            spans: Arc::new(Mutex::new(spans)),
        }
    }

    pub(crate) fn run(&self) {
        let Self {
            journal, metrics, ..
        } = self;
        // Held throughout: two scrapes at once must not both add the same difference.
        let mut published = self
            .published
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let report = journal.report();
        for (place, sink) in report.sinks.iter().enumerate() {
            let before = published
                .as_ref()
                .map(|before| (before, &before.sinks[place]));
            publish_counts(metrics, &report, sink, before);
        }
        for health in journal.health() {
            publish_health(metrics, &health);
        }
        *published = Some(report);
        let mut spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        spans.publish(metrics);
    }
}

/// Measures every attempt of a sink as it happens: a distribution of durations cannot be carried
/// over later.
pub(crate) fn observe_attempt(metrics: &Metrics, attempt: &Attempt<'_>) {
    let Some(handles) = metrics.pipeline().sink(attempt.sink) else {
        return;
    };
    handles.writes().increment(1);
    handles.written_bytes().increment(attempt.bytes as u64);
    handles.write_duration().record(attempt.took);
    if attempt.is_retry {
        handles.retries().increment(1);
    }
    if let Some(fault) = attempt.fault {
        handles.errors(error_type(fault)).increment(1);
    }
}

fn publish_counts(
    metrics: &Metrics,
    report: &Report,
    sink: &SinkReport,
    before: Option<(&Report, &SinkReport)>,
) {
    let Some(handles) = metrics.pipeline().sink(&sink.name) else {
        return;
    };
    // What a dead process left to this sink is as good as accepted by this one.
    let accepted = |report: &Report, sink: &SinkReport| report.accepted + sink.recovered;
    let known = before.map_or(0, |(report, sink)| accepted(report, sink));
    handles.accepted().increment(accepted(report, sink) - known);
    let delivered = before.map_or(0, |(_, sink)| sink.delivered);
    handles
        .written_events()
        .increment(sink.delivered - delivered);
    for reason in Reason::ALL {
        // A refused event is one that every sink lacks.
        let lost = |refused: &LossTable, dropped: &LossTable| {
            refused.by_reason(reason) + dropped.by_reason(reason)
        };
        let known = before.map_or(0, |(report, sink)| lost(&report.refused, &sink.dropped));
        let now = lost(&report.refused, &sink.dropped);
        handles.dropped(label(reason)).increment(now - known);
    }
}

fn publish_health(metrics: &Metrics, health: &Health) {
    let Some(handles) = metrics.pipeline().sink(&health.sink) else {
        return;
    };
    handles.up().set(f64::from(u8::from(health.up)));
    handles.queue_events().set(number(health.queued_events));
    handles.queue_capacity().set(number(health.capacity_events));
    if let Some(last) = health.last_success {
        handles.last_success().set(unix_seconds(last));
    }
    if let Some(spool) = health.spool {
        handles.spool_bytes().set(number(spool.bytes));
        handles.spool_capacity().set(number(spool.capacity_bytes));
        // The time of an event that is gone would look like one that waits for ever.
        let oldest = spool.oldest.map_or(0.0, unix_seconds);
        handles.spool_oldest().set(oldest);
    }
}

/// As a gauge has it: exact up to 2^32, which no queue reaches.
fn number(count: u64) -> f64 {
    u32::try_from(count).unwrap_or(u32::MAX).into()
}

/// Seconds since 1970; 0 for a clock before that.
fn unix_seconds(time: SystemTime) -> f64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_secs_f64()
}

fn error_type(fault: Fault) -> SinkErrorType {
    match fault {
        Fault::Io => SinkErrorType::Io,
        Fault::Timeout => SinkErrorType::Timeout,
        Fault::Auth => SinkErrorType::Auth,
        Fault::Throttled => SinkErrorType::Throttled,
        Fault::Rejected => SinkErrorType::Rejected,
        Fault::Connect => SinkErrorType::Connect,
        _ => SinkErrorType::Other,
    }
}

fn label(reason: Reason) -> DropReason {
    match reason {
        Reason::Oversize => DropReason::Oversize,
        Reason::Invalid => DropReason::Serialize,
        Reason::Closed => DropReason::Closed,
        Reason::Rejected => DropReason::Rejected,
        Reason::Damaged => DropReason::Damaged,
        Reason::SpoolFull => DropReason::SpoolFull,
        Reason::Expired => DropReason::Expired,
        _ => DropReason::QueueFull,
    }
}
