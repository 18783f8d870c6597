//! This library, from `init` on: counted in metrics, searched for secrets, journalled in a mapped
//! ring that survives kill -9, written to the file.

use std::mem::replace;
use std::path::Path;
use std::sync::Mutex;

use rra_observability::schema::events::auth::{AuthFailureReason, Failure};
use rra_observability::schema::{AgentId, Event, RequestId, Tag, UserId};
use rra_observability::sink::{Overflow, Receipt};
use rra_observability::{Config, Guard, Handle, Setup};

use super::{Entry, PATIENCE, Peer, Promise, Syncs, Told};
use crate::rows::{ENVIRONMENT, Row, SERVICE, TAGS};

const CRATES: &[&str] = &["rra-observability"];
const LINE: &str = "as wanted; adds `schema_version`, `event_id`, `outcome`";

pub(super) const LOSSLESS: Entry = Entry {
    name: "rra-observability, block",
    crates: CRATES,
    promise: Promise::Lossless,
    syncs: Syncs::Too,
    events: 1_000_000,
    line: LINE,
    start: |directory| Box::new(Ours::start(directory, Overflow::Block)),
};

pub(super) const DEFAULT: Entry = Entry {
    name: "rra-observability, default",
    crates: CRATES,
    promise: Promise::Lossy,
    syncs: Syncs::Never,
    events: 1_000_000,
    line: LINE,
    start: |directory| Box::new(Ours::start(directory, Overflow::Shed)),
};

/// Goes on with the next group while the one before is synced.
pub(super) const AHEAD: Entry = Entry {
    name: "rra-observability, a group ahead",
    crates: CRATES,
    promise: Promise::Lossless,
    syncs: Syncs::Only,
    events: 1_000_000,
    line: LINE,
    start: |directory| {
        let ours = Ours::start(directory, Overflow::Block);
        let before = Mutex::new(None);
        Box::new(Ahead { ours, before })
    },
};

const REASONS: [AuthFailureReason; 4] = [
    AuthFailureReason::InvalidKey,
    AuthFailureReason::UnknownUser,
    AuthFailureReason::BadSignature,
    AuthFailureReason::ExpiredKey,
];

struct Ours {
    guard: Guard,
    handle: Handle,
    tags: [Tag<'static>; 2],
}

impl Ours {
    fn start(directory: &Path, overflow: Overflow) -> Self {
        let mut config = Config {
            service_name: SERVICE.to_owned(),
            environment: ENVIRONMENT.to_owned(),
            log_file: Some(directory.join("log")),
            ..Config::default()
        };
        config.journal.overflow = overflow;
        config.journal.patience = PATIENCE;
        let guard = Setup::new(config).start().expect("the directory is ours");
        Self {
            handle: guard.handle(),
            guard,
            tags: TAGS.map(|tag| Tag::new(tag).expect("a tag")),
        }
    }

    fn emit_durable(&self, row: &Row) -> Receipt {
        let receipt = self.handle.emit_durable(&self.event(row));
        receipt.expect("the journal has room")
    }

    fn event<'a>(&'a self, row: &'a Row) -> Event<'a, Failure<'a>> {
        let reason = REASONS[row.reason];
        Event::new(Failure::new(reason).attempts(u64::from(row.attempts)))
            .message(&row.message)
            .source_ip(row.source_ip)
            .user_id(UserId::new(&row.user_id).ok())
            .agent_id(AgentId::new(&row.agent_id).ok())
            .request_id(RequestId::new(&row.request_id).ok())
            .tags(&self.tags)
    }
}

impl Peer for Ours {
    fn emit(&self, row: &Row) {
        // A refused event is one line less in the file, which is counted there.
        let _ = self.handle.emit(&self.event(row));
    }

    fn emit_synced(&self, row: &Row) {
        wait(&self.emit_durable(row));
    }

    fn wait_for_file(&self) -> Told {
        self.handle.flush(PATIENCE).expect("the disk has room");
        Told::Now
    }

    fn finish(self: Box<Self>) {
        self.guard.shutdown(PATIENCE);
    }
}

struct Ahead {
    ours: Ours,
    /// Of the group before.
    before: Mutex<Option<Receipt>>,
}

impl Ahead {
    fn exchange(&self, receipt: Option<Receipt>) {
        let mut before = self.before.lock().expect("no peer panics");
        if let Some(before) = replace(&mut *before, receipt) {
            wait(&before);
        }
    }
}

impl Peer for Ahead {
    fn emit(&self, row: &Row) {
        self.ours.emit(row);
    }

    fn emit_synced(&self, row: &Row) {
        self.exchange(Some(self.ours.emit_durable(row)));
    }

    fn finish(self: Box<Self>) {
        self.exchange(None);
        Box::new(self.ours).finish();
    }
}

fn wait(receipt: &Receipt) {
    receipt.wait(PATIENCE).expect("the disk works");
}
