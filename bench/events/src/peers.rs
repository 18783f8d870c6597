//! Everybody who writes the events, behind one trait.

mod hand;
mod naive;
mod ours;

use std::path::Path;

use crate::rows::Row;

/// A logger under test.
pub(crate) trait Peer: Sync {
    /// Emits one event; any number of threads at once.
    fn emit(&self, row: &Row);

    /// Returns when everything emitted is in the file.
    fn finish(self: Box<Self>);
}

/// How a peer is named and started.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    /// What it promises about events that come faster than it writes.
    pub(crate) promise: Promise,
    pub(crate) start: fn(&Path) -> Box<dyn Peer>,
}

/// What becomes of events that find a full queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Promise {
    /// The caller waits.
    Lossless,
    /// They are dropped.
    Lossy,
    /// They are synced to the disk, group by group, and the caller waits if need be.
    Durable,
    /// Nothing is written at all: the cost of making the text.
    TextOnly,
}

pub(crate) const PEERS: &[Entry] = &[
    hand::ENTRY,
    ours::LOSSLESS,
    ours::DEFAULT,
    ours::DURABLE,
    naive::ENTRY,
];
