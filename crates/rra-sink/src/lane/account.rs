//! What the journal knows about one lane: what it delivered, what it lost, how it is.

use std::time::SystemTime;

use rra_schema::Severity;

use super::backlog::Backlog;
use crate::loss::{LossTable, Reason};
use crate::receipt::Promises;

/// The account of one lane. Its cursors stand still while this is locked.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) promises: Promises,
    /// The thread has ended.
    pub(crate) finished: bool,
    /// Events of earlier processes that this lane was left.
    pub(crate) recovered: u64,
    pub(crate) delivered: u64,
    pub(crate) dropped: LossTable,
    pub(crate) backlog: Backlog,
    /// Failed attempts so far.
    pub(crate) failures: u64,
    /// The destination failed so often that it is left alone.
    pub(crate) is_away: bool,
    pub(crate) up: bool,
    pub(crate) since: SystemTime,
    pub(crate) last_error: Option<String>,
    pub(crate) last_success: Option<SystemTime>,
}

impl Account {
    pub(crate) fn new(name: &str, now: SystemTime) -> Self {
        Self {
            name: name.to_owned(),
            promises: Promises::default(),
            finished: false,
            recovered: 0,
            delivered: 0,
            dropped: LossTable::default(),
            backlog: Backlog::default(),
            failures: 0,
            is_away: false,
            up: true,
            since: now,
            last_error: None,
            last_success: None,
        }
    }

    /// So many events will never arrive.
    pub(crate) fn lost(&mut self, reason: Reason, severity: Severity, count: u64) {
        self.dropped.add(reason, severity, count);
    }

    /// So many events arrived.
    pub(crate) fn delivered(&mut self, events: u64, now: SystemTime) {
        self.delivered += events;
        if events > 0 {
            self.last_success = Some(now);
        }
    }

    pub(crate) fn succeeded(&mut self, now: SystemTime) {
        self.set_up(true, now);
    }

    pub(crate) fn failed(&mut self, cause: &str, now: SystemTime) {
        self.failures += 1;
        self.set_up(false, now);
        self.last_error = Some(cause.to_owned());
    }

    fn set_up(&mut self, up: bool, now: SystemTime) {
        if self.up != up {
            self.up = up;
            self.since = now;
        }
    }
}
