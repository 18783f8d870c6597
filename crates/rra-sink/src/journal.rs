//! The journal: where producers append and from where lanes deliver. Owns the waiting; the bytes
//! are the rings' business and the destinations the lanes'.

mod builder;
mod dead;
mod directory;
mod progress;
mod remotes;
mod shared;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rra_schema::{LineBuffer, Severity};

#[cfg(all(test, feature = "network"))]
pub(crate) use builder::Assembled;
pub use builder::Builder;
pub(crate) use dead::is_sound;
#[cfg(feature = "network")]
pub(crate) use directory::SpoolDirectory;
pub(crate) use shared::Shared;
use shared::{Entry, Inside};

use crate::deadline;
use crate::draft::Write;
use crate::error::{Error, Refused};
use crate::loss::Reason;
use crate::receipt::{Level, Receipt};
use crate::report::{Health, Report};

/// A bounded, numbered queue of finished lines in front of every sink. Cheap to clone; all clones
/// are one journal.
///
/// When the last clone is dropped without [`Journal::shutdown`], lanes still deliver what is there
/// for up to five seconds, but nobody waits for them: a program that ends should shut down.
///
/// A forked child has the handle and none of the threads behind it. There every append is refused as
/// [`Reason::Forked`](crate::Reason::Forked), nothing waits, the account is empty, and dropping the
/// handle takes nothing from the parent. A child that wants to log starts a journal of its own.
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
    /// `write` gets the number of the event and an empty buffer for one line with its newline, at
    /// most [`LINE_BYTES`](rra_schema::limits::LINE_BYTES) long. It runs under the lock of a ring,
    /// so it should only write. An event that finds no room uses no number.
    ///
    /// # Errors
    /// [`Refused`] with the reason. The loss is counted, and so is that of an append made from within
    /// `write`, which is refused.
    pub fn append(
        &self,
        severity: Severity,
        mut write: impl FnMut(u64, &mut Vec<u8>),
    ) -> Result<Accepted, Refused> {
        let Entry { seq, .. } = self.enter(severity, Write::Raw(&mut write))?;
        Ok(Accepted { seq })
    }

    /// Like [`Journal::append`], for an event that [`SecurityEvent::write_line`] writes.
    ///
    /// [`SecurityEvent::write_line`]: rra_schema::SecurityEvent::write_line
    ///
    /// # Errors
    /// Those of [`Journal::append`].
    pub fn append_event(
        &self,
        severity: Severity,
        mut write: impl FnMut(u64, &mut LineBuffer<'_>),
    ) -> Result<Accepted, Refused> {
        let Entry { seq, .. } = self.enter(severity, Write::Event(&mut write))?;
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
        self.enter_with_receipt(severity, Write::Raw(&mut write), level)
    }

    /// Like [`Journal::append_with_receipt`], for an event that [`SecurityEvent::write_line`]
    /// writes.
    ///
    /// [`SecurityEvent::write_line`]: rra_schema::SecurityEvent::write_line
    ///
    /// # Errors
    /// Those of [`Journal::append_with_receipt`].
    pub fn append_event_with_receipt(
        &self,
        severity: Severity,
        level: Level,
        mut write: impl FnMut(u64, &mut LineBuffer<'_>),
    ) -> Result<Receipt, Error> {
        self.enter_with_receipt(severity, Write::Event(&mut write), level)
    }

    /// Waits until every sink has everything accepted so far, at most this long. Sinks that are
    /// down are tried again at once.
    ///
    /// # Errors
    /// [`Error::Late`] when the deadline passes first.
    pub fn flush(&self, deadline: Duration) -> Result<(), Error> {
        // A panic hook may flush from a thread that panicked while it held the lock.
        if Inside::is_entered() {
            return Err(Error::Late {
                waited: Duration::ZERO,
                pending: 0,
            });
        }
        self.shared.flush(deadline)
    }

    /// Refuses further events, waits until every sink has everything or the deadline passes, and
    /// returns the account. Sinks that offer it are synced. Without a directory, what is pending in
    /// the report is lost with the process. Calling it again returns the account again.
    pub fn shutdown(&self, deadline: Duration) -> Report {
        if !Inside::is_entered() {
            self.shared.report_gaps();
            self.shared.shutdown(deadline::after(deadline));
        }
        self.report()
    }

    /// Whether it was shut down, so that it takes no more events.
    pub fn is_closed(&self) -> bool {
        self.shared.is_closing()
    }

    /// Events that dead processes left in the journal's directory and that a sink still lacked:
    /// they are delivered before new ones.
    pub fn recovered_events(&self) -> u64 {
        self.shared.recovered_events()
    }

    /// Files of dead processes that a power failure had damaged, kept under these names.
    pub fn damaged_files(&self) -> &[PathBuf] {
        self.shared.damaged_files()
    }

    /// Why what is accepted does not survive the end of the process although the journal was to have a
    /// directory: at the start its disk was full. The next start looks again.
    pub fn lacks_directory(&self) -> Option<&Error> {
        self.shared.no_room()
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

    fn enter_with_receipt(
        &self,
        severity: Severity,
        write: Write<'_>,
        level: Level,
    ) -> Result<Receipt, Error> {
        if !self.shared.offers(level) {
            return Err(Error::NoSinkForLevel { level });
        }
        let entry = self.enter(severity, write)?;
        let receipt = self.shared.promise(&entry, level);
        receipt.ok_or(Error::NoSinkForLevel { level })
    }

    fn enter(&self, severity: Severity, write: Write<'_>) -> Result<Entry, Refused> {
        let entry = self.shared.append(severity, write);
        entry.map_err(|reason| self.refused(severity, reason))
    }

    #[cold]
    fn refused(&self, severity: Severity, reason: Reason) -> Refused {
        // Noted here, since to do it where producers go costs each of them. Whoever was refused for another
        // reason is inside of nothing any more, and counted.
        if Inside::is_entered() {
            self.shared.refuse_inside(severity);
        }
        Refused { reason }
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
    #[cfg(all(test, feature = "network"))]
    pub(crate) fn shared_for_tests(&self) -> &Shared {
        &self.shared
    }

    /// A further handle of the same journal.
    pub(crate) fn of(shared: &Arc<Shared>) -> Self {
        shared.handles.fetch_add(1, Ordering::Relaxed);
        Self {
            shared: Arc::clone(shared),
        }
    }
}

#[cfg(test)]
mod tests;
