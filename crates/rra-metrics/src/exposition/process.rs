//! What the operating system says of the process, as lines of an exposition.
//!
//! Written here rather than through the recorder, whose counters are whole numbers and would cut
//! processor time to seconds.

use std::fmt::Write as _;

use metrics_process::collector::{self, Metrics};
use rra_schema::metrics::{MetricSpec, process};

/// Appends the metrics of the process that the system can tell.
pub(crate) fn append_to(exposition: &mut String) {
    let Metrics {
        cpu_seconds_total,
        open_fds,
        max_fds,
        virtual_memory_bytes,
        virtual_memory_max_bytes,
        resident_memory_bytes,
        start_time_seconds,
        threads,
    } = collector::collect();
    append(exposition, &process::CPU, cpu_seconds_total);
    append(exposition, &process::OPEN_FDS, open_fds);
    // A limit of 0 says that there is none.
    append(
        exposition,
        &process::MAX_FDS,
        max_fds.filter(|limit| *limit > 0),
    );
    append(exposition, &process::VIRTUAL_MEMORY, virtual_memory_bytes);
    let address_space = virtual_memory_max_bytes.filter(|limit| *limit > 0);
    append(exposition, &process::VIRTUAL_MEMORY_MAX, address_space);
    append(exposition, &process::RESIDENT_MEMORY, resident_memory_bytes);
    append(exposition, &process::START_TIME, start_time_seconds);
    append(exposition, &process::THREADS, threads);
}

fn append(exposition: &mut String, spec: &MetricSpec, value: Option<impl std::fmt::Display>) {
    let Some(value) = value else {
        return;
    };
    let (name, kind) = (spec.name, spec.kind.as_str());
    // Writing to a string cannot fail.
    let _ = write!(
        exposition,
        "# HELP {name} {}\n# TYPE {name} {kind}\n{name} {value}\n\n",
        spec.help
    );
}
