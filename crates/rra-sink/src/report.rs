//! The account and the state of a journal, as plain numbers for reports, metrics and `/ready`.

use std::time::SystemTime;

use crate::loss::LossTable;

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
    /// Events waiting for it.
    pub queued_events: u64,
    /// Bytes of their lines.
    pub queued_bytes: u64,
    /// The bound of the journal in bytes.
    pub capacity_bytes: u64,
}
