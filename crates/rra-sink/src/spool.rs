//! Where the events of a network lane wait while its destination is away: files of records, one
//! chain of files for each severity, so that the least serious can go first when there is no room.
//!
//! Every record has its place in one order over all chains, so one number says how far everything
//! was delivered. A record is there when its bytes are: a kill leaves at most one torn record at the
//! end of a file, whose event is still in its ring. Nothing here is synced to the disk: a spool
//! survives the end of the process, as the rings do, and not a power failure.

mod append;
mod chain;
mod cursor;
mod hold;
mod open;
mod record;
pub(crate) mod store;

use rra_schema::Severity;

use crate::loss::Reason;
use chain::{Chain, Segment};
use cursor::Cursor;
use hold::Held;
use store::Store;

pub(crate) use hold::Most;
pub(crate) use open::{Opened, Tail};

/// Records waiting for one destination.
#[derive(Debug)]
pub(crate) struct Spool {
    store: Box<dyn Store>,
    limits: Limits,
    chains: [Chain; Severity::ALL.len()],
    /// The place of the next record.
    next: u64,
    cursor: Cursor,
    /// What somebody holds at the front and has not passed yet.
    held: Option<Held>,
    /// The records that are being written.
    run: Vec<u8>,
}

/// How much may wait, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) max_bytes: u64,
    pub(crate) max_age_millis: u64,
}

/// Events of one severity that were given up together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Loss {
    pub(crate) reason: Reason,
    pub(crate) severity: Severity,
    pub(crate) count: u64,
    /// The smallest and the largest of their numbers.
    pub(crate) seqs: (u64, u64),
}

impl Limits {
    /// The smallest spool: a few files of the longest line.
    pub(crate) const LEAST_BYTES: u64 = 8 * Self::LEAST_SEGMENT_BYTES;
    const LEAST_SEGMENT_BYTES: u64 = 32 * 1024;
    const MOST_SEGMENT_BYTES: u64 = 4 * 1024 * 1024;

    /// The length of a file: what is given up at once when there is no room.
    fn segment_bytes(self) -> u64 {
        let part = self.max_bytes / 64;
        part.clamp(Self::LEAST_SEGMENT_BYTES, Self::MOST_SEGMENT_BYTES)
    }
}

impl Spool {
    /// Events that wait.
    pub(crate) fn events(&self) -> u64 {
        self.chains.iter().map(Chain::events).sum()
    }

    /// Bytes of their files.
    pub(crate) fn bytes(&self) -> u64 {
        self.chains.iter().map(Chain::bytes).sum()
    }

    /// When the oldest of them came, in milliseconds since 1970.
    pub(crate) fn oldest(&self) -> Option<u64> {
        self.chains.iter().filter_map(Chain::oldest).min()
    }

    /// The bound in bytes.
    pub(crate) fn max_bytes(&self) -> u64 {
        self.limits.max_bytes
    }

    /// The place that the next event will get.
    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    /// Nothing before this place waits.
    pub(crate) fn front(&self) -> u64 {
        let passed = self.cursor.place();
        let fronts = self.chains.iter().filter_map(|chain| chain.front(passed));
        fronts.min().unwrap_or(self.next)
    }

    /// Gives up whole files whose newest event has waited for too long.
    pub(crate) fn expire(&mut self, now_millis: u64) -> Vec<Loss> {
        let mut losses = Vec::new();
        for severity in Severity::ALL {
            while let Some((at, newest)) = self.first_free(severity) {
                if newest.saturating_add(self.limits.max_age_millis) >= now_millis {
                    break;
                }
                losses.extend(self.give_up(severity, at, Reason::Expired));
            }
        }
        losses
    }

    /// Removes everything, which is somewhere else too.
    pub(crate) fn forget(&mut self) {
        self.held = None;
        for severity in Severity::ALL {
            while self.give_up(severity, 0, Reason::SpoolFull).is_some() {}
        }
    }

    /// Gives up the oldest file of the least serious events, at most that serious; `None` when there
    /// is none.
    fn evict(&mut self, most: Severity) -> Option<Loss> {
        let severities = Severity::ALL
            .into_iter()
            .filter(|severity| *severity <= most);
        let mut found =
            severities.filter_map(|severity| Some((severity, self.first_free(severity)?.0)));
        let (severity, at) = found.next()?;
        self.give_up(severity, at, Reason::SpoolFull)
    }

    /// The oldest file of that severity of which nobody holds anything, and when its newest event
    /// came.
    fn first_free(&self, severity: Severity) -> Option<(usize, u64)> {
        let at = self
            .held
            .as_ref()
            .map_or(0, |held| held.first_free(severity));
        let segment = self.chains[severity as usize].segments.get(at)?;
        Some((at, segment.millis.1))
    }

    fn give_up(&mut self, severity: Severity, at: usize, reason: Reason) -> Option<Loss> {
        let chain = &mut self.chains[severity as usize];
        let segment = chain.remove(at)?;
        if let Some(held) = &mut self.held {
            held.removed(severity, chain);
        }
        // What cannot be removed is found again at the next start; better twice than never.
        let _ = self.store.remove(segment.name);
        let Segment { events, seqs, .. } = segment;
        Some(Loss {
            reason,
            severity,
            count: events,
            seqs,
        })
    }
}

#[cfg(test)]
mod tests;
