//! The journal: where producers append and from where lanes deliver. Owns the lock and the
//! waiting; the bytes are the store's business and the destinations the lanes'.

mod builder;
mod shared;
mod store;

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rra_schema::Severity;

pub use builder::Builder;
pub(crate) use shared::Shared;

use crate::deadline;
use crate::error::{Error, Refused};
use crate::loss::Reason;
use crate::receipt::{Level, Receipt};
use crate::report::{Health, Report};

/// A bounded, numbered queue of finished lines in front of every sink. Cheap to clone; all clones
/// are one journal.
///
/// When the last clone is dropped without [`Journal::shutdown`], lanes still deliver what is there
/// for up to five seconds, but nobody waits for them: a program that ends should shut down.
pub struct Journal {
    shared: Arc<Shared>,
}

/// The answer to an accepted event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Accepted {
    /// The number of the event: 1 for the first, then always one more.
    pub seq: u64,
}

/// How long lanes go on by themselves after the last handle was dropped.
const DRAIN_AFTER_DROP: Duration = Duration::from_secs(5);

impl Journal {
    /// Starts a description of a journal.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Lets `write` make the line of one event and accepts it, or refuses it with a reason.
    ///
    /// `write` gets the number of the event and an empty buffer for one line with its newline. It
    /// runs under the journal's lock, so it should only write; it runs again when the event had to
    /// wait for room. A refused event uses no number.
    ///
    /// # Errors
    /// [`Refused`] with the reason. The loss is counted, except that of an append made from within
    /// `write`, which is refused without touching the journal.
    pub fn append(
        &self,
        severity: Severity,
        mut write: impl FnMut(u64, &mut Vec<u8>),
    ) -> Result<Accepted, Refused> {
        let seq = self.enter(severity, &mut write, None)?.0;
        Ok(Accepted { seq })
    }

    /// Like [`Journal::append`], with a receipt that tells when the event reached the level at the
    /// first sink that offers it. The lane does not linger for it.
    ///
    /// # Errors
    /// [`Error::NoSinkForLevel`] when no sink offers the level (nothing is appended then), and
    /// [`Error::Refused`].
    pub fn append_with_receipt(
        &self,
        severity: Severity,
        level: Level,
        mut write: impl FnMut(u64, &mut Vec<u8>),
    ) -> Result<Receipt, Error> {
        if !self.shared.offers(level) {
            return Err(Error::NoSinkForLevel { level });
        }
        let (_, receipt) = self.enter(severity, &mut write, Some(level))?;
        receipt.ok_or(Error::NoSinkForLevel { level })
    }

    /// Waits until every sink has everything accepted so far, at most this long. Sinks that are
    /// down are tried again at once.
    ///
    /// # Errors
    /// [`Error::Late`] when the deadline passes first.
    pub fn flush(&self, deadline: Duration) -> Result<(), Error> {
        // A panic hook may flush from a thread that panicked while it held the lock.
        if APPENDING.get() {
            return Err(Error::Late {
                waited: Duration::ZERO,
                pending: 0,
            });
        }
        self.shared.flush(deadline)
    }

    /// Refuses further events, waits until every sink has everything or the deadline passes, and
    /// returns the account. Sinks that offer it are synced. What is pending in the report is lost
    /// with the process. Calling it again returns the account again.
    pub fn shutdown(&self, deadline: Duration) -> Report {
        if !APPENDING.get() {
            self.shared.report_gaps();
            self.shared.shutdown(deadline::after(deadline));
        }
        self.report()
    }

    /// The account at this moment.
    pub fn report(&self) -> Report {
        self.shared.report()
    }

    /// How each sink is doing, in the order they were added.
    pub fn health(&self) -> Vec<Health> {
        self.shared.health()
    }

    /// Offers every loss not yet mentioned in the log to the gap hook now, room or not. Otherwise
    /// that happens when half of the journal is free again, and at shutdown.
    pub fn report_gaps(&self) {
        self.shared.report_gaps();
    }

    fn enter(
        &self,
        severity: Severity,
        write: &mut dyn FnMut(u64, &mut Vec<u8>),
        level: Option<Level>,
    ) -> Result<(u64, Option<Receipt>), Refused> {
        // An append from within the writer of another would wait for itself.
        let Some(_inside) = Inside::enter() else {
            return Err(Refused {
                reason: Reason::Invalid,
            });
        };
        self.shared
            .append(severity, write, level)
            .map_err(|reason| Refused { reason })
    }
}

impl Clone for Journal {
    fn clone(&self) -> Self {
        Self::of(&self.shared)
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        if self.shared.handles.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.shared.close(deadline::after(DRAIN_AFTER_DROP));
        }
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").finish_non_exhaustive()
    }
}

impl Journal {
    /// A further handle of the same journal.
    pub(crate) fn of(shared: &Arc<Shared>) -> Self {
        shared.handles.fetch_add(1, Ordering::Relaxed);
        Self {
            shared: Arc::clone(shared),
        }
    }
}

thread_local! {
    static APPENDING: Cell<bool> = const { Cell::new(false) };
}

/// Marks this thread as being inside an append, for as long as it lives.
struct Inside;

impl Inside {
    fn enter() -> Option<Self> {
        if APPENDING.replace(true) {
            None
        } else {
            Some(Self)
        }
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        APPENDING.set(false);
    }
}

#[cfg(test)]
mod tests;
