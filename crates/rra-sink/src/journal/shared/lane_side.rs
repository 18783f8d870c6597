//! What a lane tells the journal: the outcome of an attempt, and that it has ended.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::{LaneState, Shared};
use crate::loss::Reason;
use crate::receipt::Level;
use crate::report::Attempt;
use crate::ring::Reader;
use crate::sink::Record;

impl Shared {
    pub(crate) fn lane(&self, lane: usize) -> &LaneState {
        &self.lanes[lane]
    }

    /// The first `events` at the cursor arrived, or why none more did. In one step, so that whoever
    /// a flush wakes sees the health that belongs to it.
    pub(crate) fn settle(
        &self,
        lane: usize,
        (ring, reader): (usize, &mut Reader),
        events: usize,
        failure: Option<&str>,
    ) {
        let now = (self.clock)();
        let LaneState { level, .. } = self.lanes[lane];
        let mut account = self.lanes[lane].account();
        reader.pass(events);
        account.delivered(events as u64, now);
        if level >= Level::Written {
            account.promises.written_below(ring, reader.cursor());
        }
        match failure {
            None => account.succeeded(now),
            Some(cause) => account.failed(cause, now),
        }
        drop(account);
        self.passed(ring);
    }

    /// Tells metrics of an attempt. A hook that panics must not take the lane with it.
    pub(crate) fn attempted(&self, attempt: &Attempt<'_>) {
        if let Some(hook) = &self.on_attempt {
            let _ = catch_unwind(AssertUnwindSafe(|| hook(attempt)));
        }
    }

    /// Something else than a delivery did not work.
    pub(crate) fn failed(&self, lane: usize, cause: &str) {
        self.lanes[lane].account().failed(cause, (self.clock)());
    }

    /// The events of these records, which are at the cursor, will never arrive.
    pub(crate) fn give_up(
        &self,
        lane: usize,
        (ring, reader): (usize, &mut Reader),
        records: &[Record],
        (reason, cause): (Reason, &str),
    ) {
        let mut account = self.lanes[lane].account();
        let first = reader.cursor();
        reader.pass(records.len());
        for record in records {
            account.lost(reason, record.severity, 1);
        }
        let end = reader.cursor();
        account.promises.break_range(ring, first, end, cause);
        let name = account.name.clone();
        drop(account);
        let mut producer = self.rings[ring].lock();
        for record in records {
            let seq = record.seq;
            producer
                .gaps
                .add(Some(&name), reason, record.severity, seq, seq);
        }
        drop(producer);
        self.has_gaps.store(true, Ordering::Release);
        self.passed(ring);
    }

    /// Half of every ring must be free, so that the lines about a loss do not cause the next one.
    pub(crate) fn report_gaps_if_there_is_room(self: &Arc<Self>) {
        let has_room = || {
            self.own_rings().iter().all(|ring| {
                let mut producer = ring.lock();
                ring.look_at_cursors(&mut producer);
                producer.fill().bytes <= ring.shape().usable_bytes() / 2
            })
        };
        if self.has_gaps.load(Ordering::Acquire) && !self.is_closing() && has_room() {
            self.report_gaps();
        }
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.is_closed.load(Ordering::SeqCst)
    }

    /// Returns when nobody appends any more, once the journal [is closing](Self::is_closing): who
    /// held the lock of a ring then may have appended, and nobody after.
    pub(crate) fn wait_for_last_appends(&self) {
        for ring in self.own_rings() {
            drop(ring.lock());
        }
    }

    /// Breaks when the time to drain is over, else says how much is left of it, if it runs.
    pub(crate) fn drain_left(&self) -> ControlFlow<(), Option<Duration>> {
        let Some(until) = *self.drain_until() else {
            return ControlFlow::Continue(None);
        };
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(Some(left))
    }

    /// The lane has ended.
    pub(crate) fn finish(&self, lane: usize) {
        self.lanes[lane].account().finished = true;
        self.progress.tell();
    }

    /// A lane came further in a ring.
    fn passed(&self, ring: usize) {
        if ring < self.recovered {
            self.remove_empty_files(ring..ring + 1);
        }
        self.progress.tell();
    }
}
