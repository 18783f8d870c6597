//! The lock and who waits on it: producers for room, flush and shutdown for progress. What lanes
//! ask for is in `lane_side`.

mod lane_side;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use rra_schema::Severity;

use super::Journal;
use super::builder::GapHook;
use super::store::Store;
use crate::admission::Overflow;
use crate::deadline;
use crate::error::Error;
use crate::lane::Account;
use crate::loss::{Gaps, LossTable, Reason};
use crate::receipt::{Level, Receipt};
use crate::report::{Health, Report};

/// Everything that producers and lanes share.
pub(crate) struct Shared {
    state: Mutex<State>,
    /// Lanes wait here for events.
    work: Condvar,
    /// Producers wait here for room.
    room: Condvar,
    /// Flush and shutdown wait here for lanes.
    progress: Condvar,
    overflow: Overflow,
    patience: Duration,
    clock: fn() -> SystemTime,
    on_gap: Option<GapHook>,
    /// Live [`Journal`] handles.
    pub(crate) handles: AtomicUsize,
}

/// What the lock guards.
struct State {
    store: Store,
    accounts: Vec<Account>,
    refused: LossTable,
    gaps: Gaps,
    /// Set once the journal is shut down: lanes drain until then.
    drain_until: Option<Instant>,
    /// Lanes wake at once when more bytes than these were ever appended.
    wake_at_bytes: u64,
    /// Events below this number are wanted now: no lingering.
    urgent_below: u64,
    /// Counts the times that resting lanes were told to try again now.
    kicks: u64,
}

impl Shared {
    pub(crate) fn new(
        max_bytes: usize,
        overflow: Overflow,
        patience: Duration,
        clock: fn() -> SystemTime,
        on_gap: Option<GapHook>,
        accounts: Vec<Account>,
    ) -> Self {
        let state = State {
            store: Store::new(max_bytes),
            accounts,
            refused: LossTable::default(),
            gaps: Gaps::default(),
            drain_until: None,
            wake_at_bytes: u64::MAX,
            urgent_below: 0,
            kicks: 0,
        };
        Self {
            state: Mutex::new(state),
            work: Condvar::new(),
            room: Condvar::new(),
            progress: Condvar::new(),
            overflow,
            patience,
            clock,
            on_gap,
            handles: AtomicUsize::new(0),
        }
    }

    /// Accepts one event, waiting for room as the policy allows.
    pub(crate) fn append(
        &self,
        severity: Severity,
        write: &mut dyn FnMut(u64, &mut Vec<u8>),
        level: Option<Level>,
    ) -> Result<(u64, Option<Receipt>), Reason> {
        let mut state = self.lock();
        let mut give_up_at = None;
        loop {
            let reason = match state.append(severity, write) {
                Ok(seq) => {
                    let receipt = level.and_then(|level| state.promise(seq, level));
                    self.wake_lanes(state);
                    return Ok((seq, receipt));
                }
                Err(reason) => reason,
            };
            if reason == Reason::QueueFull && self.overflow.waits(severity) {
                let until = *give_up_at.get_or_insert_with(|| deadline::after(self.patience));
                let (woken, in_time) = wait_until(&self.room, state, until);
                state = woken;
                if in_time {
                    continue;
                }
            }
            state.refuse(reason, severity);
            return Err(reason);
        }
    }

    /// Whether some sink vouches for the level.
    pub(crate) fn offers(&self, level: Level) -> bool {
        self.lock().ledger(level).is_some()
    }

    pub(crate) fn flush(&self, deadline: Duration) -> Result<(), Error> {
        let until = deadline::after(deadline);
        let mut state = self.lock();
        let target = state.store.next_seq();
        state.urgent_below = target;
        state.kicks += 1;
        self.work.notify_all();
        loop {
            let pending = state.pending_below(target);
            if pending == 0 {
                return Ok(());
            }
            let (woken, in_time) = wait_until(&self.progress, state, until);
            state = woken;
            if !in_time {
                return Err(Error::Late {
                    waited: deadline,
                    pending,
                });
            }
        }
    }

    /// Refuses events from now on and lets lanes drain until then.
    pub(crate) fn close(&self, drain_until: Instant) {
        let mut state = self.lock();
        state.drain_until.get_or_insert(drain_until);
        state.kicks += 1;
        drop(state);
        self.work.notify_all();
        self.room.notify_all();
    }

    pub(crate) fn shutdown(&self, until: Instant) {
        self.close(until);
        let mut state = self.lock();
        while !state.accounts.iter().all(|account| account.finished) {
            let (woken, in_time) = wait_until(&self.progress, state, until);
            state = woken;
            if !in_time {
                break;
            }
        }
        let end = state.store.next_seq();
        for account in &mut state.accounts {
            let cause = "the journal was shut down before";
            account.promises.break_range(0, end, cause);
        }
    }

    pub(crate) fn report(&self) -> Report {
        let state = self.lock();
        let end_seq = state.store.next_seq();
        Report {
            accepted: end_seq - 1,
            refused: state.refused.clone(),
            sinks: state
                .accounts
                .iter()
                .map(|account| account.report(end_seq))
                .collect(),
        }
    }

    pub(crate) fn health(&self) -> Vec<Health> {
        let state = self.lock();
        let store = &state.store;
        let accounts = state.accounts.iter();
        accounts
            .map(|a| a.health(store.next_seq(), store.appended_bytes(), store.max_bytes()))
            .collect()
    }

    /// Offers open gaps to the hook, outside the lock because the hook appends.
    pub(crate) fn report_gaps(self: &Arc<Self>) {
        let Some(hook) = &self.on_gap else { return };
        let gaps = self.lock().gaps.take();
        if gaps.is_empty() {
            return;
        }
        let journal = Journal::of(self);
        for gap in gaps {
            // A hook that panics must not take the lane with it; its gap is offered again.
            let written = catch_unwind(AssertUnwindSafe(|| hook(&journal, &gap)));
            if !matches!(written, Ok(Ok(()))) {
                self.lock().gaps.merge(gap);
            }
        }
    }

    /// A poisoned lock is taken all the same: the store never holds half an event, because a
    /// writer that panics has only touched the line it was making.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes lanes when enough has come together, after letting the lock go.
    fn wake_lanes(&self, mut state: MutexGuard<'_, State>) {
        let urgent = state.urgent_below >= state.store.next_seq();
        if urgent || state.store.appended_bytes() > state.wake_at_bytes {
            // Whoever still waits after this registers again.
            state.wake_at_bytes = u64::MAX;
            drop(state);
            self.work.notify_all();
        }
    }
}

impl State {
    fn append(
        &mut self,
        severity: Severity,
        write: &mut dyn FnMut(u64, &mut Vec<u8>),
    ) -> Result<u64, Reason> {
        if self.drain_until.is_some() {
            return Err(Reason::Closed);
        }
        let seq = self.store.append(severity, write)?;
        if self.accounts.is_empty() {
            self.store.release(self.store.next_seq());
        }
        Ok(seq)
    }

    fn refuse(&mut self, reason: Reason, severity: Severity) {
        self.refused.add(reason, severity);
        let next_seq = self.store.next_seq();
        self.gaps
            .add(None, reason, severity, next_seq - 1, next_seq);
    }

    /// The first lane that vouches for the level.
    fn ledger(&self, level: Level) -> Option<usize> {
        self.accounts
            .iter()
            .position(|account| account.level >= level)
    }

    fn promise(&mut self, seq: u64, level: Level) -> Option<Receipt> {
        let ledger = self.ledger(level)?;
        self.urgent_below = seq + 1;
        Some(self.accounts[ledger].promises.make(seq, level))
    }

    /// Events below `seq` that the slowest lane has not passed.
    fn pending_below(&self, seq: u64) -> u64 {
        let slowest = self.accounts.iter().map(Account::next_seq).min();
        seq.saturating_sub(slowest.unwrap_or(seq))
    }
}

/// Waits for a signal. Returns false instead of waiting when the time has come.
fn wait_until<'a>(
    condvar: &Condvar,
    state: MutexGuard<'a, State>,
    until: Instant,
) -> (MutexGuard<'a, State>, bool) {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return (state, false);
    }
    let woken = condvar.wait_timeout(state, left);
    (woken.unwrap_or_else(PoisonError::into_inner).0, true)
}
