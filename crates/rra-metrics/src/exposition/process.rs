//! What the operating system says of the process.

use metrics_process::collector::{self, Metrics};
use rra_schema::metrics::process;

use super::lines::append_one;

/// Appends the metrics of the process that the system can tell.
pub(super) fn append_to(page: &mut String) {
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
    // A limit of 0 says that there is none.
    let limit = |value: Option<u64>| value.filter(|limit| *limit > 0);
    append_one(page, &process::CPU, cpu_seconds_total);
    append_one(page, &process::OPEN_FDS, open_fds);
    append_one(page, &process::MAX_FDS, limit(max_fds));
    append_one(page, &process::VIRTUAL_MEMORY, virtual_memory_bytes);
    append_one(
        page,
        &process::VIRTUAL_MEMORY_MAX,
        limit(virtual_memory_max_bytes),
    );
    append_one(page, &process::RESIDENT_MEMORY, resident_memory_bytes);
    append_one(page, &process::START_TIME, start_time_seconds);
    append_one(page, &process::THREADS, threads);
}
