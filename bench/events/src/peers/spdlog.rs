//! `spdlog-rs` with its pool of one thread: a record is sent to the thread, which makes the line.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use spdlog::formatter::JsonFormatter;
use spdlog::sink::{AsyncPoolSink, FileSink, OverflowPolicy};
use spdlog::{Logger, ThreadPool};

use super::{Entry, Peer, Promise, QUEUE, Syncs};
use crate::line::Details;
use crate::rows::{ENVIRONMENT, EVENT_TYPE, Row, SERVICE, SEVERITY, TAGS};

pub(super) const ENTRY: Entry = Entry {
    name: "spdlog-rs, async pool",
    crates: &["spdlog-rs"],
    promise: Promise::Lossless,
    syncs: Syncs::Never,
    events: 400_000,
    line: "all but time and message below `kv`; time as a number; adds level and thread",
    start: |directory| Box::new(Spdlog(start(directory).expect("the directory is ours"))),
};

/// Waits for the writing thread when it is dropped.
struct Spdlog(Logger);

fn start(directory: &Path) -> spdlog::Result<Logger> {
    let queue = NonZeroUsize::new(QUEUE).expect("not zero");
    let pool = ThreadPool::builder().capacity(queue).build()?;
    let file = FileSink::builder()
        .path(directory.join("log"))
        .formatter(JsonFormatter::new())
        .build()?;
    let sink = AsyncPoolSink::builder()
        .overflow_policy(OverflowPolicy::Block)
        .thread_pool(Arc::new(pool))
        .sink(Arc::new(file))
        .build()?;
    Logger::builder().sink(Arc::new(sink)).build()
}

impl Peer for Spdlog {
    fn emit(&self, row: &Row) {
        spdlog::warn!(logger: self.0, "{}", row.message, kv: {
            service = SERVICE,
            environment = ENVIRONMENT,
            event_type = EVENT_TYPE,
            severity = SEVERITY,
            source_ip = row.source_text.as_str(),
            user_id = row.user_id.as_str(),
            agent_id = row.agent_id.as_str(),
            request_id = row.request_id.as_str(),
            details:serde = Details::of(row),
            tags:serde = TAGS,
        });
    }

    fn finish(self: Box<Self>) {
        drop(self.0);
    }
}
