//! What the journal knows about one lane: how far it came, what it lost, how it is.

use std::time::SystemTime;

use crate::loss::{LossTable, Reason};
use crate::receipt::{Level, Promises};
use crate::report::{Health, SinkReport};
use crate::sink::{Batch, Sink};

/// The account of one lane. Lives inside the journal's lock.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) level: Level,
    pub(crate) promises: Promises,
    /// The thread has ended.
    pub(crate) finished: bool,
    /// The number of the first event that is neither delivered nor dropped.
    next_seq: u64,
    /// Bytes of all lines before it.
    passed_bytes: u64,
    delivered: u64,
    dropped: LossTable,
    up: bool,
    since: SystemTime,
    last_error: Option<String>,
}

impl Account {
    pub(crate) fn new(sink: &dyn Sink, first_seq: u64, now: SystemTime) -> Self {
        Self {
            name: sink.name().to_owned(),
            level: sink.level(),
            promises: Promises::default(),
            finished: false,
            next_seq: first_seq,
            passed_bytes: 0,
            delivered: 0,
            dropped: LossTable::default(),
            up: true,
            since: now,
            last_error: None,
        }
    }

    pub(crate) fn next_seq(&self) -> u64 {
        self.next_seq
    }

    pub(crate) fn passed_bytes(&self) -> u64 {
        self.passed_bytes
    }

    /// The first `events` of the batch arrived.
    pub(crate) fn delivered(&mut self, batch: &Batch<'_>, events: usize) {
        self.pass(batch, events);
        self.delivered += events as u64;
        if self.level >= Level::Written {
            self.promises.written_below(self.next_seq);
        }
    }

    /// The batch was refused for ever.
    pub(crate) fn rejected(&mut self, batch: &Batch<'_>, cause: &str) {
        for line in batch.lines() {
            self.dropped.add(Reason::Rejected, line.severity);
        }
        self.pass(batch, batch.len());
        self.promises
            .break_range(batch.first_seq(), batch.last_seq() + 1, cause);
    }

    pub(crate) fn succeeded(&mut self, now: SystemTime) {
        self.set_up(true, now);
    }

    pub(crate) fn failed(&mut self, cause: &str, now: SystemTime) {
        self.set_up(false, now);
        self.last_error = Some(cause.to_owned());
    }

    pub(crate) fn report(&self, end_seq: u64) -> SinkReport {
        SinkReport {
            name: self.name.clone(),
            delivered: self.delivered,
            dropped: self.dropped.clone(),
            pending: end_seq - self.next_seq,
        }
    }

    pub(crate) fn health(&self, end_seq: u64, appended_bytes: u64, capacity: usize) -> Health {
        Health {
            sink: self.name.clone(),
            up: self.up,
            since: self.since,
            last_error: self.last_error.clone(),
            queued_events: end_seq - self.next_seq,
            queued_bytes: appended_bytes - self.passed_bytes,
            capacity_bytes: capacity as u64,
        }
    }

    fn set_up(&mut self, up: bool, now: SystemTime) {
        if self.up != up {
            self.up = up;
            self.since = now;
        }
    }

    fn pass(&mut self, batch: &Batch<'_>, events: usize) {
        let bytes: usize = batch
            .lines()
            .take(events)
            .map(|line| line.bytes.len())
            .sum();
        self.next_seq += events as u64;
        self.passed_bytes += bytes as u64;
    }
}
