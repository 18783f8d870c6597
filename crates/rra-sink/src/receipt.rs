//! Levels of safety and the receipt that tells when one event reached its level.

use std::collections::VecDeque;
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

/// Receipts that one lane has to answer, in order of numbers.
#[derive(Debug, Default)]
pub(crate) struct Promises {
    written: VecDeque<Receipt>,
    durable: VecDeque<Receipt>,
}

impl Promises {
    /// Promises that the event reaches the level.
    pub(crate) fn make(&mut self, seq: u64, level: Level) -> Receipt {
        let receipt = Receipt {
            seq,
            level,
            outcome: Arc::default(),
        };
        match level {
            Level::Accepted => receipt.outcome.decide(Ok(())),
            Level::Written => self.written.push_back(receipt.clone()),
            Level::Durable => self.durable.push_back(receipt.clone()),
        }
        receipt
    }

    /// Every event below `seq` was written.
    pub(crate) fn written_below(&mut self, seq: u64) {
        answer_below(&mut self.written, seq, &Ok(()));
    }

    /// Whether somebody waits for an event below `seq` to be durable.
    pub(crate) fn sync_due(&self, seq: u64) -> bool {
        self.durable.front().is_some_and(|first| first.seq < seq)
    }

    /// The sync after every event below `seq` was written has ended.
    pub(crate) fn synced_below(&mut self, seq: u64, outcome: &Result<(), String>) {
        answer_below(&mut self.durable, seq, outcome);
    }

    /// No event from `first_seq` to below `end_seq` will be delivered.
    pub(crate) fn break_range(&mut self, first_seq: u64, end_seq: u64, cause: &str) {
        for queue in [&mut self.written, &mut self.durable] {
            queue.retain(|receipt| {
                let lost = (first_seq..end_seq).contains(&receipt.seq);
                if lost {
                    receipt.outcome.decide(Err(cause.to_owned()));
                }
                !lost
            });
        }
    }
}

fn answer_below(queue: &mut VecDeque<Receipt>, seq: u64, outcome: &Result<(), String>) {
    while let Some(receipt) = queue.pop_front_if(|first| first.seq < seq) {
        receipt.outcome.decide(outcome.clone());
    }
}
