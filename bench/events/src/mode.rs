//! The loads under which everybody is measured.

use std::fmt;

use crate::peers::{Entry, PEERS, Promise, Syncs};

/// A load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mode {
    /// As many events as go, from so many threads.
    Saturated { producers: usize },
    /// [`RATE`] events per second from one thread, and each call is timed.
    Paced,
    /// As many as go from one thread, which after each [`GROUP`] waits until they are on the disk.
    Synced,
    /// As many as go from one thread, and the heap is watched.
    Allocations,
}

/// How many producers saturate a peer.
pub(crate) const PRODUCERS: [usize; 3] = [1, 4, 8];
/// Events per second of a busy service.
pub(crate) const RATE: u32 = 20_000;
/// Events that are synced together.
pub(crate) const GROUP: usize = 4096;

/// All modes.
pub(crate) const MODES: [Mode; 6] = [
    Mode::Saturated {
        producers: PRODUCERS[0],
    },
    Mode::Saturated {
        producers: PRODUCERS[1],
    },
    Mode::Saturated {
        producers: PRODUCERS[2],
    },
    Mode::Paced,
    Mode::Synced,
    Mode::Allocations,
];

/// So many producers, in words.
pub(crate) fn counted(producers: usize) -> String {
    let plural = if producers == 1 { "" } else { "s" };
    format!("{producers} producer{plural}")
}

/// The mode of that name.
pub(crate) fn named(name: &str) -> Option<Mode> {
    MODES.into_iter().find(|mode| mode.to_string() == name)
}

impl Mode {
    /// How many threads emit.
    pub(crate) fn producers(self) -> usize {
        match self {
            Self::Saturated { producers } => producers,
            Self::Paced | Self::Synced | Self::Allocations => 1,
        }
    }

    /// How many events they emit together; every number of producers divides it.
    pub(crate) fn events(self, entry: &Entry) -> usize {
        match self {
            Self::Saturated { .. } | Self::Allocations => entry.events,
            Self::Paced => 2 * RATE as usize,
            Self::Synced => 100 * GROUP,
        }
    }

    /// Who is measured so.
    pub(crate) fn peers(self) -> Vec<&'static Entry> {
        let suits = |entry: &&Entry| match entry.syncs {
            Syncs::Never => self != Self::Synced,
            Syncs::Too => true,
            Syncs::Only => self == Self::Synced,
        };
        PEERS.iter().copied().filter(suits).collect()
    }

    /// Whether every event must be in the file afterwards.
    pub(crate) fn is_lossless(self, entry: &Entry) -> bool {
        entry.promise == Promise::Lossless || self == Self::Synced
    }

    /// Whether it is measured once only, because time does not matter.
    pub(crate) fn is_exact(self) -> bool {
        self == Self::Allocations
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Saturated { producers } => write!(f, "saturated-{producers}"),
            Self::Paced => f.write_str("paced"),
            Self::Synced => f.write_str("synced"),
            Self::Allocations => f.write_str("allocations"),
        }
    }
}
