//! The exporting thread: takes batches from the queue, sends each until the receiver takes it, says
//! no, or the time is over, and settles the account.
//!
//! Whatever happens on this thread happens with telemetry suppressed, so nothing here can make a
//! span that would have to be exported in turn.

use std::thread;
use std::time::{Duration, Instant};

use opentelemetry::Context;
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator};

use crate::batch::{self, Batch};
use crate::config::BatchConfig;
use crate::deadline;
use crate::error::Error;
use crate::queue::{Consumer, Outcome};
use crate::report::DropReason;
use crate::retry::Backoff;
use crate::transport::{Answer, Transport};

/// Longest time a receiver can keep us quiet with `Retry-After`.
const LONGEST_SILENCE: Duration = Duration::from_mins(1);

/// What one batch needs on its way.
pub(crate) struct Exporter<T> {
    pub(crate) consumer: Consumer,
    pub(crate) transport: T,
    /// As [`resource`](batch::resource) makes it.
    pub(crate) resource: Vec<u8>,
    pub(crate) config: BatchConfig,
    /// Until when the receiver asked not to be called.
    pub(crate) quiet_until: Option<Instant>,
}

impl<T: Transport> Exporter<T> {
    /// Starts the thread. It ends when its queue is closed.
    pub(crate) fn spawn(mut self) -> Result<(), Error> {
        let thread = thread::Builder::new().name("rra-otel-export".to_owned());
        let started = thread.spawn(move || {
            let _quiet = Context::enter_telemetry_suppressed_scope();
            while let Some(batch) = self.consumer.next_batch() {
                let outcome = self.export(&batch);
                self.consumer.settle(outcome);
            }
        });
        started.map(drop).map_err(|error| Error::Start {
            what: "the exporting thread",
            reason: error.to_string(),
        })
    }

    fn export(&mut self, batch: &Batch) -> Outcome {
        let spans = batch.len() as u64;
        let request = batch::request(batch, &self.resource);
        let request = self.transport.prepare(request);
        match self.deliver(&request) {
            Ok(rejected) => Outcome {
                exported: spans.saturating_sub(rejected),
                dropped: (rejected > 0).then(|| (DropReason::Refused, rejected.min(spans))),
            },
            Err(reason) => Outcome {
                exported: 0,
                dropped: Some((reason, spans)),
            },
        }
    }

    /// Sends a request until it is settled; gives the number of spans that were taken but rejected.
    fn deliver(&mut self, request: &T::Request) -> Result<u64, DropReason> {
        let end = deadline::after(self.config.export_timeout);
        let mut backoff = Backoff::new();
        self.keep_quiet(end)?;
        loop {
            let left = self.consumer.time_left(end);
            if left.is_zero() {
                return Err(DropReason::Timeout);
            }
            let answer = self
                .transport
                .send(request, left.min(self.config.request_timeout));
            let (reason, asked) = match answer {
                Answer::Taken { rejected } => return Ok(rejected),
                Answer::Refused => return Err(DropReason::Refused),
                Answer::Busy { after } => (DropReason::Unavailable, after),
                Answer::Away => (DropReason::Unavailable, None),
                Answer::Late => (DropReason::Timeout, None),
            };
            let pause = backoff.next(asked, random());
            if let Some(asked) = asked {
                self.quiet_until = Some(Instant::now() + asked.min(LONGEST_SILENCE));
            }
            // A service that ends does not wait for a receiver that is not there.
            let is_hopeless = self.consumer.is_closing() && !matches!(answer, Answer::Busy { .. });
            if is_hopeless || pause >= self.consumer.time_left(end) {
                return Err(reason);
            }
            self.consumer.pause(pause);
        }
    }

    /// Waits for as long as the receiver asked for with an earlier batch.
    fn keep_quiet(&mut self, end: Instant) -> Result<(), DropReason> {
        let Some(until) = self.quiet_until.take() else {
            return Ok(());
        };
        let silence = until.saturating_duration_since(Instant::now());
        if silence > self.consumer.time_left(end) {
            self.quiet_until = Some(until);
            return Err(DropReason::Unavailable);
        }
        self.consumer.pause(silence);
        Ok(())
    }
}

fn random() -> u64 {
    u64::from_be_bytes(RandomIdGenerator::default().new_span_id().to_bytes())
}

#[cfg(test)]
mod tests;
