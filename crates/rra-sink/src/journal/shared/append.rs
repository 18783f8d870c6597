//! How an event gets into a ring: admitted, numbered, written once, published.

use std::cell::Cell;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::MutexGuard;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use rra_schema::Severity;

use super::Shared;
use crate::admission;
use crate::deadline;
use crate::draft::{self, Write};
use crate::loss::Reason;
use crate::receipt::{Level, Receipt};
use crate::ring::{Producer, Ring};

/// Where an accepted event is.
pub(crate) struct Entry {
    pub(crate) seq: u64,
    ring: usize,
    index: u64,
}

impl Shared {
    /// Accepts one event, waiting for room as the policy allows.
    pub(crate) fn append(&self, severity: Severity, write: Write<'_>) -> Result<Entry, Reason> {
        // An append from within the writer of another would wait for itself.
        let _inside = Inside::enter().ok_or(Reason::Invalid)?;
        if !self.home.is_here() {
            return Err(Reason::Forked);
        }
        self.accept(thread_number(), severity, write)
    }

    /// Whether some sink vouches for the level.
    pub(crate) fn offers(&self, level: Level) -> bool {
        self.lane_for(level).is_some()
    }

    #[inline]
    fn accept(&self, thread: usize, severity: Severity, write: Write<'_>) -> Result<Entry, Reason> {
        // Ours are the last, and a power of two.
        let ours = self.rings.len() - self.recovered;
        let at = self.recovered + (thread & (ours - 1));
        let ring = &self.rings[at];
        let mut producer = ring.lock();
        if self.is_closed.load(Ordering::Relaxed) || !has_room(ring, &producer, severity) {
            producer = self.admit(ring, producer, severity)?;
        }
        let seq = self.next_seq.fetch_add(1, Ordering::Relaxed);
        match self.write_line(ring, &mut producer, seq, severity, write) {
            Ok(index) => {
                if ring.has_much(&mut producer) {
                    self.wake_sleeping_lanes();
                }
                Ok(Entry {
                    seq,
                    ring: at,
                    index,
                })
            }
            Err(reason) => {
                // Its number is used up: the log will say so.
                self.refuse(&mut producer, reason, severity, (seq, seq));
                Err(reason)
            }
        }
    }

    /// Makes the line and publishes it.
    #[inline]
    fn write_line(
        &self,
        ring: &Ring,
        producer: &mut Producer,
        seq: u64,
        severity: Severity,
        write: Write<'_>,
    ) -> Result<u64, Reason> {
        let published = catch_unwind(AssertUnwindSafe(|| match write {
            Write::Event(write) => ring.push(producer, seq, severity, |room| {
                draft::write_event(room, seq, write)
            }),
            Write::Raw(write) => push_raw(ring, producer, seq, severity, write),
        }));
        published.unwrap_or_else(|panic| {
            self.refuse(producer, Reason::Invalid, severity, (seq, seq));
            resume_unwind(panic)
        })
    }

    /// Waits for room in a ring as long as the policy allows, or notes the refusal.
    #[inline(never)]
    fn admit<'r>(
        &self,
        ring: &'r Ring,
        mut producer: MutexGuard<'r, Producer>,
        severity: Severity,
    ) -> Result<MutexGuard<'r, Producer>, Reason> {
        let mut give_up_at = None;
        let reason = loop {
            if self.is_closed.load(Ordering::Relaxed) {
                break Reason::Closed;
            }
            ring.look_at_cursors(&mut producer);
            if has_room(ring, &producer, severity) {
                return Ok(producer);
            }
            if !self.overflow.waits(severity) {
                break Reason::QueueFull;
            }
            let until = *give_up_at.get_or_insert_with(|| deadline::after(self.patience));
            if until <= Instant::now() {
                break Reason::QueueFull;
            }
            self.wake_sleeping_lanes();
            producer = ring.wait_for_room(producer, until);
        };
        let next = self.next_seq.load(Ordering::Relaxed);
        self.refuse(&mut producer, reason, severity, (next - 1, next));
        Err(reason)
    }

    /// Notes a refusal between the events of these numbers.
    #[cold]
    fn refuse(
        &self,
        producer: &mut Producer,
        reason: Reason,
        severity: Severity,
        (first_seq, last_seq): (u64, u64),
    ) {
        producer.refused.add(reason, severity, 1);
        producer
            .gaps
            .add(None, reason, severity, first_seq, last_seq);
        self.has_gaps.store(true, Ordering::Release);
    }

    /// Notes a refusal to a thread that holds the lock of a ring, or of a ring of another journal.
    pub(crate) fn refuse_inside(&self, severity: Severity) {
        if !self.home.is_here() {
            return;
        }
        let next = self.next_seq.load(Ordering::Relaxed);
        let mut refused = self.refused_inside();
        refused.0.add(Reason::Invalid, severity, 1);
        let (first, last) = (next - 1, next);
        refused.1.add(None, Reason::Invalid, severity, first, last);
        self.has_gaps.store(true, Ordering::Release);
    }

    fn wake_sleeping_lanes(&self) {
        for lane in &self.lanes {
            lane.bell.ring_if_asleep();
        }
    }

    /// A receipt for the event; none when no lane vouches for the level.
    pub(crate) fn promise(&self, entry: &Entry, level: Level) -> Option<Receipt> {
        let lane = self.lane_for(level)?;
        let state = &self.lanes[lane];
        let place = (entry.ring, entry.index);
        let mut account = state.account();
        // Under this lock the lane moves its cursor and answers promises in one step.
        let cursor = self.rings[entry.ring].cursor(lane);
        let receipt = account.promises.make(place, cursor, entry.seq, level);
        drop(account);
        state.bell.ring_if_asleep();
        Some(receipt)
    }

    /// The first lane that vouches for the level.
    fn lane_for(&self, level: Level) -> Option<usize> {
        self.lanes.iter().position(|lane| lane.level >= level)
    }
}

/// Whether an event of that severity may enter, as far as the lanes were when last looked at.
fn has_room(ring: &Ring, producer: &Producer, severity: Severity) -> bool {
    producer.is_calm() || admission::admits(severity, producer.fill(), ring.shape())
}

/// Makes a line outside of the ring, and copies it there when it is one.
#[inline(never)]
fn push_raw(
    ring: &Ring,
    producer: &mut Producer,
    seq: u64,
    severity: Severity,
    write: &mut dyn FnMut(u64, &mut Vec<u8>),
) -> Result<u64, Reason> {
    let mut line = std::mem::take(&mut producer.draft);
    let made = draft::make_line(&mut line, seq, write);
    let published =
        made.and_then(|()| ring.push(producer, seq, severity, |room| draft::copy(&line, room)));
    producer.draft = line;
    published
}

thread_local! {
    /// The number of a thread, given out in turn, which says which ring it uses.
    static NUMBER: Cell<usize> = const { Cell::new(usize::MAX) };
    static IS_APPENDING: Cell<bool> = const { Cell::new(false) };
}

fn thread_number() -> usize {
    let number = NUMBER.get();
    if number == usize::MAX {
        take_number()
    } else {
        number
    }
}

#[cold]
fn take_number() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    NUMBER.set(number);
    number
}

/// Marks a thread as being inside an append, for as long as it lives.
pub(crate) struct Inside {
    // Must be dropped where it was made.
    _of_this_thread: PhantomData<*const ()>,
}

impl Inside {
    fn enter() -> Option<Self> {
        // Not `then_some`: a second guard made and dropped would open the door.
        (!IS_APPENDING.replace(true)).then(|| Self {
            _of_this_thread: PhantomData,
        })
    }

    /// Whether this thread is making the line of an event.
    pub(crate) fn is_entered() -> bool {
        IS_APPENDING.get()
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        IS_APPENDING.set(false);
    }
}
