//! Metrics of the way of an event to its destinations, sink by sink.

use std::sync::Arc;

use rra_schema::metrics::{labels, pipeline};

use crate::assembly::Assembly;
use crate::events::EventCounters;
use crate::family::Family;
use crate::handle::{Counter, Gauge, Histogram};
use crate::labels::{
    AlertAction, AlertOutcome, DiscardReason, DropReason, EventField, FilesystemRole, SinkErrorType,
};
use crate::sets::Words;

/// Metrics of the way of an event to its destinations.
#[derive(Debug)]
pub struct Pipeline {
    sinks: Arc<Words>,
    tables: Arc<Tables>,
    invalid: Arc<Family<Counter>>,
    available: Arc<Family<Gauge>>,
    size: Arc<Family<Gauge>>,
}

impl Pipeline {
    pub(crate) fn new(assembly: &mut Assembly, events: &EventCounters) -> Self {
        Self {
            sinks: assembly.sets.registered(&labels::SINK),
            tables: Arc::new(Tables::new(assembly)),
            invalid: events.invalid(),
            available: assembly.gauge(&pipeline::FILESYSTEM_AVAILABLE),
            size: assembly.gauge(&pipeline::FILESYSTEM_SIZE),
        }
    }

    /// The metrics of a sink, if its name is registered.
    pub fn sink(&self, name: &str) -> Option<SinkMetrics> {
        let place = self.sinks.place(name)?;
        let tables = Arc::clone(&self.tables);
        Some(SinkMetrics { tables, place })
    }

    /// `rra_pipeline_events_invalid_total`.
    pub fn events_invalid(&self, field: EventField) -> &Counter {
        self.invalid.at(&[field.place()])
    }

    /// `rra_filesystem_available_bytes`.
    pub fn filesystem_available(&self, role: FilesystemRole) -> &Gauge {
        self.available.at(&[role.place()])
    }

    /// `rra_filesystem_size_bytes`.
    pub fn filesystem_size(&self, role: FilesystemRole) -> &Gauge {
        self.size.at(&[role.place()])
    }
}

/// The metrics of one sink. Gauges appear in the exposition when they are first asked for.
#[derive(Clone, Debug)]
pub struct SinkMetrics {
    tables: Arc<Tables>,
    place: usize,
}

impl SinkMetrics {
    /// `rra_pipeline_events_accepted_total`.
    pub fn accepted(&self) -> &Counter {
        self.tables.accepted.at(&[self.place])
    }

    /// `rra_pipeline_events_dropped_total`.
    pub fn dropped(&self, reason: DropReason) -> &Counter {
        self.tables.dropped.at(&[self.place, reason.place()])
    }

    /// `rra_pipeline_events_discarded_total`.
    pub fn discarded(&self, reason: DiscardReason) -> &Counter {
        self.tables.discarded.at(&[self.place, reason.place()])
    }

    /// `rra_sink_writes_total`.
    pub fn writes(&self) -> &Counter {
        self.tables.writes.at(&[self.place])
    }

    /// `rra_sink_written_events_total`.
    pub fn written_events(&self) -> &Counter {
        self.tables.written_events.at(&[self.place])
    }

    /// `rra_sink_written_bytes_total`.
    pub fn written_bytes(&self) -> &Counter {
        self.tables.written_bytes.at(&[self.place])
    }

    /// `rra_sink_errors_total`.
    pub fn errors(&self, error_type: SinkErrorType) -> &Counter {
        self.tables.errors.at(&[self.place, error_type.place()])
    }

    /// `rra_sink_retries_total`.
    pub fn retries(&self) -> &Counter {
        self.tables.retries.at(&[self.place])
    }

    /// `rra_sink_write_duration_seconds`.
    pub fn write_duration(&self) -> &Histogram {
        self.tables.write_duration.at(&[self.place])
    }

    /// `rra_sink_up`: 1 or 0.
    pub fn up(&self) -> &Gauge {
        self.tables.up.at(&[self.place])
    }

    /// `rra_sink_last_success_timestamp_seconds`.
    pub fn last_success(&self) -> &Gauge {
        self.tables.last_success.at(&[self.place])
    }

    /// `rra_sink_queue_events`.
    pub fn queue_events(&self) -> &Gauge {
        self.tables.queue_events.at(&[self.place])
    }

    /// `rra_sink_queue_capacity_events`.
    pub fn queue_capacity(&self) -> &Gauge {
        self.tables.queue_capacity.at(&[self.place])
    }

    /// `rra_sink_spool_bytes`.
    pub fn spool_bytes(&self) -> &Gauge {
        self.tables.spool.at(&[self.place])
    }

    /// `rra_sink_spool_capacity_bytes`.
    pub fn spool_capacity(&self) -> &Gauge {
        self.tables.spool_capacity.at(&[self.place])
    }

    /// `rra_sink_spool_oldest_timestamp_seconds`.
    pub fn spool_oldest(&self) -> &Gauge {
        self.tables.spool_oldest.at(&[self.place])
    }

    /// `rra_file_rotations_total`.
    pub fn rotations(&self) -> &Counter {
        self.tables.rotations.at(&[self.place])
    }

    /// `rra_alerts_sent_total`.
    pub fn alerts(&self, action: AlertAction, outcome: AlertOutcome) -> &Counter {
        let places = [self.place, action.place(), outcome.place()];
        self.tables.alerts.at(&places)
    }
}

#[derive(Debug)]
struct Tables {
    accepted: Arc<Family<Counter>>,
    dropped: Arc<Family<Counter>>,
    discarded: Arc<Family<Counter>>,
    writes: Arc<Family<Counter>>,
    written_events: Arc<Family<Counter>>,
    written_bytes: Arc<Family<Counter>>,
    errors: Arc<Family<Counter>>,
    retries: Arc<Family<Counter>>,
    write_duration: Arc<Family<Histogram>>,
    up: Arc<Family<Gauge>>,
    last_success: Arc<Family<Gauge>>,
    queue_events: Arc<Family<Gauge>>,
    queue_capacity: Arc<Family<Gauge>>,
    spool: Arc<Family<Gauge>>,
    spool_capacity: Arc<Family<Gauge>>,
    spool_oldest: Arc<Family<Gauge>>,
    rotations: Arc<Family<Counter>>,
    alerts: Arc<Family<Counter>>,
}

impl Tables {
    fn new(assembly: &mut Assembly) -> Self {
        Self {
            accepted: assembly.counter(&pipeline::EVENTS_ACCEPTED),
            dropped: assembly.counter(&pipeline::EVENTS_DROPPED),
            discarded: assembly.counter(&pipeline::EVENTS_DISCARDED),
            writes: assembly.counter(&pipeline::SINK_WRITES),
            written_events: assembly.counter(&pipeline::SINK_WRITTEN_EVENTS),
            written_bytes: assembly.counter(&pipeline::SINK_WRITTEN_BYTES),
            errors: assembly.counter(&pipeline::SINK_ERRORS),
            retries: assembly.counter(&pipeline::SINK_RETRIES),
            write_duration: assembly.histogram(&pipeline::SINK_WRITE_DURATION),
            up: assembly.gauge(&pipeline::SINK_UP),
            last_success: assembly.gauge(&pipeline::SINK_LAST_SUCCESS),
            queue_events: assembly.gauge(&pipeline::SINK_QUEUE_EVENTS),
            queue_capacity: assembly.gauge(&pipeline::SINK_QUEUE_CAPACITY),
            spool: assembly.gauge(&pipeline::SINK_SPOOL),
            spool_capacity: assembly.gauge(&pipeline::SINK_SPOOL_CAPACITY),
            spool_oldest: assembly.gauge(&pipeline::SINK_SPOOL_OLDEST),
            rotations: assembly.counter(&pipeline::FILE_ROTATIONS),
            alerts: assembly.counter(&pipeline::ALERTS_SENT),
        }
    }
}
