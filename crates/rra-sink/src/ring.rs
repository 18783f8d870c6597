//! One ring of lines: producers write at its head, each lane reads behind its own cursor, and the
//! slowest cursor is the tail. The order of the stores here is what makes that safe, and what
//! makes the ring whole whenever the process is killed.
//!
//! A line is published by one store after its bytes. A lane frees lines by one store after it is
//! done with them. Both are in the memory itself, so the next process finds them.

pub(crate) mod memory;
mod producer;
pub(crate) mod shape;

#[cfg(test)]
mod loom;

pub(crate) use producer::{Fill, Producer};

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering, fence};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use rra_schema::Severity;

use memory::{Memory, Pages};
use shape::{Entry, HEAD_WORD, Shape, cursor_word};

use crate::admission;
use crate::apart::Apart;
use crate::loss::Reason;
use crate::sink::{Record, SinkSettings};

/// A ring of lines with one cursor for each lane.
pub(crate) struct Ring<M = Pages> {
    memory: M,
    shape: Shape,
    /// The cursor of each lane, if it has one here.
    lanes: Vec<Option<usize>>,
    /// Apart, because producers change it with each line, and lanes read the rest for each.
    producer: Apart<Mutex<Producer>>,
    room: Condvar,
    /// Producers that wait for room.
    waiting: AtomicUsize,
}

/// A ring with more lines than that is there as a whole, so that no further line waits for a page. One
/// with fewer takes a few pages: no thread emits there, or one that says only that it started.
const FEW_LINES: u64 = 16;

impl<M: Memory> Ring<M> {
    /// A ring in memory that is zeroed or holds an earlier ring of that shape, with the cursor of
    /// each lane that has one here.
    pub(crate) fn new(memory: M, shape: Shape, lanes: Vec<Option<usize>>) -> Self {
        let head = memory.load(HEAD_WORD, Ordering::Acquire);
        let write_at = match head.checked_sub(1) {
            Some(last) => entry(&memory, shape, last).end(),
            None => 0,
        };
        let producer = Producer {
            head,
            write_at,
            ..Producer::default()
        };
        let ring = Self {
            memory,
            shape,
            lanes,
            producer: Apart(Mutex::new(producer)),
            room: Condvar::new(),
            waiting: AtomicUsize::new(0),
        };
        ring.look_at_cursors(&mut ring.lock());
        ring
    }

    pub(crate) fn shape(&self) -> Shape {
        self.shape
    }

    /// The producers' side. A poisoned lock is taken all the same: no step leaves it half done.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Producer> {
        self.producer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lines ever published.
    pub(crate) fn head(&self) -> u64 {
        self.memory.load(HEAD_WORD, Ordering::Acquire)
    }

    /// Lines that a lane has passed; all of them for a lane without a cursor here.
    pub(crate) fn cursor(&self, lane: usize) -> u64 {
        match self.lanes.get(lane) {
            Some(Some(cursor)) => self.memory.load(cursor_word(*cursor), Ordering::Acquire),
            _ => self.head(),
        }
    }

    /// Lines that a lane has not passed, and how many bytes they are.
    pub(crate) fn backlog(&self, lane: usize) -> Fill {
        // Without the lock: the lines between cursor and head stand still while the lane does.
        let (cursor, head) = (self.cursor(lane), self.head());
        let (Some(last), true) = (head.checked_sub(1), cursor < head) else {
            return Fill { bytes: 0, lines: 0 };
        };
        let first = self.entry(cursor).at;
        Fill {
            bytes: self.shape.distance(first, self.entry(last).end()),
            lines: lines_between(cursor, head),
        }
    }

    /// Looks where the slowest lane is now.
    pub(crate) fn look_at_cursors(&self, producer: &mut Producer) {
        let cursors = (0..self.lanes.len()).map(|lane| self.cursor(lane));
        producer.tail = cursors.min().unwrap_or(producer.head);
        let bytes = if producer.tail == producer.head {
            0
        } else {
            let first = self.entry(producer.tail).at;
            self.shape.distance(first, producer.write_at)
        };
        let lines = lines_between(producer.tail, producer.head);
        let (usable, rows) = (self.shape.usable_bytes(), self.shape.lines);
        producer.look_at = Fill {
            bytes: bytes.max(usable / 4) + usable / 16,
            lines: lines.max(rows / 4) + rows / 16,
        };
        producer.calm = admission::admits_all(self.shape).min(producer.look_at);
        producer.set_fill(Fill { bytes, lines });
    }

    /// Whether so much waits that lanes that let events gather should be woken: more than a quarter of
    /// the ring. Looks where the lanes are only now and then.
    #[inline]
    pub(crate) fn has_much(&self, producer: &mut Producer) -> bool {
        !producer.is_calm && self.has_much_at_a_look(producer)
    }

    fn has_much_at_a_look(&self, producer: &mut Producer) -> bool {
        if producer.fill.is_within(producer.look_at) {
            return false;
        }
        self.look_at_cursors(producer);
        self.is_much(producer.fill)
    }

    /// Whether lanes should not let more events gather. Short lines fill the rows before the bytes.
    pub(crate) fn is_much(&self, fill: Fill) -> bool {
        fill.bytes > self.shape.usable_bytes() / 4 || fill.lines > self.shape.lines / 4
    }

    /// Lets `write` make a line at the beginning of a room for the longest, and say how long it is;
    /// publishes it, and returns its place in the order of this ring.
    ///
    /// # Errors
    /// [`Reason::QueueFull`] when there is no room, and what `write` says. Nothing is published then, or
    /// when it panics.
    #[inline]
    pub(crate) fn push(
        &self,
        producer: &mut Producer,
        number: u64,
        severity: Severity,
        write: impl FnOnce(&mut [u8]) -> Result<usize, Reason>,
    ) -> Result<u64, Reason> {
        if !producer.is_calm && self.is_full(producer.fill) {
            return Err(Reason::QueueFull);
        }
        if producer.head == FEW_LINES {
            self.memory.populate();
        }
        let (at, longest) = (self.place_of_next(producer), self.shape.longest_line);
        // SAFETY: the bytes lie behind the newest published line. Twice the longest line is free
        // there, because a calm ring is not full, so they end before the line at the slowest cursor, and
        // no lane reads outside of cursor and head. Only the holder of the lock writes.
        #[expect(unsafe_code, reason = "the contract of Memory, kept as said above")]
        let length = unsafe { self.memory.write(at, longest, write) }?;
        let entry = Entry {
            at,
            length: length.min(longest),
            severity,
        };
        producer.set_fill(Fill {
            bytes: producer.fill.bytes + self.shape.distance(producer.write_at, entry.end()),
            lines: producer.fill.lines + 1,
        });
        let index = producer.head;
        let word = self.shape.number_word(index);
        self.memory.store(word, number, Ordering::Relaxed);
        self.memory.store(word + 1, entry.pack(), Ordering::Relaxed);
        producer.head = index + 1;
        producer.write_at = entry.end();
        // Everything above is there for whoever sees this.
        self.memory
            .store(HEAD_WORD, producer.head, Ordering::Release);
        Ok(index)
    }

    /// Whether there is no room for one line more, however long it gets.
    fn is_full(&self, fill: Fill) -> bool {
        fill.bytes > self.shape.usable_bytes() || fill.lines >= self.shape.lines
    }

    /// Where the next line begins: a line is not split at the end of the data, and how long it gets is
    /// not known before.
    fn place_of_next(&self, producer: &Producer) -> usize {
        let fits = producer.write_at + self.shape.longest_line <= self.shape.data_bytes;
        if fits { producer.write_at } else { 0 }
    }

    /// Waits until a lane has passed something, at most until then. The lock is free meanwhile.
    pub(crate) fn wait_for_room<'a>(
        &'a self,
        mut producer: MutexGuard<'a, Producer>,
        until: Instant,
    ) -> MutexGuard<'a, Producer> {
        let left = until.saturating_duration_since(Instant::now());
        self.waiting.fetch_add(1, Ordering::Relaxed);
        // Either the lane sees that somebody waits, or this sees how far the lane came.
        fence(Ordering::SeqCst);
        let before = producer.tail;
        self.look_at_cursors(&mut producer);
        if producer.tail == before {
            let woken = self.room.wait_timeout(producer, left);
            producer = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        producer
    }

    /// Wakes every producer that waits for room.
    pub(crate) fn wake_producers(&self) {
        drop(self.lock());
        self.room.notify_all();
    }

    /// Copies lines that were delivered before, when all of them are still there.
    pub(crate) fn copy(&self, first: u64, lines: usize, out: &mut Vec<u8>) -> bool {
        // Under the lock nobody overwrites.
        let producer = self.lock();
        let end = first + lines as u64;
        if end > producer.head || !self.is_whole(&producer, first) {
            return false;
        }
        for index in first..end {
            let entry = self.entry(index);
            // SAFETY: published, not overwritten, and the lock keeps it so.
            #[expect(unsafe_code, reason = "the contract of Memory, kept as said above")]
            out.extend_from_slice(unsafe { self.memory.read(entry.at, entry.length) });
        }
        true
    }

    /// Whether nothing from that line on was overwritten.
    fn is_whole(&self, producer: &Producer, first: u64) -> bool {
        // As many as the table has rows, and whoever was killed may have begun to use the oldest again.
        if producer.head - first >= self.shape.lines as u64 {
            return false;
        }
        let mut place = self.entry(first).at;
        let mut bytes = 0;
        for index in first..producer.head {
            let end = self.entry(index).end();
            bytes += self.shape.distance(place, end);
            place = end;
        }
        // What was not published, because it was no line, may have been written behind the newest.
        bytes <= self.shape.usable_bytes()
    }

    fn entry(&self, index: u64) -> Entry {
        entry(&self.memory, self.shape, index)
    }
}

impl<M> fmt::Debug for Ring<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { shape, lanes, .. } = self;
        f.debug_struct("Ring")
            .field("shape", shape)
            .field("lanes", lanes)
            .finish_non_exhaustive()
    }
}

/// The one reader of a lane in a ring.
#[derive(Debug)]
pub(crate) struct Reader<M = Pages> {
    ring: Arc<Ring<M>>,
    /// The word of its cursor.
    word: usize,
}

impl<M: Memory> Reader<M> {
    /// The reader of a lane, if it has a cursor in that ring. There must be only one.
    pub(crate) fn new(ring: &Arc<Ring<M>>, lane: usize) -> Option<Self> {
        let cursor = (*ring.lanes.get(lane)?)?;
        Some(Self {
            ring: Arc::clone(ring),
            word: cursor_word(cursor),
        })
    }

    /// Lines that the lane has passed.
    pub(crate) fn cursor(&self) -> u64 {
        self.ring.memory.load(self.word, Ordering::Acquire)
    }

    /// Whether there is anything to read.
    pub(crate) fn has_lines(&self) -> bool {
        self.cursor() < self.ring.head()
    }

    /// The lines at the cursor that lie in one piece, as many as the settings allow, and one
    /// record for each. Empty when there are none.
    pub(crate) fn peek(&self, settings: &SinkSettings, records: &mut Vec<Record>) -> &[u8] {
        records.clear();
        let ring = &*self.ring;
        let Ring { memory, shape, .. } = ring;
        // A copy stays in registers.
        let (shape, settings) = (*shape, *settings);
        let (cursor, head) = (self.cursor(), ring.head());
        let start = if cursor < head {
            ring.entry(cursor).at
        } else {
            0
        };
        let mut piece = start..start;
        for index in cursor..head {
            let word = shape.number_word(index);
            let entry = Entry::unpack(memory.load(word + 1, Ordering::Relaxed));
            let bytes = entry.end().wrapping_sub(piece.start);
            let goes_on = entry.at == piece.end;
            let fits =
                bytes <= settings.max_batch_bytes && records.len() < settings.max_batch_events;
            if !goes_on || !(fits || records.is_empty()) {
                break;
            }
            piece.end = entry.end();
            records.push(Record {
                seq: memory.load(word, Ordering::Relaxed),
                end: u32::try_from(bytes).expect("a ring is at most 1 GiB"),
                severity: entry.severity,
            });
        }
        // SAFETY: published before the head that was read, and not yet passed: only `pass` lets
        // producers write there, and it needs this reader for itself alone.
        #[expect(unsafe_code, reason = "the contract of Memory, kept as said above")]
        unsafe {
            ring.memory.read(piece.start, piece.len())
        }
    }

    /// The lane is done with its next lines. Producers may use their place from now on.
    pub(crate) fn pass(&mut self, lines: usize) {
        let cursor = self.cursor() + lines as u64;
        debug_assert!(cursor <= self.ring.head(), "passed what is not there");
        self.ring.memory.store(self.word, cursor, Ordering::Release);
        fence(Ordering::SeqCst);
        if self.ring.waiting.load(Ordering::Relaxed) > 0 {
            self.ring.wake_producers();
        }
    }
}

fn entry<M: Memory>(memory: &M, shape: Shape, index: u64) -> Entry {
    let word = shape.number_word(index) + 1;
    Entry::unpack(memory.load(word, Ordering::Relaxed))
}

fn lines_between(from: u64, to: u64) -> usize {
    usize::try_from(to - from).expect("at most the lines of a ring")
}

#[cfg(test)]
mod tests;
