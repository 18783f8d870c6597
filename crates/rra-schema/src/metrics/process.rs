//! Metrics of the exposition itself, of the build, and of the process.
//!
//! The `process_*` rows carry the names all Prometheus clients share; a library measures them,
//! and they stand here so that rules and dashboards can be checked against the catalogue.

use crate::metrics::spec::{Area, Domain, LabelSpec, MetricSpec, Unit, Zero};

const METRIC: LabelSpec = LabelSpec::of("metric", Domain::MetricName);

/// Series by metric.
pub static METRICS_SERIES: MetricSpec = MetricSpec::gauge(
    Area::Telemetry,
    "rra_metrics_series",
    "Series of a metric that exist now.",
)
.labels(&[METRIC]);

/// Label values that found no slot.
pub static LABEL_OVERFLOW: MetricSpec = MetricSpec::counter(
    Area::Telemetry,
    "rra_metrics_label_overflow_total",
    "Times a label value that is not registered or exceeds a cap was counted as _other.",
)
.labels(&[METRIC, LabelSpec::of("label", Domain::LabelName)])
.zero(Zero::EachOverflowingLabel);

/// How long the last rendering took.
pub static RENDER_DURATION: MetricSpec = MetricSpec::gauge(
    Area::Telemetry,
    "rra_metrics_render_duration_seconds",
    "Time the previous rendering of the metrics took.",
)
.unit(Unit::Seconds);

/// How large the last rendering was.
pub static RENDER_BYTES: MetricSpec = MetricSpec::gauge(
    Area::Telemetry,
    "rra_metrics_render_bytes",
    "Size of the previous rendering of the metrics.",
)
.unit(Unit::Bytes);

/// What is running.
pub static BUILD_INFO: MetricSpec = MetricSpec::gauge(
    Area::Telemetry,
    "rra_build_info",
    "Always 1; the labels say what was built.",
)
.labels(&[
    once("version"),
    once("revision"),
    once("rustc"),
    once("features"),
]);

/// Processor time.
pub static CPU: MetricSpec = MetricSpec::counter(
    Area::Process,
    "process_cpu_seconds_total",
    "Processor time the process has used, in user and system mode.",
)
.unit(Unit::Seconds);

/// Open files.
pub static OPEN_FDS: MetricSpec = process("process_open_fds", "File descriptors that are open.");

/// Files that may be open.
pub static MAX_FDS: MetricSpec = process("process_max_fds", "File descriptors that may be open.");

/// Address space in use.
pub static VIRTUAL_MEMORY: MetricSpec = process(
    "process_virtual_memory_bytes",
    "Address space of the process.",
)
.unit(Unit::Bytes);

/// Address space that may be used.
pub static VIRTUAL_MEMORY_MAX: MetricSpec = process(
    "process_virtual_memory_max_bytes",
    "Address space the process may have.",
)
.unit(Unit::Bytes);

/// Memory in use.
pub static RESIDENT_MEMORY: MetricSpec = process(
    "process_resident_memory_bytes",
    "Memory of the process that is in use.",
)
.unit(Unit::Bytes);

/// When the process started. The name is older than the word timestamp.
pub static START_TIME: MetricSpec = process(
    "process_start_time_seconds",
    "Moment the process started, in seconds since 1970.",
)
.unit(Unit::UnixSeconds);

/// Threads.
pub static THREADS: MetricSpec = process(
    "process_threads",
    "Operating system threads of the process.",
);

/// A label that is set once, when the process starts.
const fn once(name: &'static str) -> LabelSpec {
    LabelSpec::registered(name, 1, &[])
}

const fn process(name: &'static str, help: &'static str) -> MetricSpec {
    MetricSpec::gauge(Area::Process, name, help)
}
