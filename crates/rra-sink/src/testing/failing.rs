//! A sink that fails by a script.

use std::collections::VecDeque;

use crate::receipt::Level;
use crate::sink::{Batch, DeliveryError, Earlier, Line, Sink, SinkSettings};

/// What one call of a [`FailingSink`] does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Nothing fails in this call.
    None,
    /// The first `after` events of the batch reach the inner sink, the rest may later.
    Retryable {
        /// Events that arrive before the failure.
        after: usize,
    },
    /// The first `after` events of the batch reach the inner sink, the rest never will.
    Fatal {
        /// Events that arrive before the failure.
        after: usize,
    },
    /// The call panics.
    Panic,
    /// Nothing fails but the next sync does.
    Sync,
}

/// A sink in front of another that fails by a script, one entry per delivery; when the script is
/// over everything works.
///
/// ```
/// use std::time::Duration;
/// use rra_schema::Severity;
/// use rra_sink::Journal;
/// use rra_sink::testing::{CapturingSink, FailingSink, Failure};
///
/// let (sink, captured) = CapturingSink::new("memory");
/// // A panic is tried again; then the event is refused for good.
/// let script = [Failure::Panic, Failure::Fatal { after: 0 }];
/// let journal = Journal::builder().sink(FailingSink::new(sink, script)).start()?;
/// journal.append(Severity::Info, |_, line| line.extend_from_slice(b"1\n"))?;
/// let report = journal.shutdown(Duration::from_secs(5));
/// captured.assert_lines(&[]);
/// assert!(report.is_balanced() && report.lost() == 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct FailingSink<S> {
    inner: S,
    script: VecDeque<Failure>,
    sync_fails: bool,
}

impl<S: Sink> FailingSink<S> {
    /// Puts a script in front of a sink.
    pub fn new(inner: S, script: impl IntoIterator<Item = Failure>) -> Self {
        Self {
            inner,
            script: script.into_iter().collect(),
            sync_fails: false,
        }
    }

    fn deliver_some(
        &mut self,
        batch: &Batch<'_>,
        events: usize,
        error: DeliveryError,
    ) -> Result<(), DeliveryError> {
        let events = events.min(batch.len());
        if let Some(front) = batch.front(events) {
            self.inner.deliver(&front)?;
        }
        Err(error.after(events))
    }
}

impl<S: Sink> Sink for FailingSink<S> {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn deliver(&mut self, batch: &Batch<'_>) -> Result<(), DeliveryError> {
        match self.script.pop_front().unwrap_or(Failure::None) {
            Failure::None => self.inner.deliver(batch),
            Failure::Retryable { after } => {
                self.deliver_some(batch, after, DeliveryError::retryable("scripted failure"))
            }
            Failure::Fatal { after } => {
                self.deliver_some(batch, after, DeliveryError::fatal("scripted refusal"))
            }
            Failure::Panic => panic!("scripted panic"),
            Failure::Sync => {
                self.sync_fails = true;
                self.inner.deliver(batch)
            }
        }
    }

    fn sync(&mut self, earlier: Earlier<'_>) -> Result<(), DeliveryError> {
        if std::mem::take(&mut self.sync_fails) {
            return Err(DeliveryError::retryable("scripted sync failure"));
        }
        self.inner.sync(earlier)
    }

    fn tend(&mut self, earlier: Earlier<'_>) -> Result<(), DeliveryError> {
        self.inner.tend(earlier)
    }

    fn holds(&mut self, line: &Line<'_>) -> bool {
        self.inner.holds(line)
    }

    fn level(&self) -> Level {
        self.inner.level()
    }

    fn settings(&self) -> SinkSettings {
        self.inner.settings()
    }
}
