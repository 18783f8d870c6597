//! Levels of safety and the receipt that tells when one event reached its level.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::deadline;
use crate::error::Error;

/// How safe an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// In the journal.
    Accepted,
    /// In the log file: write(2) returned, so it survives the end of the process.
    Written,
    /// fdatasync(2) returned and the directory entry is synced, so it survives a power failure.
    Durable,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Accepted => "accepted",
            Self::Written => "written",
            Self::Durable => "durable",
        })
    }
}

/// The promise that one event reaches a level.
#[derive(Clone, Debug)]
pub struct Receipt {
    seq: u64,
    level: Level,
    outcome: Arc<Outcome>,
}

impl Receipt {
    /// The number of the event.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// The level it was asked for.
    pub fn level(&self) -> Level {
        self.level
    }

    /// Whether the level was reached; `None` while that is open.
    ///
    /// # Errors
    /// [`Error::Broken`] when the sink cannot vouch for it.
    pub fn poll(&self) -> Option<Result<(), Error>> {
        self.read(self.outcome.lock().as_ref())
    }

    /// Waits for the level, at most this long.
    ///
    /// # Errors
    /// [`Error::Late`] when the deadline passes first, [`Error::Broken`] when the sink cannot
    /// vouch for it.
    pub fn wait(&self, deadline: Duration) -> Result<(), Error> {
        let until = deadline::after(deadline);
        let mut state = self.outcome.lock();
        loop {
            if let Some(result) = self.read(state.as_ref()) {
                return result;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Error::Late {
                    waited: deadline,
                    pending: 1,
                });
            }
            let woken = self.outcome.decided.wait_timeout(state, left);
            state = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn read(&self, state: Option<&Result<(), String>>) -> Option<Result<(), Error>> {
        state.map(|outcome| {
            outcome.clone().map_err(|cause| Error::Broken {
                seq: self.seq,
                level: self.level,
                cause,
            })
        })
    }
}

/// What the lane decides and the receipt reads.
#[derive(Debug, Default)]
struct Outcome {
    state: Mutex<Option<Result<(), String>>>,
    decided: Condvar,
}

impl Outcome {
    fn lock(&self) -> MutexGuard<'_, Option<Result<(), String>>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn decide(&self, outcome: Result<(), String>) {
        *self.lock() = Some(outcome);
        self.decided.notify_all();
    }
}

/// Receipts that one lane has to answer.
#[derive(Debug, Default)]
pub(crate) struct Promises {
    open: Vec<Promise>,
}

#[derive(Debug)]
struct Promise {
    /// The ring that the event is in, and its place there.
    ring: usize,
    index: u64,
    /// Written, and not yet known to be durable.
    is_written: bool,
    receipt: Receipt,
}

impl Promises {
    /// Promises that the event at that place reaches the level; `cursor` is how far its lane came
    /// in that ring.
    pub(crate) fn make(
        &mut self,
        (ring, index): (usize, u64),
        cursor: u64,
        seq: u64,
        level: Level,
    ) -> Receipt {
        let receipt = Receipt {
            seq,
            level,
            outcome: Arc::default(),
        };
        self.open.push(Promise {
            ring,
            index,
            is_written: false,
            receipt: receipt.clone(),
        });
        if level == Level::Accepted {
            self.answer(|promise| promise.receipt.level == level, &Ok(()));
        }
        self.written_below(ring, cursor);
        receipt
    }

    /// Whether nobody waits for anything.
    pub(crate) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// Every event of that ring before `cursor` was written.
    pub(crate) fn written_below(&mut self, ring: usize, cursor: u64) {
        for promise in &mut self.open {
            promise.is_written |= promise.ring == ring && promise.index < cursor;
        }
        let is_kept =
            |promise: &Promise| promise.is_written && promise.receipt.level <= Level::Written;
        self.answer(is_kept, &Ok(()));
    }

    /// Whether somebody waits for a written event to be durable.
    pub(crate) fn sync_due(&self) -> bool {
        self.open.iter().any(|promise| promise.is_written)
    }

    /// The sync after the lane wrote what it has written has ended.
    pub(crate) fn synced(&mut self, outcome: &Result<(), String>) {
        self.answer(|promise| promise.is_written, outcome);
    }

    /// No event of that ring from `first` to below `end` will be delivered.
    pub(crate) fn break_range(&mut self, ring: usize, first: u64, end: u64, cause: &str) {
        let lost =
            |promise: &Promise| promise.ring == ring && (first..end).contains(&promise.index);
        self.answer(lost, &Err(cause.to_owned()));
    }

    /// Nothing more will be delivered.
    pub(crate) fn break_all(&mut self, cause: &str) {
        self.answer(|_| true, &Err(cause.to_owned()));
    }

    fn answer(&mut self, which: impl Fn(&Promise) -> bool, outcome: &Result<(), String>) {
        self.open.retain(|promise| {
            let answered = which(promise);
            if answered {
                promise.receipt.outcome.decide(outcome.clone());
            }
            !answered
        });
    }
}
