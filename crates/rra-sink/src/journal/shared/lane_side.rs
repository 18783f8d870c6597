//! What a lane asks of the journal: a batch, a place to note the outcome, and a place to wait.

use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Shared, State, wait_until};
use crate::deadline;
use crate::lane::Account;
use crate::loss::Reason;
use crate::sink::{Batch, BatchBuffer, SinkSettings};

impl Shared {
    /// Copies what the lane has not passed yet, up to its settings.
    pub(crate) fn fill(&self, lane: usize, settings: &SinkSettings, buffer: &mut BatchBuffer) {
        let state = self.lock();
        let seq = state.accounts[lane].next_seq();
        state.store.copy(seq, settings, buffer);
    }

    /// Notes an attempt: the first `events` of the batch arrived, and why the rest did not. In one
    /// step, so that whoever a flush wakes sees the health that belongs to it.
    pub(crate) fn settle(
        &self,
        lane: usize,
        batch: &Batch<'_>,
        events: usize,
        failure: Option<&str>,
    ) {
        let now = (self.clock)();
        let mut state = self.lock();
        let account = &mut state.accounts[lane];
        account.delivered(batch, events);
        match failure {
            None => account.succeeded(now),
            Some(cause) => account.failed(cause, now),
        }
        self.passed(state);
    }

    /// The batch will never be taken.
    pub(crate) fn rejected(&self, lane: usize, batch: &Batch<'_>, cause: &str) {
        let mut state = self.lock();
        let State { accounts, gaps, .. } = &mut *state;
        let account = &mut accounts[lane];
        account.rejected(batch, cause);
        for line in batch.lines() {
            gaps.add(
                Some(&account.name),
                Reason::Rejected,
                line.severity,
                line.seq,
                line.seq,
            );
        }
        self.passed(state);
    }

    /// A sync did not work.
    pub(crate) fn failed(&self, lane: usize, cause: &str) {
        let now = (self.clock)();
        self.lock().accounts[lane].failed(cause, now);
    }

    /// The number below which everything was written, when a receipt waits for it to be durable.
    pub(crate) fn sync_due(&self, lane: usize) -> Option<u64> {
        let state = self.lock();
        let account = &state.accounts[lane];
        let below = account.next_seq();
        account.promises.sync_due(below).then_some(below)
    }

    pub(crate) fn synced(&self, lane: usize, below: u64, outcome: &Result<(), String>) {
        self.lock().accounts[lane]
            .promises
            .synced_below(below, outcome);
    }

    /// Half of the journal must be free, so that the lines about a loss do not cause the next one.
    pub(crate) fn report_gaps_if_there_is_room(self: &Arc<Self>) {
        let state = self.lock();
        let room = state.store.used_bytes() <= state.store.max_bytes() / 2;
        let due = room && !state.gaps.is_empty() && state.drain_until.is_none();
        drop(state);
        if due {
            self.report_gaps();
        }
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.lock().drain_until.is_some()
    }

    pub(crate) fn drain_is_over(&self) -> bool {
        self.lock()
            .drain_until
            .is_some_and(|until| until <= Instant::now())
    }

    /// The lane has ended.
    pub(crate) fn finish(&self, lane: usize) {
        self.lock().accounts[lane].finished = true;
        self.progress.notify_all();
    }

    /// Waits until the lane has something to deliver or the journal is shut down.
    pub(crate) fn wait_for_work(&self, lane: usize) {
        let mut state = self.lock();
        while state.drain_until.is_none()
            && state.accounts[lane].next_seq() == state.store.next_seq()
        {
            state.wake_at_bytes = state.wake_at_bytes.min(state.store.appended_bytes());
            state = self
                .work
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Lets events gather until a quarter of a batch is there, something is urgent, or time is up.
    pub(crate) fn linger(&self, lane: usize, settings: &SinkSettings) {
        let until = deadline::after(settings.linger);
        let enough = settings.max_batch_bytes as u64 / 4;
        let mut state = self.lock();
        loop {
            let account = &state.accounts[lane];
            let wake_at = account.passed_bytes() + enough;
            let urgent = account.next_seq() < state.urgent_below;
            let plenty = state.store.appended_bytes() > wake_at;
            if urgent || plenty || state.drain_until.is_some() {
                return;
            }
            state.wake_at_bytes = state.wake_at_bytes.min(wake_at);
            let (woken, in_time) = wait_until(&self.work, state, until);
            state = woken;
            if !in_time {
                return;
            }
        }
    }

    /// Waits after a failure; a flush or a shutdown ends the rest early.
    pub(crate) fn rest(&self, rest: Duration) {
        let mut state = self.lock();
        let kicks = state.kicks;
        let asked = deadline::after(rest);
        while state.kicks == kicks {
            let until = state.drain_until.map_or(asked, |drain| drain.min(asked));
            let (woken, in_time) = wait_until(&self.work, state, until);
            state = woken;
            if !in_time {
                return;
            }
        }
    }

    /// Frees what every lane has passed and tells who waits for that.
    fn passed(&self, mut state: MutexGuard<'_, State>) {
        let slowest = state.accounts.iter().map(Account::next_seq).min();
        let room = slowest.is_some_and(|seq| state.store.release(seq));
        drop(state);
        if room {
            self.room.notify_all();
        }
        self.progress.notify_all();
    }
}
