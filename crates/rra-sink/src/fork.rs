//! Tells the process that opened a journal from its forked children.

use std::io;
use std::sync::atomic::Ordering;

use crate::ring::memory::{Memory, Pages};

/// A mark that the kernel wipes in every child: a child shares a mapped ring but not its locks, so
/// it must keep away from it.
#[derive(Debug)]
pub(crate) struct Home(Pages);

const MARK: u64 = 1;
/// One page.
const WORDS: usize = 512;

impl Home {
    pub(crate) fn here() -> io::Result<Self> {
        let page = Pages::wiped_in_children(WORDS)?;
        page.store(0, MARK, Ordering::Relaxed);
        Ok(Self(page))
    }

    /// Whether this is the process that opened the journal.
    pub(crate) fn is_here(&self) -> bool {
        self.0.load(0, Ordering::Relaxed) == MARK
    }
}
