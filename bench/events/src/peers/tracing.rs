//! `tracing` with `tracing-subscriber` and `tracing-appender`: the line is made by the caller and
//! sent to a thread that writes.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};

use super::{Entry, Peer, Promise, Syncs};
use crate::rows::{ENVIRONMENT, EVENT_TYPE, REASONS, Row, SERVICE, SEVERITY, TAGS_TEXT};

const CRATES: &[&str] = &["tracing", "tracing-subscriber", "tracing-appender"];
const LINE: &str = "`details` flat, `tags` one text; adds level; its queue holds 128,000 lines";

pub(super) const LOSSLESS: Entry = Entry {
    name: "tracing-appender, lossless",
    crates: CRATES,
    promise: Promise::Lossless,
    syncs: Syncs::Never,
    events: 400_000,
    line: LINE,
    start: |directory| Box::new(Tracing::start(directory, false)),
};

pub(super) const DEFAULT: Entry = Entry {
    name: "tracing-appender, default",
    crates: CRATES,
    promise: Promise::Lossy,
    syncs: Syncs::Never,
    events: 400_000,
    line: LINE,
    start: |directory| Box::new(Tracing::start(directory, true)),
};

/// Lets the writing thread finish when it is dropped.
struct Tracing(WorkerGuard);

impl Tracing {
    fn start(directory: &Path, is_lossy: bool) -> Self {
        let file = File::create(directory.join("log")).expect("the directory is ours");
        let builder = NonBlockingBuilder::default().lossy(is_lossy);
        let (writer, guard) = builder.finish(BufWriter::new(file));
        tracing_subscriber::fmt()
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .with_target(false)
            .with_writer(writer)
            .init();
        Self(guard)
    }
}

impl Peer for Tracing {
    fn emit(&self, row: &Row) {
        tracing::warn!(
            service = SERVICE,
            environment = ENVIRONMENT,
            event_type = EVENT_TYPE,
            severity = SEVERITY,
            message = row.message.as_str(),
            source_ip = row.source_text.as_str(),
            user_id = row.user_id.as_str(),
            agent_id = row.agent_id.as_str(),
            request_id = row.request_id.as_str(),
            details.reason = REASONS[row.reason],
            details.attempts = row.attempts,
            tags = TAGS_TEXT,
        );
    }

    fn finish(self: Box<Self>) {
        drop(self.0);
    }
}
