//! What producers and lanes share, and who waits on whom: producers for room, flush and shutdown
//! for progress. What producers do is in `append`, what lanes ask for in `lane_side`.

mod append;
mod lane_side;

pub(crate) use append::{Inside, Write};

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
use crate::deadline;
use crate::error::Error;
use crate::fork::Home;
use crate::lane::{Account, Bell};
use crate::loss::LossTable;
use crate::receipt::Level;
use crate::report::{Health, Report, SinkReport};
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
    /// The file of each ring that has one, until it is removed.
    pub(super) files: Mutex<Vec<Option<RingFile>>>,
    /// The number of the next event.
    pub(super) next_seq: AtomicU64,
    pub(super) lanes: Vec<LaneState>,
    pub(super) progress: Progress,
    pub(super) overflow: Overflow,
    pub(super) patience: Duration,
    pub(super) clock: fn() -> SystemTime,
    pub(super) on_gap: Option<GapHook>,
    pub(super) on_attempt: Option<AttemptHook>,
    /// Some ring has a loss that the log does not mention yet.
    pub(super) has_gaps: AtomicBool,
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
            state.account().recovered = self.backlog(lane).lines as u64;
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

    pub(crate) fn flush(&self, deadline: Duration) -> Result<(), Error> {
        let until = deadline::after(deadline);
        let targets: Vec<u64> = self.rings.iter().map(|ring| ring.head()).collect();
        self.ring_bells();
        let pending = || self.pending_below(&targets);
        if self.home.is_here() && self.progress.wait_until(until, || pending() == 0) {
            return Ok(());
        }
        Err(Error::Late {
            waited: deadline,
            pending: pending(),
        })
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
        self.close(until);
        let finished = || self.lanes.iter().all(|lane| lane.account().finished);
        if self.home.is_here() {
            self.progress.wait_until(until, finished);
        }
        for lane in &self.lanes {
            let cause = "the journal was shut down before";
            lane.account().promises.break_all(cause);
        }
    }

    pub(crate) fn report(&self) -> Report {
        // No cursor moves while its account is locked, so every head read after that is beyond it.
        let accounts: Vec<_> = self.lanes.iter().map(LaneState::account).collect();
        let heads: Vec<u64> = self.rings.iter().map(|ring| ring.head()).collect();
        let sinks = accounts
            .iter()
            .enumerate()
            .map(|(lane, account)| SinkReport {
                name: account.name.clone(),
                recovered: account.recovered,
                delivered: account.delivered,
                dropped: account.dropped.clone(),
                pending: self.pending_of(lane, &heads),
            });
        Report {
            accepted: heads[self.recovered..].iter().sum(),
            sinks: sinks.collect(),
            refused: self.refused(),
        }
    }

    pub(crate) fn health(&self) -> Vec<Health> {
        let shapes = || self.own_rings().iter().map(|ring| ring.shape());
        let capacity_bytes = shapes().map(|shape| shape.usable_bytes() as u64).sum();
        let most_events = shapes().map(|shape| shape.lines as u64).sum();
        let health = |(lane, state): (usize, &LaneState)| {
            let account = state.account();
            let backlog = self.backlog(lane);
            Health {
                sink: account.name.clone(),
                up: account.up,
                since: account.since,
                last_error: account.last_error.clone(),
                last_success: account.last_success,
                queued_events: backlog.lines as u64,
                queued_bytes: backlog.bytes as u64,
                capacity_bytes,
                capacity_events: capacity_events(backlog, capacity_bytes, most_events),
            }
        };
        self.lanes.iter().enumerate().map(health).collect()
    }

    /// Offers open gaps to the hook, outside the locks because the hook appends.
    pub(crate) fn report_gaps(self: &Arc<Self>) {
        let Some(hook) = &self.on_gap else { return };
        if !self.home.is_here() || !self.has_gaps.swap(false, Ordering::AcqRel) {
            return;
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

    fn refused(&self) -> LossTable {
        let mut sum = LossTable::default();
        for ring in self.own_rings() {
            sum.merge(&ring.lock().refused);
        }
        sum
    }

    /// Events that a lane still has to deliver, all rings together.
    fn backlog(&self, lane: usize) -> Fill {
        let mut sum = Fill { bytes: 0, lines: 0 };
        for ring in &self.rings {
            let fill = ring.backlog(lane);
            sum.bytes += fill.bytes;
            sum.lines += fill.lines;
        }
        sum
    }

    /// Events before these heads that the lane has not passed.
    fn pending_of(&self, lane: usize, heads: &[u64]) -> u64 {
        let rings = self.rings.iter().zip(heads);
        let left = |(ring, head): (&Arc<Ring>, &u64)| head.saturating_sub(ring.cursor(lane));
        rings.map(left).sum()
    }

    /// Events before these heads that the slowest lane has not passed.
    fn pending_below(&self, heads: &[u64]) -> u64 {
        let lanes = 0..self.lanes.len();
        let pending = lanes.map(|lane| self.pending_of(lane, heads));
        pending.max().unwrap_or(0)
    }

    fn ring_bells(&self) {
        for lane in &self.lanes {
            lane.bell.ring();
        }
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

/// How many events fit whose lines are as long as those of the backlog.
fn capacity_events(backlog: Fill, capacity_bytes: u64, most: u64) -> u64 {
    let as_long = (capacity_bytes * backlog.lines as u64).checked_div(backlog.bytes as u64);
    as_long.map_or(most, |events| events.min(most))
}

impl Drop for Shared {
    fn drop(&mut self) {
        if self.home.is_here() {
            self.remove_empty_files(0..self.rings.len());
        }
    }
}
