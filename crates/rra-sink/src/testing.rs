//! Sinks for tests: one that captures and asserts, one that fails by a script.
//!
//! ```
//! use std::time::Duration;
//! use rra_schema::Severity;
//! use rra_sink::Journal;
//! use rra_sink::testing::{CapturingSink, Failure, FailingSink};
//!
//! let (sink, captured) = CapturingSink::new("memory");
//! // The first call fails, every later one reaches the capturing sink.
//! let sink = FailingSink::new(sink, [Failure::Retryable { after: 0 }]);
//! let journal = Journal::builder().sink(sink).start()?;
//! journal.append(Severity::Info, |_, line| line.extend_from_slice(b"{}\n"))?;
//! assert!(journal.shutdown(Duration::from_secs(5)).is_complete());
//! captured.assert_lines(&["{}\n"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rra_schema::Severity;

use crate::receipt::Level;
use crate::sink::{Batch, DeliveryError, Earlier, Line, Sink, SinkSettings};

/// A sink that keeps everything in memory.
#[derive(Debug)]
pub struct CapturingSink {
    name: String,
    captured: Captured,
}

/// What a [`CapturingSink`] got. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Captured {
    shared: Arc<Mutex<Capture>>,
}

#[derive(Debug, Default)]
struct Capture {
    lines: Vec<CapturedLine>,
    syncs: usize,
}

/// One captured event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapturedLine {
    /// Its number.
    pub seq: u64,
    /// Its severity.
    pub severity: Severity,
    /// The line with its newline; bytes that are not UTF-8 are replaced.
    pub text: String,
}

impl CapturingSink {
    /// A sink of that name and the view of what it gets. It vouches for [`Level::Durable`].
    pub fn new(name: impl Into<String>) -> (Self, Captured) {
        let captured = Captured::default();
        let sink = Self {
            name: name.into(),
            captured: captured.clone(),
        };
        (sink, captured)
    }

    /// Lets the sink hold what another one got, as a destination that outlives its process does.
    pub fn adopt(&mut self, other: &Captured) {
        self.captured.lock().lines.extend(other.lines());
    }
}

impl Sink for CapturingSink {
    fn name(&self) -> &str {
        &self.name
    }

    fn deliver(&mut self, batch: &Batch<'_>) -> Result<(), DeliveryError> {
        let lines = batch.lines().map(|line| CapturedLine {
            seq: line.seq,
            severity: line.severity,
            text: String::from_utf8_lossy(line.bytes).into_owned(),
        });
        self.captured.lock().lines.extend(lines);
        Ok(())
    }

    fn sync(&mut self, _: Earlier<'_>) -> Result<(), DeliveryError> {
        self.captured.lock().syncs += 1;
        Ok(())
    }

    fn holds(&mut self, line: &Line<'_>) -> bool {
        let captured = self.captured.lock();
        captured
            .lines
            .iter()
            .any(|kept| kept.text.as_bytes() == line.bytes)
    }

    fn level(&self) -> Level {
        Level::Durable
    }
}

impl Captured {
    /// Every event so far, in the order of delivery.
    pub fn lines(&self) -> Vec<CapturedLine> {
        self.lock().lines.clone()
    }

    /// How many events so far.
    pub fn event_count(&self) -> usize {
        self.lock().lines.len()
    }

    /// How often the sink was asked to sync.
    pub fn syncs(&self) -> usize {
        self.lock().syncs
    }

    /// Asserts that exactly these lines arrived, newlines included.
    ///
    /// # Panics
    /// When other lines arrived, or in another order.
    #[track_caller]
    pub fn assert_lines(&self, expected: &[&str]) {
        let lines = self.lines();
        let texts: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, expected);
    }

    /// Asserts that some line contains the text and returns the first that does.
    ///
    /// # Panics
    /// When none does.
    #[track_caller]
    pub fn assert_contains(&self, part: &str) -> CapturedLine {
        let lines = self.lines();
        let found = lines.iter().find(|line| line.text.contains(part));
        found
            .unwrap_or_else(|| panic!("no line contains {part:?} in {lines:#?}"))
            .clone()
    }

    /// Asserts that the numbers begin at 1, rise by one and end at `last_seq`: nothing lost,
    /// nothing doubled, nothing out of order.
    ///
    /// # Panics
    /// When an event is missing, doubled or out of order.
    #[track_caller]
    pub fn assert_unbroken(&self, last_seq: u64) {
        let numbers: Vec<_> = self.lines().iter().map(|line| line.seq).collect();
        let expected: Vec<_> = (1..=last_seq).collect();
        assert!(
            numbers == expected,
            "expected 1..={last_seq}, got {numbers:?}"
        );
    }

    fn lock(&self) -> MutexGuard<'_, Capture> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

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
