//! Metrics of the way of an event to its destinations: without them a full disk or a dead sink
//! would lose security events in silence.

use crate::metrics::labels::{self, SINK};
use crate::metrics::spec::{Area, LabelSpec, MetricSpec, Unit, Zero};

const WRITE_SECONDS: &[f64] = &[0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0];

const ROLE: LabelSpec = LabelSpec::closed("role", &labels::FILESYSTEM_ROLE);

/// Events a sink has taken responsibility for.
pub static EVENTS_ACCEPTED: MetricSpec = counter(
    "rra_pipeline_events_accepted_total",
    "Events accepted for a sink.",
)
.labels(&[SINK])
.zero(Zero::Every);

/// Events lost.
pub static EVENTS_DROPPED: MetricSpec = counter(
    "rra_pipeline_events_dropped_total",
    "Events that will not reach a sink, accepted or refused before, by reason.",
)
.labels(&[SINK, LabelSpec::closed("reason", &labels::DROP_REASON)])
.zero(Zero::Every);

/// Events left out on purpose; no alert belongs here.
pub static EVENTS_DISCARDED: MetricSpec = counter(
    "rra_pipeline_events_discarded_total",
    "Events left out of a sink on purpose, by reason.",
)
.labels(&[SINK, LabelSpec::closed("reason", &labels::DISCARD_REASON)])
.zero(Zero::Every);

/// Events that lack something.
pub static EVENTS_INVALID: MetricSpec = counter(
    "rra_pipeline_events_invalid_total",
    "Fields of events that were absent or unusable where a metric or sink needs them.",
)
.labels(&[LabelSpec::closed("field", &labels::EVENT_FIELD)])
.zero(Zero::Every);

/// Writes and sends.
pub static SINK_WRITES: MetricSpec = counter(
    "rra_sink_writes_total",
    "Attempts of a sink to write or send a batch.",
)
.labels(&[SINK])
.zero(Zero::Every);

/// Events that arrived.
pub static SINK_WRITTEN_EVENTS: MetricSpec = counter(
    "rra_sink_written_events_total",
    "Events a sink has written or that its destination has confirmed.",
)
.labels(&[SINK])
.zero(Zero::Every);

/// Bytes that arrived.
pub static SINK_WRITTEN_BYTES: MetricSpec = counter(
    "rra_sink_written_bytes_total",
    "Bytes of events a sink has written or that its destination has confirmed.",
)
.labels(&[SINK])
.unit(Unit::Bytes)
.zero(Zero::Every);

/// Failed writes.
pub static SINK_ERRORS: MetricSpec = counter(
    "rra_sink_errors_total",
    "Failed attempts of a sink, by reason.",
)
.labels(&[
    SINK,
    LabelSpec::closed("error_type", &labels::SINK_ERROR_TYPE),
])
.zero(Zero::Every);

/// Further attempts after a failed one.
pub static SINK_RETRIES: MetricSpec = counter(
    "rra_sink_retries_total",
    "Attempts of a sink to send a batch again.",
)
.labels(&[SINK])
.zero(Zero::Every);

/// How long an attempt took.
pub static SINK_WRITE_DURATION: MetricSpec = MetricSpec::histogram(
    Area::Pipeline,
    "rra_sink_write_duration_seconds",
    "Time one attempt of a sink took.",
    WRITE_SECONDS,
)
.labels(&[SINK]);

/// Whether a sink is in use.
pub static SINK_UP: MetricSpec = gauge(
    "rra_sink_up",
    "1 while a sink is delivering or idle, 0 while it waits for its destination to come back.",
)
.labels(&[SINK])
.zero(Zero::Every);

/// When a sink last delivered.
pub static SINK_LAST_SUCCESS: MetricSpec = gauge(
    "rra_sink_last_success_timestamp_seconds",
    "Moment of a sink's last successful write; absent before the first.",
)
.labels(&[SINK])
.unit(Unit::UnixSeconds);

/// Events waiting in memory.
pub static SINK_QUEUE_EVENTS: MetricSpec = gauge(
    "rra_sink_queue_events",
    "Events waiting in memory for a sink.",
)
.labels(&[SINK])
.zero(Zero::Every);

/// Room in memory.
pub static SINK_QUEUE_CAPACITY: MetricSpec = gauge(
    "rra_sink_queue_capacity_events",
    "Events that can wait in memory for a sink.",
)
.labels(&[SINK])
.zero(Zero::Every);

/// Bytes waiting on disk.
pub static SINK_SPOOL: MetricSpec =
    gauge("rra_sink_spool_bytes", "Bytes waiting on disk for a sink.")
        .labels(&[SINK])
        .unit(Unit::Bytes)
        .zero(Zero::Every);

/// Room on disk.
pub static SINK_SPOOL_CAPACITY: MetricSpec = gauge(
    "rra_sink_spool_capacity_bytes",
    "Bytes that can wait on disk for a sink; absent without a spool.",
)
.labels(&[SINK])
.unit(Unit::Bytes);

/// Since when the oldest event waits on disk.
pub static SINK_SPOOL_OLDEST: MetricSpec = gauge(
    "rra_sink_spool_oldest_timestamp_seconds",
    "Moment of the oldest event waiting on disk for a sink; 0 when there is none.",
)
.labels(&[SINK])
.unit(Unit::UnixSeconds);

/// Changes to a new log file.
pub static FILE_ROTATIONS: MetricSpec = counter(
    "rra_file_rotations_total",
    "Changes of a file sink to a new file, by itself or by logrotate.",
)
.labels(&[SINK])
.zero(Zero::Every);

/// Room on the file systems in use. The label is a role, since a path tells an attacker too much.
pub static FILESYSTEM_AVAILABLE: MetricSpec = gauge(
    "rra_filesystem_available_bytes",
    "Bytes the service may still write to the file system that holds its logs or spool.",
)
.labels(&[ROLE])
.unit(Unit::Bytes);

/// Size of the file systems in use.
pub static FILESYSTEM_SIZE: MetricSpec = gauge(
    "rra_filesystem_size_bytes",
    "Size of the file system that holds the logs or spool.",
)
.labels(&[ROLE])
.unit(Unit::Bytes);

/// Messages to alerting services.
pub static ALERTS_SENT: MetricSpec = counter(
    "rra_alerts_sent_total",
    "Messages of a sink to an alerting service, by action and outcome.",
)
.labels(&[
    SINK,
    LabelSpec::closed("action", &labels::ALERT_ACTION),
    LabelSpec::closed("outcome", &labels::ALERT_OUTCOME),
])
.zero(Zero::Every);

const fn counter(name: &'static str, help: &'static str) -> MetricSpec {
    MetricSpec::counter(Area::Pipeline, name, help)
}

const fn gauge(name: &'static str, help: &'static str) -> MetricSpec {
    MetricSpec::gauge(Area::Pipeline, name, help)
}
