//! What a destination is: the [`Sink`] trait, the batch it is given and the answer it returns.
//! Knows nothing of journals, threads and retries.

mod batch;
mod failure;

use std::time::Duration;

pub(crate) use batch::Record;
pub use batch::{Batch, Earlier, Line, Span};
pub use failure::{DeliveryError, Fault};

use crate::receipt::Level;

/// A destination of security events.
///
/// A lane calls the sink from one thread of its own, never two calls at once. The events of one
/// thread come in order; those of different threads come side by side, and their numbers tell the
/// order. A call may block; the services that append never wait for it. A panic inside a call is
/// treated as a retryable failure.
///
/// A whole one, for a program that wants its events on a TCP connection, as `examples/tcp_sink.rs`:
///
/// ```
#[doc = include_str!("../examples/tcp_sink.rs")]
/// ```
pub trait Sink: Send + 'static {
    /// The name in reports, metrics and `audit.gap`; unique among the sinks of one journal.
    fn name(&self) -> &str;

    /// Delivers the batch, or says how much of it arrived and whether trying again makes sense.
    ///
    /// After a retryable failure the next call begins with the first event that did not arrive,
    /// with the same bytes.
    ///
    /// # Errors
    /// A [`DeliveryError`] when any event of the batch did not arrive.
    fn deliver(&mut self, batch: &Batch<'_>) -> Result<(), DeliveryError>;

    /// Makes everything delivered so far survive a power failure. Called only when [`Sink::level`]
    /// is [`Level::Durable`]: after a batch that somebody waits for, and at shutdown. What a failed
    /// attempt may have lost can be delivered again from `earlier`.
    ///
    /// # Errors
    /// A [`DeliveryError`] when that is not known to have worked. Receipts that wait for it fail.
    fn sync(&mut self, _earlier: Earlier<'_>) -> Result<(), DeliveryError> {
        Ok(())
    }

    /// Looks after the destination while there is nothing to deliver: called about once a second
    /// then.
    ///
    /// # Errors
    /// A [`DeliveryError`] when the destination is not well. The sink counts as down until its next
    /// delivery.
    fn tend(&mut self, _earlier: Earlier<'_>) -> Result<(), DeliveryError> {
        Ok(())
    }

    /// Whether the destination has this event already. Asked only for events of a process that
    /// died: it may have delivered them without having noted that. A destination that cannot be
    /// asked gets them twice, with the same `event_id`.
    fn holds(&mut self, _line: &Line<'_>) -> bool {
        false
    }

    /// The highest level this sink can vouch for. A destination that keeps no log of its own on
    /// this machine stays at [`Level::Accepted`]: receipts do not ask it.
    fn level(&self) -> Level {
        Level::Accepted
    }

    /// How its lane drives it.
    fn settings(&self) -> SinkSettings {
        SinkSettings::default()
    }
}

impl<S: Sink + ?Sized> Sink for Box<S> {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn deliver(&mut self, batch: &Batch<'_>) -> Result<(), DeliveryError> {
        (**self).deliver(batch)
    }

    fn sync(&mut self, earlier: Earlier<'_>) -> Result<(), DeliveryError> {
        (**self).sync(earlier)
    }

    fn tend(&mut self, earlier: Earlier<'_>) -> Result<(), DeliveryError> {
        (**self).tend(earlier)
    }

    fn holds(&mut self, line: &Line<'_>) -> bool {
        (**self).holds(line)
    }

    fn level(&self) -> Level {
        (**self).level()
    }

    fn settings(&self) -> SinkSettings {
        (**self).settings()
    }
}

/// How a lane drives its sink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SinkSettings {
    /// Largest batch in bytes; a single longer line still goes alone. Default 512 KiB: half of a ring
    /// of the usual size, so that producers go on in the other half meanwhile.
    pub max_batch_bytes: usize,
    /// Largest batch in events. Default 10,000.
    pub max_batch_events: usize,
    /// How long the lane sleeps after small batches, for the next ones to have company. Default 10 ms:
    /// a hundred calls a second, for each ring, cost a busy service hardly anything. While nothing
    /// comes the sleeps grow to 50 ms.
    pub linger: Duration,
    /// Rest after the first failure; it doubles with each further one. Default 50 ms.
    pub first_retry: Duration,
    /// Longest rest between two attempts. Default 1 s, so that a sink is back within 2 s after its
    /// destination is.
    pub longest_retry: Duration,
}

impl Default for SinkSettings {
    fn default() -> Self {
        Self {
            max_batch_bytes: 512 * 1024,
            max_batch_events: 10_000,
            linger: Duration::from_millis(10),
            first_retry: Duration::from_millis(50),
            longest_retry: Duration::from_secs(1),
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_whole_sink_and_its_program_need_fifty_lines() {
        let example = include_str!("../examples/tcp_sink.rs");
        let lines = example.lines().filter(|line| !line.is_empty()).count();
        assert!((30..=50).contains(&lines), "{lines}");
    }
}
