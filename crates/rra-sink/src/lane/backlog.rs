//! What a lane has taken out of the rings and not delivered, and what it has delivered and not
//! taken out: with it the account of a network lane is exact at any moment.

/// The spool of a lane as the account sees it. A lane without one has the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Backlog {
    /// Events in the spool.
    pub(crate) events: u64,
    /// How many of them, at its front, are delivered or given up already.
    pub(crate) settled: u64,
    /// Events in the rings that are delivered or given up already.
    pub(crate) settled_in_rings: u64,
    /// Bytes of the spool.
    pub(crate) bytes: u64,
    /// Its bound.
    pub(crate) max_bytes: u64,
    /// When its oldest event came, in milliseconds since 1970.
    pub(crate) oldest_millis: Option<u64>,
    /// Nothing before this place waits.
    pub(crate) front: u64,
    /// The place of the next event.
    pub(crate) next: u64,
    /// It outlives the process.
    pub(crate) is_on_disk: bool,
}

impl Backlog {
    /// Events that wait in it.
    pub(crate) fn pending(&self) -> u64 {
        self.events - self.settled
    }

    /// Those of them that outlive the process.
    pub(crate) fn spooled(&self) -> u64 {
        if self.is_on_disk { self.pending() } else { 0 }
    }
}
