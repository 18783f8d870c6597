//! How an event gets into a ring: admitted, numbered, written once, published.

use std::cell::Cell;
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
        self.accept(severity, write)
    }

    /// Whether some sink vouches for the level.
    pub(crate) fn offers(&self, level: Level) -> bool {
        self.lane_for(level).is_some()
    }

    fn accept(&self, severity: Severity, write: Write<'_>) -> Result<Entry, Reason> {
        let own = self.own_rings();
        // There are a power of two.
        let at = thread_number() & (own.len() - 1);
        let ring = &own[at];
        let (mut producer, admitted) = self.admit(ring, severity);
        if let Err(reason) = admitted {
            let next = self.next_seq.load(Ordering::Relaxed);
            self.refuse(&mut producer, reason, severity, (next - 1, next));
            return Err(reason);
        }
        let seq = self.next_seq.fetch_add(1, Ordering::Relaxed);
        match write_line(ring, &mut producer, seq, severity, write) {
            Ok(index) => {
                if ring.has_much(&mut producer) {
                    self.wake_sleeping_lanes();
                }
                let ring = self.recovered + at;
                Ok(Entry { seq, ring, index })
            }
            Err(reason) => {
                // Its number is used up: the log will say so.
                self.refuse(&mut producer, reason, severity, (seq, seq));
                Err(reason)
            }
        }
    }

    /// Takes the lock of a ring and waits for room there as long as the policy allows.
    fn admit<'r>(
        &self,
        ring: &'r Ring,
        severity: Severity,
    ) -> (MutexGuard<'r, Producer>, Result<(), Reason>) {
        let mut producer = ring.lock();
        let mut give_up_at = None;
        loop {
            if self.is_closed.load(Ordering::Relaxed) {
                return (producer, Err(Reason::Closed));
            }
            if has_room(ring, &mut producer, severity) {
                return (producer, Ok(()));
            }
            if !self.overflow.waits(severity) {
                return (producer, Err(Reason::QueueFull));
            }
            let until = *give_up_at.get_or_insert_with(|| deadline::after(self.patience));
            if until <= Instant::now() {
                return (producer, Err(Reason::QueueFull));
            }
            self.wake_sleeping_lanes();
            producer = ring.wait_for_room(producer, until);
        }
    }

    /// Notes a refusal between the events of these numbers.
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

/// Whether an event of that severity may enter; looks where the lanes are if it seems not.
#[inline]
fn has_room(ring: &Ring, producer: &mut Producer, severity: Severity) -> bool {
    if admission::admits(severity, producer.fill(), ring.shape()) {
        return true;
    }
    ring.look_at_cursors(producer);
    admission::admits(severity, producer.fill(), ring.shape())
}

/// Makes the line and publishes it.
fn write_line(
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
        Write::Raw(write) => {
            let mut line = std::mem::take(&mut producer.draft);
            let made = draft::make_line(&mut line, seq, write);
            let published = made
                .and_then(|()| ring.push(producer, seq, severity, |room| draft::copy(&line, room)));
            producer.draft = line;
            published
        }
    }));
    published.unwrap_or_else(|panic| {
        producer.refused.add(Reason::Invalid, severity, 1);
        producer.gaps.add(None, Reason::Invalid, severity, seq, seq);
        resume_unwind(panic)
    })
}

thread_local! {
    static NUMBER: Cell<usize> = const { Cell::new(usize::MAX) };
    static APPENDING: Cell<bool> = const { Cell::new(false) };
}

/// A number of this thread, given out in turn, which says which ring it uses.
fn thread_number() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.get();
    if number != usize::MAX {
        return number;
    }
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    NUMBER.set(number);
    number
}

/// Marks this thread as being inside an append, for as long as it lives.
pub(crate) struct Inside;

impl Inside {
    fn enter() -> Option<Self> {
        // Not `then_some`: a second guard made and dropped would open the door.
        (!APPENDING.replace(true)).then(|| Self)
    }

    /// Whether this thread is making the line of an event.
    pub(crate) fn is_entered() -> bool {
        APPENDING.get()
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        APPENDING.set(false);
    }
}
