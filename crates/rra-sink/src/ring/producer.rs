//! What producers know of their ring without a look at its cursors, which are in the hands of other
//! processors.

use crate::loss::{Gaps, LossTable};

/// What producers of one ring share, behind its lock.
#[derive(Debug, Default)]
pub(crate) struct Producer {
    /// Lines ever published.
    pub(super) head: u64,
    /// Where the newest line ends.
    pub(super) write_at: usize,
    /// The slowest cursor when it was last looked at.
    pub(super) tail: u64,
    /// How full the ring was then, with what was published since.
    pub(super) fill: Fill,
    /// Whether it is no fuller than `calm`, so that one line more need not be asked anything else.
    pub(super) is_calm: bool,
    /// So full at most that anybody may enter, that there is room, and that no lane need be woken.
    pub(super) calm: Fill,
    /// So full it must seem before it is worth a look whether lanes sleep: cursors are in the hands of
    /// other processors.
    pub(super) look_at: Fill,
    /// A line of somebody else's while it is made.
    pub(crate) draft: Vec<u8>,
    /// Events that were refused here.
    pub(crate) refused: LossTable,
    /// Losses here that the log does not mention yet.
    pub(crate) gaps: Gaps,
}

/// How full a ring is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fill {
    pub(crate) bytes: usize,
    pub(crate) lines: usize,
}

impl Producer {
    /// How full the ring is at most: cursors may have moved since they were last looked at.
    pub(crate) fn fill(&self) -> Fill {
        self.fill
    }

    /// Whether it is known without a closer look that anybody may enter.
    pub(crate) fn is_calm(&self) -> bool {
        self.is_calm
    }

    pub(super) fn set_fill(&mut self, fill: Fill) {
        self.fill = fill;
        self.is_calm = fill.is_within(self.calm);
    }
}

impl Fill {
    pub(super) fn is_within(self, most: Self) -> bool {
        self.bytes <= most.bytes && self.lines <= most.lines
    }

    pub(super) fn min(self, other: Self) -> Self {
        Self {
            bytes: self.bytes.min(other.bytes),
            lines: self.lines.min(other.lines),
        }
    }
}
