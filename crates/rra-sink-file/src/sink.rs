//! The file: opened, written, synced, exchanged.

mod checkpoints;
mod lock;
mod log;
mod note;
mod open;
mod resume;
mod rotate;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use rra_sink::{Batch, DeliveryError, Earlier, Level, Sink};

use crate::chain::Chain;
use crate::clock::Clock;
use crate::complaint::Complaints;
use crate::config::FileConfig;
use crate::error::Error;
use crate::place::Place;
use checkpoints::Checkpoints;
use lock::WriterLock;
use log::Log;
pub use note::Note;
pub use open::Torn;
use rotate::Rotator;

/// A log file as a destination of events.
pub struct FileSink {
    place: Place,
    clock: Clock,
    complaints: Arc<Complaints>,
    /// `None` after a failed sync, until the next delivery.
    log: Option<Log>,
    /// Files begun or continued so far.
    segments: u64,
    torn: Option<Torn>,
    rotator: Option<Rotator>,
    chain: Option<Linked>,
    note: Box<dyn FnMut(Note) + Send>,
}

/// What a hash chain brings along.
#[derive(Debug)]
struct Linked {
    chain: Chain,
    checkpoints: Checkpoints,
    lock: WriterLock,
}

impl FileSink {
    /// Opens or creates the log file, with its directories, and repairs a torn last line.
    ///
    /// # Errors
    /// An [`Error`] that names the path and how to mend it, when the file cannot be written or is
    /// not safe to write.
    pub fn open(config: FileConfig) -> Result<Self, Error> {
        Self::open_at(config, Clock::system())
    }

    fn open_at(config: FileConfig, clock: Clock) -> Result<Self, Error> {
        let place = Place::new(&config.path)?;
        place.prepare()?;
        // Before the file is touched: another process may be writing it.
        let lock = config.chain.then(|| WriterLock::own(&place)).transpose()?;
        let (log, torn) = open::open(&place)?;
        let chain = lock
            .map(|lock| Linked::resume(lock, &place, &log))
            .transpose()?;
        let complaints = Arc::default();
        let rotator = config
            .rotation
            .map(|rotation| Rotator::start(rotation, &place, &clock, &complaints));
        Ok(Self {
            rotator: rotator.transpose()?,
            place,
            clock,
            complaints,
            log: Some(log),
            segments: 1,
            torn,
            chain,
            note: Box::new(|_| {}),
        })
    }

    /// Calls this for whatever the log should say about itself, on the thread that delivers.
    pub fn on_note(mut self, note: impl FnMut(Note) + Send + 'static) -> Self {
        self.note = Box::new(note);
        self
    }

    /// The file, as an absolute path.
    pub fn path(&self) -> &Path {
        self.place.path()
    }

    /// The torn line that the open found, if any.
    pub fn torn(&self) -> Option<&Torn> {
        self.torn.as_ref()
    }

    fn write(&mut self, batch: &Batch<'_>) -> Result<(), DeliveryError> {
        if let Some(linked) = &mut self.chain {
            linked.chain.link(batch.lines().map(|line| line.bytes));
        }
        let length = self.bytes_of(batch).len();
        self.take_current(length)?;
        let now = (self.clock)();
        let Self {
            log, chain, place, ..
        } = self;
        let log = log
            .as_mut()
            .ok_or_else(|| DeliveryError::retryable("no file is open"))?;
        let bytes = chain
            .as_ref()
            .map_or(batch.bytes(), |linked| linked.chain.linked());
        let outcome = log.write(batch.first_seq(), bytes, now);
        let in_file = outcome
            .as_ref()
            .map_or_else(|(in_file, _)| *in_file, |()| length);
        let (events, rest) = match chain {
            Some(linked) => linked.chain.advance(in_file),
            None => batch.events_within(in_file),
        };
        outcome.map_err(|(_, error)| {
            if let Some(cut) = batch.rest(events) {
                log.leave_unfinished(cut.first_seq(), rest);
            }
            let path = place.path().display();
            DeliveryError::retryable(format!("{path} cannot be written: {error}")).after(events)
        })
    }

    /// What the batch is in the file.
    fn bytes_of<'a>(&'a self, batch: &Batch<'a>) -> &'a [u8] {
        self.chain
            .as_ref()
            .map_or(batch.bytes(), |linked| linked.chain.linked())
    }

    /// Makes the open file the one that the path names, after rotating it if that is due.
    fn take_current(&mut self, coming_bytes: usize) -> Result<(), DeliveryError> {
        self.rotate_if_due(coming_bytes as u64);
        if self
            .log
            .as_ref()
            .is_some_and(|log| self.place.is_at(log.found()))
        {
            return Ok(());
        }
        let failed = |error: Error| DeliveryError::retryable(error.to_string());
        self.place.prepare().map_err(failed)?;
        if let Some(linked) = &mut self.chain {
            linked.lock.keep(&self.place).map_err(failed)?;
        }
        // The old descriptor stays open until the new file is: otherwise the new file could get
        // the inode of the old one and look the same.
        let (new, _) = open::open(&self.place).map_err(failed)?;
        if let Some(old) = self.log.replace(new) {
            old.leave();
        }
        self.segments += 1;
        (self.note)(Note::Segment {
            number: self.segments,
            previous_head: self.chain.as_ref().map(|linked| linked.chain.head()),
        });
        Ok(())
    }

    /// Says where the chain is, when enough lines or time went by.
    fn note_checkpoint_if_due(&mut self) {
        if let Some(linked) = &mut self.chain
            && linked
                .checkpoints
                .take_due(linked.chain.count(), Instant::now())
        {
            (self.note)(Note::Checkpoint {
                head: linked.chain.head(),
                count: linked.chain.count(),
            });
        }
    }
}

impl Sink for FileSink {
    fn name(&self) -> &'static str {
        "file"
    }

    fn deliver(&mut self, batch: &Batch<'_>) -> Result<(), DeliveryError> {
        let delivered = self.write(batch);
        match &delivered {
            Ok(()) => self.note_checkpoint_if_due(),
            Err(error) => self.complaints.about(&error.to_string()),
        }
        delivered
    }

    fn sync(&mut self, _: Earlier<'_>) -> Result<(), DeliveryError> {
        let Some(log) = &mut self.log else {
            return Ok(());
        };
        log.sync().map_err(|error| {
            self.log = None;
            let path = self.place.path().display();
            let cause = format!("{path} cannot be synced: {error}");
            self.complaints.about(&cause);
            DeliveryError::retryable(cause)
        })
    }

    fn level(&self) -> Level {
        Level::Durable
    }
}

impl fmt::Debug for FileSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileSink")
            .field("place", &self.place)
            .field("log", &self.log)
            .field("chain", &self.chain)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
