//! The files of one severity, oldest first. Knows how many events are in each, and reads none.

use std::collections::VecDeque;

use super::record::MAGIC;
use super::store::Name;

/// Where the first record of a file begins.
pub(super) const START: u64 = MAGIC.len() as u64;

/// The files of one severity.
#[derive(Debug)]
pub(super) struct Chain {
    pub(super) segments: VecDeque<Segment>,
    /// Where the first record that was not passed begins in the first file.
    pub(super) offset: u64,
}

/// One file.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) name: Name,
    /// Its length in bytes.
    pub(super) length: u64,
    /// Events in it that were not passed.
    pub(super) events: u64,
    /// The smallest and the largest number of its events.
    pub(super) seqs: (u64, u64),
    /// When its first and its last event came, in milliseconds since 1970.
    pub(super) millis: (u64, u64),
    /// Where damaged records begin: they are counted as lost already.
    pub(super) holes: Vec<u64>,
}

/// A place in a chain, as far as somebody has read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position {
    /// Which of the files.
    pub(super) segment: usize,
    pub(super) offset: u64,
    /// Events read in that file.
    pub(super) read: u64,
}

impl Chain {
    pub(super) const NEW: Self = Self {
        segments: VecDeque::new(),
        offset: START,
    };

    pub(super) fn events(&self) -> u64 {
        self.segments.iter().map(|segment| segment.events).sum()
    }

    pub(super) fn bytes(&self) -> u64 {
        self.segments.iter().map(|segment| segment.length).sum()
    }

    /// When the oldest event came.
    pub(super) fn oldest(&self) -> Option<u64> {
        self.segments.front().map(|segment| segment.millis.0)
    }

    /// The place in the order of the spool before which nothing waits here; `passed` is known to be
    /// before everything.
    pub(super) fn front(&self, passed: u64) -> Option<u64> {
        let front = self.segments.front()?;
        let is_whole = self.offset == START;
        Some(if is_whole { front.name.first } else { passed })
    }

    /// Where reading begins.
    pub(super) fn start(&self) -> Position {
        Position {
            segment: 0,
            offset: self.offset,
            read: 0,
        }
    }

    /// The place after everything.
    pub(super) fn end(&self) -> Position {
        let Some(last) = self.segments.back() else {
            return self.start();
        };
        Position {
            segment: self.segments.len() - 1,
            offset: last.length,
            read: last.events,
        }
    }

    /// The same place, over the end of its file into the next one if there is one.
    pub(super) fn settle(&self, mut position: Position) -> Position {
        while let Some(segment) = self.segments.get(position.segment) {
            let is_last = position.segment + 1 == self.segments.len();
            if position.offset < segment.length || is_last {
                break;
            }
            position = Position {
                segment: position.segment + 1,
                offset: START,
                read: 0,
            };
        }
        position
    }

    /// Passes everything before the position; the files that nobody needs any more.
    pub(super) fn pass(&mut self, position: Position) -> Vec<Name> {
        let mut done: Vec<_> = self.segments.drain(..position.segment).collect();
        self.offset = position.offset;
        if let Some(front) = self.segments.front_mut() {
            front.events -= position.read;
            // Damaged records may follow, and nobody wants those.
            if front.events == 0 {
                done.extend(self.segments.pop_front());
                self.offset = START;
            }
        }
        done.into_iter().map(|segment| segment.name).collect()
    }

    /// Takes a file out.
    pub(super) fn remove(&mut self, at: usize) -> Option<Segment> {
        if at == 0 {
            self.offset = START;
        }
        self.segments.remove(at)
    }
}
