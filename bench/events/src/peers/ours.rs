//! This library, from `init` on: counted in metrics, searched for secrets, journalled in a mapped
//! ring that survives kill -9, written to the file.

use std::cell::Cell;
use std::path::Path;
use std::time::Duration;

use rra_observability::schema::events::auth::{AuthFailureReason, Failure};
use rra_observability::schema::{AgentId, Event, RequestId, Tag, UserId};
use rra_observability::sink::Overflow;
use rra_observability::{Config, Guard, Setup};

use super::{Entry, Peer, Promise};
use crate::rows::{ENVIRONMENT, Row, SERVICE, TAGS};

pub(super) const LOSSLESS: Entry = Entry {
    name: "rra-observability",
    promise: Promise::Lossless,
    start: |path| Box::new(Ours::start(path, Overflow::Block)),
};

pub(super) const DEFAULT: Entry = Entry {
    name: "rra-observability, default",
    promise: Promise::Lossy,
    start: |path| Box::new(Ours::start(path, Overflow::Shed)),
};

pub(super) const DURABLE: Entry = Entry {
    name: "rra-observability, durable",
    promise: Promise::Durable,
    start: |path| Box::new(Durable(Ours::start(path, Overflow::Block))),
};

/// Longer than any wait for room in a run.
const LONG: Duration = Duration::from_mins(1);
/// Every so manyth event of a thread asks for a durable receipt: the group of a group commit.
const GROUP: u64 = 256;

thread_local! {
    static EMITTED: Cell<u64> = const { Cell::new(0) };
}

const REASONS: [AuthFailureReason; 4] = [
    AuthFailureReason::InvalidKey,
    AuthFailureReason::UnknownUser,
    AuthFailureReason::BadSignature,
    AuthFailureReason::ExpiredKey,
];

struct Ours {
    guard: Guard,
    tags: [Tag<'static>; 2],
}

impl Ours {
    fn start(path: &Path, overflow: Overflow) -> Self {
        let mut config = Config {
            service_name: SERVICE.to_owned(),
            environment: ENVIRONMENT.to_owned(),
            log_file: Some(path.to_owned()),
            panic_hook: false,
            ..Config::default()
        };
        config.journal.overflow = overflow;
        config.journal.patience = LONG;
        Self {
            guard: Setup::new(config).start().expect("the directory is ours"),
            tags: TAGS.map(|tag| Tag::new(tag).expect("a tag")),
        }
    }

    fn event<'a>(&'a self, row: &'a Row) -> Event<'a, Failure> {
        let reason = REASONS[row.reason];
        Event::new(Failure::new(reason).attempts(row.attempts))
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
        let _ = self.guard.emit(&self.event(row));
    }

    fn finish(self: Box<Self>) {
        self.guard.shutdown(LONG);
    }
}

struct Durable(Ours);

impl Peer for Durable {
    fn emit(&self, row: &Row) {
        let event = self.0.event(row);
        let number = EMITTED.get();
        EMITTED.set(number + 1);
        if number.is_multiple_of(GROUP) {
            // One sync answers for everything written before it.
            drop(self.0.guard.handle().emit_durable(&event));
        } else {
            let _ = self.0.guard.emit(&event);
        }
    }

    fn finish(self: Box<Self>) {
        Box::new(self.0).finish();
    }
}
