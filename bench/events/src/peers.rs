//! Everybody who writes the events, behind one trait. Each is set up as its own documentation
//! shows it, for a file, and with a bounded queue of 8,192 records where one may choose.

mod emit;
mod fast_log;
mod hand;
mod logforth;
mod naive;
mod ours;
mod slog;
mod spdlog;
mod tracing;

use std::path::Path;
use std::time::Duration;

use crate::rows::Row;

/// Records that a queue holds, where one may choose.
const QUEUE: usize = 8192;
/// Longer than any run takes.
const PATIENCE: Duration = Duration::from_mins(1);

/// A logger under test.
pub(crate) trait Peer: Sync {
    /// Emits one event; any number of threads at once.
    fn emit(&self, row: &Row);

    /// Emits the last event of a group, and returns when all of the group are on the disk, or those
    /// of the group before. Asked only of a peer whose entry says that it [syncs](Entry::syncs).
    fn emit_synced(&self, _row: &Row) {
        unreachable!("only peers that sync are asked")
    }

    /// Returns when everything emitted is in the file, if the peer can tell before it finishes. What
    /// it does at its end, such as to sync the disk unasked, is not timed then.
    fn wait_for_file(&self) -> Told {
        Told::AtItsEnd
    }

    /// Returns when everything emitted is in the file, and on the disk if that was asked for.
    fn finish(self: Box<Self>);
}

/// When a peer tells that everything is in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// When it was asked.
    Now,
    /// When it has finished.
    AtItsEnd,
}

/// How a peer is named, started and understood.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    /// The crates it is made of, as Cargo.lock names them.
    pub(crate) crates: &'static [&'static str],
    /// What becomes of events that come faster than it writes.
    pub(crate) promise: Promise,
    /// Whether it can be asked to have events on the disk.
    pub(crate) syncs: Syncs,
    /// How many events saturate it for a second or two: many times what its queue holds.
    pub(crate) events: usize,
    /// In what its line differs from the wanted one.
    pub(crate) line: &'static str,
    /// Starts it; its files go into this directory.
    pub(crate) start: fn(&Path) -> Box<dyn Peer>,
}

/// What becomes of events that come faster than they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Promise {
    /// The caller waits.
    Lossless,
    /// They are dropped.
    Lossy,
    /// Nothing is written at all: the cost of making the text.
    TextOnly,
}

/// Whether a peer is measured with everything synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Syncs {
    /// It has no call for that.
    Never,
    /// That, too.
    Too,
    /// That, and nothing else.
    Only,
}

impl Entry {
    /// Whether it is this library, whose lines can be proved.
    pub(crate) fn is_ours(&self) -> bool {
        self.crates == OURS.crates
    }
}

impl Promise {
    /// The word of the tables.
    pub(crate) fn when_full(self) -> &'static str {
        match self {
            Self::Lossless => "waits",
            Self::Lossy => "drops",
            Self::TextOnly => "–",
        }
    }
}

/// The one that all are compared with.
pub(crate) const OURS: &Entry = &ours::LOSSLESS;
/// The same with its receipts used to the full.
pub(crate) const OURS_AHEAD: &Entry = &ours::AHEAD;
/// What a line costs at least.
pub(crate) const FLOOR: &Entry = &hand::ENTRY;
/// What one writes without a library.
pub(crate) const NAIVE: &Entry = &naive::ENTRY;
/// What most services use.
pub(crate) const TRACING: &Entry = &tracing::LOSSLESS;
/// The one peer that syncs.
pub(crate) const EMIT_FILE: &Entry = &emit::ENTRY;

/// The peer of that name.
pub(crate) fn named(name: &str) -> Option<&'static Entry> {
    PEERS.iter().find(|entry| entry.name == name).copied()
}

/// All of them, in the order of the tables.
pub(crate) const PEERS: &[&Entry] = &[
    OURS,
    &ours::DEFAULT,
    OURS_AHEAD,
    FLOOR,
    NAIVE,
    TRACING,
    &tracing::DEFAULT,
    &slog::BLOCK,
    &slog::DEFAULT,
    EMIT_FILE,
    &logforth::ENTRY,
    &spdlog::ENTRY,
    &fast_log::ENTRY,
];
