//! One sink's lane: takes batches from the rings, delivers them, rests after failures.
//!
//! A lane is a machine of single turns, so tests drive it without a thread and without time;
//! [`Lane::run`] is the loop around it that waits.

mod account;
mod attempt;
mod backlog;
mod bell;
mod recovered;

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(crate) use account::Account;
pub(crate) use backlog::Backlog;
pub(crate) use bell::Bell;

use crate::backoff::Backoff;
use crate::journal::Shared;
use crate::receipt::Level;
use crate::ring::{Reader, Ring};
use crate::sink::{DeliveryError, Earlier, Record, Sink, SinkSettings};

/// How often a sink that has nothing to do is asked to look after its destination.
const TEND_EVERY: Duration = Duration::from_secs(1);
/// Longest sleep of a lane whose journal is empty. Nobody wakes it for a single event, so this is
/// how long one may wait to be delivered.
const LONGEST_SLEEP: Duration = Duration::from_millis(50);

pub(crate) struct Lane {
    shared: Arc<Shared>,
    /// Which lane of the journal this is.
    index: usize,
    sink: Box<dyn Sink>,
    settings: SinkSettings,
    /// One for each ring in which this lane has a cursor.
    readers: Vec<Option<Reader>>,
    /// The ring to look at next.
    next_ring: usize,
    /// Since the first ring had its turn, one had much, or more than went out at once.
    has_much: bool,
    /// The records of the batch in hand.
    records: Vec<Record>,
    backoff: Backoff,
    /// The next batch begins with an event that failed before.
    has_failed: bool,
    sleep: Duration,
    tended: Instant,
}

/// What a lane does after a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// There may be more at once.
    Again,
    /// Little was there: let events gather before the next turn.
    Linger,
    /// Nothing is there.
    Idle,
    /// The sink failed.
    Rest(Duration),
    /// The journal was shut down and this lane has nothing left to do, or no time.
    Done,
}

impl Lane {
    pub(crate) fn new(
        shared: &Arc<Shared>,
        index: usize,
        sink: Box<dyn Sink>,
        readers: Vec<Option<Reader>>,
    ) -> Self {
        let settings = sink.settings();
        Self {
            shared: Arc::clone(shared),
            index,
            settings,
            readers,
            next_ring: 0,
            has_much: false,
            records: Vec::new(),
            backoff: Backoff::new(settings.first_retry, settings.longest_retry),
            has_failed: false,
            sleep: settings.linger,
            tended: Instant::now(),
            sink,
        }
    }

    /// Drives the sink until the journal is shut down.
    pub(crate) fn run(mut self) {
        let shared = Arc::clone(&self.shared);
        let bell = &shared.lane(self.index).bell;
        let mut heard = bell.heard();
        loop {
            match self.turn() {
                // Whoever rings between two turns may wait for what came after the first.
                Turn::Again => continue,
                Turn::Linger => {
                    self.sleep = self.settings.linger;
                    self.sleep(heard);
                }
                Turn::Idle => {
                    self.tend_if_due();
                    self.sleep(heard);
                    self.sleep = (self.sleep * 2).min(LONGEST_SLEEP);
                }
                Turn::Rest(rest) => self.rest(heard, rest),
                Turn::Done => break,
            }
            heard = bell.heard();
        }
        let Self { index, sink, .. } = self;
        // Whoever waits for the end may use the destination next. A panic must not keep them waiting.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(sink)));
        shared.finish(index);
    }

    /// Makes one attempt at delivery.
    pub(crate) fn turn(&mut self) -> Turn {
        if self.shared.drain_left().is_break() {
            return Turn::Done;
        }
        let Some(ring) = self.ring_with_lines() else {
            return self.nothing_left();
        };
        let waited = self.shared.rings[ring].head();
        let Ok(bytes) = self.deliver_from(ring) else {
            return Turn::Rest(self.backoff.rest());
        };
        // A quarter of a batch is worth a call of its own; less is worth a short wait.
        self.has_much |= bytes >= self.settings.max_batch_bytes / 4 || self.is_behind(ring, waited);
        let synced = self.sync_if_due();
        self.shared.report_gaps_if_there_is_room();
        if synced.is_err() {
            return Turn::Rest(self.backoff.rest());
        }
        self.backoff.reset();
        self.after_delivery()
    }

    /// Goes on to the end of the round. What came meanwhile into rings that had their turn has company
    /// in a moment: while there is little, it waits. While there is much, nobody would wake the lane, and
    /// events may be refused.
    fn after_delivery(&mut self) -> Turn {
        let has_lines = |reader: &Option<Reader>| reader.as_ref().is_some_and(Reader::has_lines);
        if self.readers.iter().skip(self.next_ring).any(has_lines) {
            return Turn::Again;
        }
        self.next_ring = 0;
        let has_much = |ring: &Arc<Ring>| ring.is_much(ring.backlog(self.index));
        if std::mem::take(&mut self.has_much) || self.shared.rings.iter().any(has_much) {
            Turn::Again
        } else {
            Turn::Linger
        }
    }

    /// Whether the lane has not passed all lines before that place.
    fn is_behind(&self, ring: usize, place: u64) -> bool {
        let cursor = self.readers[ring].as_ref().map(Reader::cursor);
        cursor.is_some_and(|cursor| cursor < place)
    }

    /// The next ring, in turn, in which something waits. Those of dead processes come first.
    fn ring_with_lines(&mut self) -> Option<usize> {
        let count = self.readers.len();
        let has_lines = |ring: &usize| self.readers[*ring].as_ref().is_some_and(Reader::has_lines);
        let dead = (0..self.shared.recovered_rings()).find(&has_lines);
        let turns = (0..count).map(|step| (self.next_ring + step) % count.max(1));
        dead.or_else(|| turns.into_iter().find(has_lines))
    }

    fn nothing_left(&mut self) -> Turn {
        if self.sync_if_due().is_err() {
            return Turn::Rest(self.backoff.rest());
        }
        if !self.shared.is_closing() {
            return Turn::Idle;
        }
        // Somebody may have appended after this turn looked and before the journal was closed.
        self.shared.wait_for_last_appends();
        if self.ring_with_lines().is_some() {
            return Turn::Again;
        }
        // The last words of a service deserve to survive the power cut that may follow.
        if self.sink.level() == Level::Durable
            && let Err(error) = self.sync()
        {
            self.fail(&error.cause);
        }
        Turn::Done
    }

    fn fail(&self, cause: &str) {
        self.shared.failed(self.index, cause);
    }

    /// Lets the sink look after its destination while nothing else is to be done, and tells of losses
    /// that no delivery follows.
    fn tend_if_due(&mut self) {
        if self.tended.elapsed() < TEND_EVERY {
            return;
        }
        self.tended = Instant::now();
        self.shared.report_gaps_if_there_is_room();
        let earlier = Earlier::new(&self.shared.rings);
        match guarded(|| self.sink.tend(earlier)) {
            Ok(()) => {}
            Err(error) => self.fail(&error.cause),
        }
    }

    fn sleep(&self, heard: u64) {
        let state = self.shared.lane(self.index);
        let is_urgent = || self.shared.is_closing() || !state.account().promises.is_empty();
        state.bell.sleep(heard, self.sleep, is_urgent);
    }

    /// Waits after a failure; a flush or a shutdown ends the rest early.
    fn rest(&self, heard: u64, rest: Duration) {
        let rest = match self.shared.drain_left() {
            ControlFlow::Continue(Some(left)) => rest.min(left),
            ControlFlow::Continue(None) => rest,
            ControlFlow::Break(()) => return,
        };
        self.shared.lane(self.index).bell.rest(heard, rest);
    }
}

/// A panic in a stranger's sink must not end the lane: its events would stay for ever.
fn guarded(call: impl FnOnce() -> Result<(), DeliveryError>) -> Result<(), DeliveryError> {
    catch_unwind(AssertUnwindSafe(call))
        .unwrap_or_else(|_| Err(DeliveryError::retryable("the sink panicked")))
}

#[cfg(test)]
mod tests;
