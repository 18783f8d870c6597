//! One sink's lane: takes batches from the journal, delivers them, rests after failures.
//!
//! A lane is a machine of single turns, so tests drive it without a thread and without time;
//! [`Lane::run`] is the loop around it that waits.

mod account;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

pub(crate) use account::Account;

use crate::backoff::Backoff;
use crate::journal::Shared;
use crate::receipt::Level;
use crate::sink::{BatchBuffer, DeliveryError, Sink, SinkSettings};

pub(crate) struct Lane {
    shared: Arc<Shared>,
    /// Which account in the journal is this lane's.
    index: usize,
    sink: Box<dyn Sink>,
    settings: SinkSettings,
    buffer: BatchBuffer,
    backoff: Backoff,
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
    pub(crate) fn new(shared: Arc<Shared>, index: usize, sink: Box<dyn Sink>) -> Self {
        let settings = sink.settings();
        Self {
            shared,
            index,
            settings,
            buffer: BatchBuffer::default(),
            backoff: Backoff::new(settings.first_retry, settings.longest_retry),
            sink,
        }
    }

    /// Drives the sink until the journal is shut down.
    pub(crate) fn run(mut self) {
        loop {
            match self.turn() {
                Turn::Again => {}
                Turn::Linger => self.shared.linger(self.index, &self.settings),
                Turn::Idle => self.shared.wait_for_work(self.index),
                Turn::Rest(rest) => self.shared.rest(rest),
                Turn::Done => break,
            }
        }
        self.shared.finish(self.index);
    }

    /// Makes one attempt at delivery.
    pub(crate) fn turn(&mut self) -> Turn {
        if self.shared.drain_is_over() {
            return Turn::Done;
        }
        if self.buffer.rest().is_none() {
            self.shared
                .fill(self.index, &self.settings, &mut self.buffer);
        }
        let Some(bytes) = self.buffer.rest().map(|batch| batch.bytes().len()) else {
            return self.nothing_left();
        };
        let delivered = self.deliver();
        let synced = self.sync_if_due();
        self.shared.report_gaps_if_there_is_room();
        if delivered.and(synced).is_err() {
            return Turn::Rest(self.backoff.rest());
        }
        self.backoff.reset();
        // A quarter of a batch is worth a call of its own; less is worth a short wait.
        let small = bytes < self.settings.max_batch_bytes / 4;
        if small { Turn::Linger } else { Turn::Again }
    }

    fn nothing_left(&mut self) -> Turn {
        if !self.shared.is_closing() {
            return Turn::Idle;
        }
        // The last words of a service deserve to survive the power cut that may follow.
        if self.sink.level() == Level::Durable
            && let Err(error) = guarded(|| self.sink.sync())
        {
            self.shared.failed(self.index, &error.cause);
        }
        Turn::Done
    }

    fn deliver(&mut self) -> Result<(), ()> {
        let Some(batch) = self.buffer.rest() else {
            return Ok(());
        };
        let events = batch.len();
        let result = guarded(|| self.sink.deliver(&batch));
        let arrived = match &result {
            Ok(()) => events,
            Err(error) => error.delivered.min(events),
        };
        let cause = result.as_ref().err().map(|error| error.cause.as_str());
        self.shared.settle(self.index, &batch, arrived, cause);
        self.buffer.advance(arrived);
        match result {
            Err(error) if error.retry => Err(()),
            // The sink works and refused these events: nothing to rest for.
            Err(error) => {
                self.reject_rest(&error);
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    fn reject_rest(&mut self, error: &DeliveryError) {
        if let Some(batch) = self.buffer.rest() {
            self.shared.rejected(self.index, &batch, &error.cause);
            let events = batch.len();
            self.buffer.advance(events);
        }
    }

    fn sync_if_due(&mut self) -> Result<(), ()> {
        let Some(written_below) = self.shared.sync_due(self.index) else {
            return Ok(());
        };
        let result = guarded(|| self.sink.sync()).map_err(|error| error.cause);
        self.shared.synced(self.index, written_below, &result);
        result.map_err(|cause| self.shared.failed(self.index, &cause))
    }
}

/// A panic in a stranger's sink must not end the lane: its events would stay for ever.
fn guarded(call: impl FnOnce() -> Result<(), DeliveryError>) -> Result<(), DeliveryError> {
    catch_unwind(AssertUnwindSafe(call))
        .unwrap_or_else(|_| Err(DeliveryError::retryable("the sink panicked")))
}

#[cfg(test)]
mod tests;
