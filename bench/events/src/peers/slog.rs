//! `slog` with `slog-async` and `slog-json`: a record is sent to a thread that makes the line.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use slog::{Drain, Logger, o};
use slog_async::{Async, AsyncGuard, OverflowStrategy};
use slog_json::Json;

use super::{Entry, Peer, Promise, QUEUE, Syncs};
use crate::clock;
use crate::line::Details;
use crate::rows::{ENVIRONMENT, EVENT_TYPE, Row, SERVICE, SEVERITY, TAGS};

const CRATES: &[&str] = &["slog", "slog-async", "slog-json"];
const LINE: &str = "as wanted, keys in another order";

pub(super) const BLOCK: Entry = Entry {
    name: "slog-async, Block",
    crates: CRATES,
    promise: Promise::Lossless,
    syncs: Syncs::Never,
    events: 400_000,
    line: LINE,
    start: |directory| Box::new(Slog::start(directory, OverflowStrategy::Block)),
};

pub(super) const DEFAULT: Entry = Entry {
    name: "slog-async, default",
    crates: CRATES,
    promise: Promise::Lossy,
    syncs: Syncs::Never,
    events: 400_000,
    line: LINE,
    start: |directory| Box::new(Slog::start(directory, OverflowStrategy::DropAndReport)),
};

struct Slog {
    logger: Logger,
    /// Waits for the writing thread when it is dropped.
    guard: AsyncGuard,
}

impl Slog {
    fn start(directory: &Path, overflow: OverflowStrategy) -> Self {
        let file = File::create(directory.join("log")).expect("the directory is ours");
        let lines = Json::new(BufWriter::new(file)).build().fuse();
        let (records, guard) = Async::new(lines)
            .chan_size(QUEUE)
            .overflow_strategy(overflow)
            .build_with_guard();
        let logger = Logger::root(
            records.fuse(),
            o!("service" => SERVICE, "environment" => ENVIRONMENT),
        );
        Self { logger, guard }
    }
}

impl Peer for Slog {
    fn emit(&self, row: &Row) {
        // Its own default keys would take the time when the line is written, on the other thread.
        slog::warn!(self.logger, "";
            "timestamp" => clock::text(clock::now()),
            "event_type" => EVENT_TYPE,
            "severity" => SEVERITY,
            "message" => &row.message,
            "source_ip" => &row.source_text,
            "user_id" => &row.user_id,
            "agent_id" => &row.agent_id,
            "request_id" => &row.request_id,
            "details" => slog::Serde(Details::of(row)),
            "tags" => slog::Serde(TAGS),
        );
    }

    fn finish(self: Box<Self>) {
        drop(self.logger);
        drop(self.guard);
    }
}
