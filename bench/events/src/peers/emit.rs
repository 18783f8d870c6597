//! `emit` with `emit_file`: the caller makes the line and puts it into a queue that a thread writes
//! and syncs batch by batch. A full queue is emptied; one cannot wait for room, but until
//! everything is on the disk.

use emit::Emitter;
use emit_file::FileSet;

use super::{Entry, PATIENCE, Peer, Promise, Syncs};
use crate::line::Details;
use crate::rows::{ENVIRONMENT, EVENT_TYPE, Row, SERVICE, SEVERITY, TAGS};

pub(super) const ENTRY: Entry = Entry {
    name: "emit_file, default",
    crates: &["emit", "emit_file"],
    promise: Promise::Lossy,
    syncs: Syncs::Too,
    events: 400_000,
    line: "adds module, level, template and the text made of it; its queue holds 10,000 lines",
    start: |directory| {
        let files = emit_file::set(directory.join("log.json")).spawn();
        Box::new(Emit(emit::setup().emit_to(files).init().emitter()))
    },
};

struct Emit(&'static FileSet);

impl Peer for Emit {
    fn emit(&self, row: &Row) {
        emit::warn!(
            "{message}",
            service: SERVICE,
            environment: ENVIRONMENT,
            event_type: EVENT_TYPE,
            severity: SEVERITY,
            message: row.message.as_str(),
            source_ip: row.source_text.as_str(),
            user_id: row.user_id.as_str(),
            agent_id: row.agent_id.as_str(),
            request_id: row.request_id.as_str(),
            #[emit::as_serde]
            details: Details::of(row),
            #[emit::as_serde]
            tags: TAGS,
        );
    }

    fn emit_synced(&self, row: &Row) {
        self.emit(row);
        assert!(self.0.blocking_flush(PATIENCE), "the disk has room");
    }

    fn finish(self: Box<Self>) {
        assert!(self.0.blocking_flush(PATIENCE), "the disk has room");
    }
}
