//! Finished spans on their way to the exporting thread: bounded in spans and bytes, every span
//! accounted for, flushed and closed within a deadline. Knows nothing of receivers.
//!
//! The SDK's own queue keeps its losses to itself and waits a fixed time for a flush.

use std::collections::VecDeque;
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use opentelemetry::{Context, InstrumentationScope};
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};

use crate::batch::{self, Batch};
use crate::config::BatchConfig;
use crate::deadline;
use crate::report::{DropReason, TraceReport};

/// Most bytes of spans in one request: gRPC servers refuse messages above 4 MiB by custom.
const MAX_REQUEST_BYTES: usize = 2 * 1024 * 1024;

/// The queue, shared between those who end spans, the thread that exports them, and the guard.
#[derive(Clone, Debug)]
pub(crate) struct Queue(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    config: BatchConfig,
    text_chars: usize,
    state: Mutex<State>,
    /// For the exporting thread: there is something to do.
    work: Condvar,
    /// For those who flush or close: something is done.
    progress: Condvar,
}

#[derive(Debug)]
struct State {
    /// Full ones, and the one that is being filled.
    waiting: VecDeque<Batch>,
    spans: usize,
    bytes: usize,
    /// When the oldest of those that wait came.
    since: Instant,
    /// Spans in the batch that is on its way.
    travelling: u64,
    /// Spans that were let in, and those of them that are settled: they are settled in order.
    admitted: u64,
    settled: u64,
    is_flushing: bool,
    closes_at: Option<Instant>,
    is_over: bool,
    report: TraceReport,
}

/// What became of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) exported: u64,
    pub(crate) dropped: Option<(DropReason, u64)>,
}

impl Queue {
    pub(crate) fn new(config: BatchConfig, text_chars: usize) -> Self {
        let state = State {
            waiting: VecDeque::new(),
            spans: 0,
            bytes: 0,
            since: Instant::now(),
            travelling: 0,
            admitted: 0,
            settled: 0,
            is_flushing: false,
            closes_at: None,
            is_over: false,
            report: TraceReport::default(),
        };
        Self(Arc::new(Shared {
            config,
            text_chars,
            state: Mutex::new(state),
            work: Condvar::new(),
            progress: Condvar::new(),
        }))
    }

    /// The account of this moment.
    pub(crate) fn report(&self) -> TraceReport {
        let state = self.lock();
        TraceReport {
            waiting: state.spans as u64 + state.travelling,
            finished: state.is_over,
            ..state.report
        }
    }

    /// Waits until every span that has ended by now is settled; `false` when the deadline is first.
    pub(crate) fn flush(&self, deadline: Duration) -> bool {
        let end = deadline::after(deadline);
        let mut state = self.lock();
        let target = state.admitted;
        state.is_flushing = true;
        self.0.work.notify_one();
        self.wait(state, end, |state| state.settled >= target)
    }

    /// Lets the exporting thread send what waits and end; `false` when the deadline is first. Of two
    /// deadlines the earlier one counts for both.
    pub(crate) fn close(&self, deadline: Duration) -> bool {
        let mut state = self.lock();
        let end = deadline::after(deadline);
        let end = state.closes_at.map_or(end, |earlier| earlier.min(end));
        state.closes_at = Some(end);
        self.0.work.notify_all();
        self.wait(state, end, |state| state.is_over)
    }

    fn wait(
        &self,
        mut state: MutexGuard<'_, State>,
        end: Instant,
        is_done: impl Fn(&State) -> bool,
    ) -> bool {
        while !is_done(&state) {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let waited = self.0.progress.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    fn push(&self, scope: &InstrumentationScope, span: &[u8]) {
        let config = &self.0.config;
        let mut state = self.lock();
        state.report.ended += 1;
        if state.closes_at.is_some() {
            state.report.dropped.add(DropReason::Closed, 1);
            return;
        }
        let is_full = state.spans >= config.max_queue_spans
            || state.bytes + span.len() > config.max_queue_bytes;
        if is_full {
            state.report.dropped.add(DropReason::QueueFull, 1);
            return;
        }
        if state.spans == 0 {
            state.since = Instant::now();
        }
        state.add(scope, span, config.max_spans);
        // The first tells the thread when to look again, a full batch that there is one.
        if state.spans == 1 || state.spans == config.max_spans {
            self.0.work.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change below is whole even if a thread died after it.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the exporting thread does with the queue. Dropping it ends the queue.
#[derive(Debug)]
pub(crate) struct Consumer(pub(crate) Queue);

impl Consumer {
    /// Waits for the next batch; `None` when the queue is closed and empty, or out of time.
    pub(crate) fn next_batch(&self) -> Option<Batch> {
        let shared = &self.0.0;
        let mut state = self.0.lock();
        loop {
            if let Some(left) = state.time_left() {
                if left.is_zero() {
                    return None;
                }
                return state.take_batch();
            }
            if state.waiting.is_empty() {
                state.is_flushing = false;
                let waited = shared.work.wait(state);
                state = waited.unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let is_ready = state.is_flushing || state.spans >= shared.config.max_spans;
            let rest = shared.config.delay.saturating_sub(state.since.elapsed());
            if is_ready || rest.is_zero() {
                return state.take_batch();
            }
            let waited = shared.work.wait_timeout(state, rest);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Says what became of the last batch.
    pub(crate) fn settle(&self, outcome: Outcome) {
        let mut state = self.0.lock();
        state.settle(outcome);
        self.0.0.progress.notify_all();
    }

    /// The time until `end`, or until the queue must be closed if that is sooner.
    pub(crate) fn time_left(&self, end: Instant) -> Duration {
        let left = end.saturating_duration_since(Instant::now());
        let closing = self.0.lock().time_left();
        closing.map_or(left, |closing| closing.min(left))
    }

    /// Whether the queue is being closed.
    pub(crate) fn is_closing(&self) -> bool {
        self.0.lock().closes_at.is_some()
    }

    /// Waits, but for no longer than until the queue begins to be closed.
    pub(crate) fn pause(&self, pause: Duration) {
        let end = Instant::now() + pause;
        let mut state = self.0.lock();
        let was_closing = state.closes_at.is_some();
        while state.closes_at.is_some() == was_closing {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let waited = self.0.0.work.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Drop for Consumer {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        // Reached with spans left when the time is over, or when the thread panicked.
        state.waiting.clear();
        let left = mem::take(&mut state.spans) as u64;
        state.bytes = 0;
        state.travelling += left;
        let dropped = Some((DropReason::Closed, state.travelling));
        state.settle(Outcome {
            exported: 0,
            dropped,
        });
        state.closes_at.get_or_insert_with(Instant::now);
        state.is_over = true;
        self.0.0.progress.notify_all();
    }
}

impl State {
    /// The time until the queue must be closed, if it is being closed.
    fn time_left(&self) -> Option<Duration> {
        let end = self.closes_at?;
        Some(end.saturating_duration_since(Instant::now()))
    }

    fn add(&mut self, scope: &InstrumentationScope, span: &[u8], max_spans: usize) {
        let has_room = |batch: &Batch| {
            batch.len() < max_spans && batch.bytes() + span.len() <= MAX_REQUEST_BYTES
        };
        if !self.waiting.back().is_some_and(has_room) {
            self.waiting.push_back(Batch::default());
        }
        if let Some(batch) = self.waiting.back_mut() {
            batch.push(scope, span);
        }
        self.spans += 1;
        self.bytes += span.len();
        self.admitted += 1;
    }

    fn take_batch(&mut self) -> Option<Batch> {
        let batch = self.waiting.pop_front()?;
        self.spans -= batch.len();
        self.bytes -= batch.bytes();
        self.since = Instant::now();
        self.travelling = batch.len() as u64;
        Some(batch)
    }

    fn settle(&mut self, outcome: Outcome) {
        self.settled += self.travelling;
        self.travelling = 0;
        self.report.exported += outcome.exported;
        if let Some((reason, spans)) = outcome.dropped {
            self.report.dropped.add(reason, spans);
        }
    }
}

impl SpanProcessor for Queue {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        if span.span_context.is_sampled() {
            batch::write(&span, self.0.text_chars, |bytes| {
                self.push(&span.instrumentation_scope, bytes);
            });
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        in_time(
            self.flush(self.0.config.export_timeout),
            self.0.config.export_timeout,
        )
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        in_time(self.close(timeout), timeout)
    }
}

fn in_time(is_done: bool, timeout: Duration) -> OTelSdkResult {
    if is_done {
        Ok(())
    } else {
        Err(OTelSdkError::Timeout(timeout))
    }
}

#[cfg(test)]
pub(crate) mod tests;
