//! What producers and lanes share, and who waits on whom: producers for room, flush and shutdown
//! for progress. What producers do is in `append`, what lanes ask for in `lane_side`.

mod append;
mod flush;
mod lane_side;
#[cfg(feature = "network")]
mod remote_side;
mod view;

pub(crate) use append::{Entry, Inside};

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use super::Journal;
use super::builder::{AttemptHook, GapHook};
use super::directory::RingFile;
use super::progress::Progress;
use crate::admission::Overflow;
use crate::apart::Apart;
use crate::error::Error;
use crate::fork::Home;
use crate::lane::{Account, Bell};
use crate::loss::{Gaps, LossTable};
use crate::receipt::Level;
use crate::ring::{Fill, Ring};

/// Everything that producers and lanes share.
pub(crate) struct Shared {
    pub(super) home: Home,
    /// Rings of dead processes first, then ours.
    pub(crate) rings: Vec<Arc<Ring>>,
    /// How many are of dead processes.
    pub(super) recovered: usize,
    /// Files of dead processes that are no rings.
    pub(super) damaged: Vec<PathBuf>,
    /// What is left here outlives the process.
    #[cfg_attr(
        not(feature = "network"),
        expect(dead_code, reason = "only lanes of remote sinks ask")
    )]
    pub(super) is_on_disk: bool,
    /// Why it does not, although a directory was asked for.
    pub(super) no_room: Option<Error>,
    /// The file of each ring that has one, until it is removed.
    pub(super) files: Mutex<Vec<Option<RingFile>>>,
    /// The number of the next event, which every producer changes.
    pub(super) next_seq: Apart<AtomicU64>,
    pub(super) lanes: Vec<LaneState>,
    pub(super) progress: Progress,
    pub(super) overflow: Overflow,
    pub(super) patience: Duration,
    pub(super) clock: fn() -> SystemTime,
    pub(super) on_gap: Option<GapHook>,
    pub(super) on_attempt: Option<AttemptHook>,
    /// There is a loss that the log does not mention yet, in some ring or in `refused_inside`.
    pub(super) has_gaps: AtomicBool,
    /// What was refused to threads that held the lock of a ring.
    pub(super) refused_inside: Mutex<(LossTable, Gaps)>,
    pub(super) is_closed: AtomicBool,
    /// Set once the journal is shut down: lanes drain until then.
    pub(super) drain_until: Mutex<Option<Instant>>,
    /// Live [`Journal`] handles.
    pub(crate) handles: AtomicUsize,
}

/// What others see of a lane.
pub(crate) struct LaneState {
    /// What its sink vouches for.
    pub(crate) level: Level,
    pub(crate) account: Mutex<Account>,
    pub(crate) bell: Bell,
}

impl LaneState {
    pub(crate) fn account(&self) -> MutexGuard<'_, Account> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    /// The rings that producers use.
    fn own_rings(&self) -> &[Arc<Ring>] {
        &self.rings[self.recovered..]
    }

    pub(crate) fn recovered_rings(&self) -> usize {
        self.recovered
    }

    /// Notes what each lane was left by dead processes.
    pub(super) fn note_recovered(&self) {
        for (lane, state) in self.lanes.iter().enumerate() {
            let mut account = state.account();
            let in_rings = self.backlog(lane).lines as u64;
            account.recovered = in_rings + account.backlog.events + account.dropped.total();
        }
    }

    /// Events of dead processes that some sink was left.
    pub(crate) fn recovered_events(&self) -> u64 {
        let of = |lane: &LaneState| lane.account().recovered;
        self.lanes.iter().map(of).max().unwrap_or(0)
    }

    pub(crate) fn damaged_files(&self) -> &[PathBuf] {
        &self.damaged
    }

    pub(crate) fn no_room(&self) -> Option<&Error> {
        self.no_room.as_ref()
    }

    /// Refuses events from now on and lets lanes drain until then.
    pub(crate) fn close(&self, drain_until: Instant) {
        if !self.home.is_here() {
            return;
        }
        self.drain_until().get_or_insert(drain_until);
        self.is_closed.store(true, Ordering::SeqCst);
        for ring in self.own_rings() {
            // Whoever holds the lock now still appends, and nobody after.
            ring.wake_producers();
        }
        self.ring_bells();
    }

    pub(crate) fn shutdown(&self, until: Instant) {
        if !self.home.is_here() {
            return;
        }
        self.close(until);
        let finished = || self.lanes.iter().all(|lane| lane.account().finished);
        if self.progress.wait_until(until, finished) {
            // Handles may be kept until the process ends, where nothing is dropped.
            self.remove_empty_files(0..self.rings.len());
        }
        for lane in &self.lanes {
            let cause = "the journal was shut down before";
            lane.account().promises.break_all(cause);
        }
    }

    /// Offers open gaps to the hook, outside the locks because the hook appends.
    pub(crate) fn report_gaps(self: &Arc<Self>) {
        let Some(hook) = &self.on_gap else { return };
        if !self.home.is_here() || !self.has_gaps.swap(false, Ordering::AcqRel) {
            return;
        }
        let inside = self.refused_inside().1.take();
        for gap in inside {
            self.own_rings()[0].lock().gaps.merge(gap);
        }
        let journal = Journal::of(self);
        for ring in &self.rings {
            let gaps = ring.lock().gaps.take();
            for gap in gaps {
                // A hook that panics must not take the lane with it; its gap is offered again.
                let written = catch_unwind(AssertUnwindSafe(|| hook(&journal, &gap)));
                if !matches!(written, Ok(Ok(()))) {
                    ring.lock().gaps.merge(gap);
                    self.has_gaps.store(true, Ordering::Release);
                }
            }
        }
    }

    /// Events that a lane still has to deliver, all rings together.
    pub(crate) fn backlog(&self, lane: usize) -> Fill {
        let mut sum = Fill { bytes: 0, lines: 0 };
        for ring in &self.rings {
            let fill = ring.backlog(lane);
            sum.bytes += fill.bytes;
            sum.lines += fill.lines;
        }
        sum
    }

    fn ring_bells(&self) {
        for lane in &self.lanes {
            lane.bell.ring();
        }
    }

    /// Held for a moment and while no ring is locked: a thread that comes here may hold one.
    fn refused_inside(&self) -> MutexGuard<'_, (LossTable, Gaps)> {
        let refused = self.refused_inside.lock();
        refused.unwrap_or_else(PoisonError::into_inner)
    }

    fn drain_until(&self) -> MutexGuard<'_, Option<Instant>> {
        self.drain_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes the files of rings that hold nothing for anybody: of dead processes, or of a
    /// journal that has ended.
    fn remove_empty_files(&self, rings: std::ops::Range<usize>) {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        for (ring, file) in self
            .rings
            .iter()
            .zip(files.iter_mut())
            .take(rings.end)
            .skip(rings.start)
        {
            let is_empty = (0..self.lanes.len()).all(|lane| ring.backlog(lane).lines == 0);
            if is_empty && file.as_ref().is_some_and(RingFile::is_ours_to_remove) {
                // What cannot be removed is found empty at the next start, and removed then.
                let _ = file.take().map(RingFile::remove);
            }
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if self.home.is_here() {
            self.remove_empty_files(0..self.rings.len());
        }
    }
}
