//! A sink that keeps what it gets.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rra_schema::Severity;

use crate::receipt::Level;
use crate::sink::{Batch, DeliveryError, Earlier, Line, Sink};

/// A sink that keeps everything in memory.
///
/// ```
/// use std::time::Duration;
/// use rra_schema::Severity;
/// use rra_sink::{Journal, testing::CapturingSink};
///
/// let (sink, captured) = CapturingSink::new("memory");
/// let journal = Journal::builder().sink(sink).start()?;
/// for name in ["alice", "bob"] {
///     journal.append(Severity::Error, |seq, line| {
///         line.extend_from_slice(format!("{{\"n\":{seq},\"user\":\"{name}\"}}\n").as_bytes());
///     })?;
/// }
/// journal.flush(Duration::from_secs(5))?;
///
/// captured.assert_unbroken(2);
/// let bob = captured.assert_contains("bob");
/// assert_eq!((bob.seq, bob.severity), (2, Severity::Error));
/// captured.assert_lines(&["{\"n\":1,\"user\":\"alice\"}\n", "{\"n\":2,\"user\":\"bob\"}\n"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct CapturingSink {
    name: String,
    pub(super) captured: Captured,
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

    pub(super) fn sink_name(&self) -> &str {
        &self.name
    }

    /// Lets the sink hold what another one got, as a destination that outlives its process does.
    pub fn adopt(&mut self, other: &Captured) {
        self.captured.lock().lines.extend(other.lines());
    }
}

impl Sink for CapturingSink {
    fn name(&self) -> &str {
        self.sink_name()
    }

    fn deliver(&mut self, batch: &Batch<'_>) -> Result<(), DeliveryError> {
        self.captured.take(batch);
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

    pub(super) fn take(&self, batch: &Batch<'_>) {
        let lines = batch.lines().map(|line| CapturedLine {
            seq: line.seq,
            severity: line.severity,
            text: String::from_utf8_lossy(line.bytes).into_owned(),
        });
        self.lock().lines.extend(lines);
    }

    fn lock(&self) -> MutexGuard<'_, Capture> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
