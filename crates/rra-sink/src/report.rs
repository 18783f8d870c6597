//! The account and the state of a journal, as plain numbers for reports, metrics and `/ready`.

use std::time::{Duration, SystemTime};

use crate::loss::LossTable;
use crate::sink::Fault;

/// What became of every event so far.
///
/// For every sink, accepted + recovered = delivered + dropped + pending, in events, whenever it is
/// looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Events that entered the journal.
    pub accepted: u64,
    /// Events that did not, by reason and severity. No sink has them.
    pub refused: LossTable,
    /// The account of each sink, in the order they were added.
    pub sinks: Vec<SinkReport>,
}

/// What became of the accepted events at one sink.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SinkReport {
    /// The sink.
    pub name: String,
    /// Events that a dead process had accepted and not delivered to this sink.
    pub recovered: u64,
    /// Events the sink took.
    pub delivered: u64,
    /// Events the lane gave up, by reason and severity.
    pub dropped: LossTable,
    /// Events not delivered yet; after a shutdown: those the deadline left behind.
    pub pending: u64,
    /// Those of them that wait in the spool of a remote sink, on disk.
    pub spooled: u64,
}

impl Report {
    /// Whether every event ever appended reached every sink.
    pub fn is_complete(&self) -> bool {
        let whole = |sink: &SinkReport| sink.pending == 0 && sink.dropped.total() == 0;
        self.refused.total() == 0 && self.sinks.iter().all(whole)
    }

    /// Whether the accounting identity holds for every sink. It always does; tests ask.
    pub fn is_balanced(&self) -> bool {
        self.sinks.iter().all(|sink| {
            let known = sink.delivered + sink.dropped.total() + sink.pending;
            self.accepted + sink.recovered == known
        })
    }

    /// Events that some sink will never have, each counted once per sink that lacks it.
    pub fn lost(&self) -> u64 {
        let dropped: u64 = self.sinks.iter().map(|sink| sink.dropped.total()).sum();
        self.refused.total() + dropped
    }
}

/// How a sink is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Health {
    /// The sink.
    pub sink: String,
    /// Whether its last attempt worked; a sink that was never tried is up.
    pub up: bool,
    /// Since when it has been up, or down.
    pub since: SystemTime,
    /// What the last failure said; kept after the sink came back.
    pub last_error: Option<String>,
    /// When it last took something; `None` before the first time.
    pub last_success: Option<SystemTime>,
    /// Events waiting for it.
    pub queued_events: u64,
    /// Bytes of their lines.
    pub queued_bytes: u64,
    /// Bytes that can wait in memory.
    pub capacity_bytes: u64,
    /// How many events as long as those that wait can do so. Without any that is the number of the
    /// shortest.
    pub capacity_events: u64,
    /// What waits on disk; `None` for a sink without a spool.
    pub spool: Option<SpoolHealth>,
}

/// What waits on disk for a remote sink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SpoolHealth {
    /// Events.
    pub events: u64,
    /// Bytes of their files.
    pub bytes: u64,
    /// The bound in bytes.
    pub capacity_bytes: u64,
    /// When the oldest of them came there.
    pub oldest: Option<SystemTime>,
}

/// One call of a sink with a batch, for metrics: see [`Builder::on_attempt`](crate::Builder::on_attempt).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt<'a> {
    /// The sink.
    pub sink: &'a str,
    /// How long the call took.
    pub took: Duration,
    /// Events that arrived.
    pub events: usize,
    /// Bytes of their lines.
    pub bytes: usize,
    /// Whether the batch begins with an event of an attempt that failed before.
    pub is_retry: bool,
    /// Why not everything arrived.
    pub fault: Option<Fault>,
}
