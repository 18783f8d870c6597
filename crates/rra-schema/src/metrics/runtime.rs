//! Metrics of the async runtime a service runs on: how much it has to do, and whether it keeps up.

use crate::metrics::spec::{Area, MetricSpec, Unit};

/// Threads that run tasks.
pub static TOKIO_WORKERS: MetricSpec =
    gauge("rra_tokio_workers", "Worker threads of the tokio runtime.");

/// Tasks that have not ended.
pub static TOKIO_ALIVE_TASKS: MetricSpec = gauge(
    "rra_tokio_alive_tasks",
    "Tasks of the tokio runtime that have not ended.",
);

/// Tasks that no worker has taken yet.
pub static TOKIO_QUEUED_TASKS: MetricSpec = gauge(
    "rra_tokio_queued_tasks",
    "Tasks that wait in the global queue of the tokio runtime.",
);

/// Time spent on tasks. Divided by the workers, its rate is the share of their time that is used.
pub static TOKIO_BUSY: MetricSpec = MetricSpec::counter(
    Area::Runtime,
    "rra_tokio_busy_seconds_total",
    "Time the workers of the tokio runtime were busy, all workers together.",
)
.unit(Unit::Seconds)
.experimental();

const fn gauge(name: &'static str, help: &'static str) -> MetricSpec {
    MetricSpec::gauge(Area::Runtime, name, help).experimental()
}
