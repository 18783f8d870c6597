//! The file: opened, written, synced, exchanged.

mod ahead;
mod checkpoints;
mod copied;
mod held;
mod left;
mod lock;
mod log;
mod note;
mod open;
mod owed;
mod resume;
mod resync;
mod room;
mod rotate;
mod rotated;
mod truncation;
mod write;

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rra_sink::{Batch, DeliveryError, Earlier, Fault, Level, Line, Sink, SinkSettings};

use crate::chain::Chain;
use crate::clock::Clock;
use crate::complaint::Complaints;
use crate::config::FileConfig;
use crate::error::Error;
use crate::place::Place;
use checkpoints::Checkpoints;
use held::Held;
use left::Left;
use lock::WriterLock;
use log::Log;
pub use note::Note;
pub use open::Torn;
use owed::Owed;
use rotate::Rotator;

/// logrotate creates the next file within a millisecond, unless it has to wait for a processor.
const CREATE_AFTER: Duration = Duration::from_millis(500);

/// A log file as a destination of events.
pub struct FileSink {
    place: Place,
    clock: Clock,
    complaints: Arc<Complaints>,
    /// `None` after a failed sync or an open on a full disk, until the next delivery.
    log: Option<Log>,
    /// Files begun or continued so far.
    segments: u64,
    torn: Option<Torn>,
    rotator: Option<Rotator>,
    chain: Option<Linked>,
    /// How long another program is given to create the file that it renamed.
    create_after: Duration,
    missing_since: Option<Instant>,
    owed: Owed,
    /// Nothing could be synced since the last attempt failed.
    is_failing: bool,
    /// A file that was put aside, and has nothing that is not owed.
    copied: Option<PathBuf>,
    left: Left,
    /// What the log has of a dead process; only while that is asked.
    held: Option<Held>,
    note: Box<dyn FnMut(Note) + Send>,
}

/// What a hash chain brings along.
#[derive(Debug)]
struct Linked {
    chain: Chain,
    checkpoints: Checkpoints,
    lock: WriterLock,
}

impl Linked {
    /// What was linked last.
    fn bytes(&self) -> &[u8] {
        self.chain.linked()
    }
}

impl FileSink {
    /// Opens or creates the log file, with its directories, and repairs a torn last line.
    ///
    /// A full disk is no error: what it has no room for now is done before the first line is written. Only
    /// the directory of a hash chain must be there.
    ///
    /// # Errors
    /// An [`Error`] that names the path and how to mend it, when the file cannot be written or is
    /// not safe to write.
    pub fn open(config: FileConfig) -> Result<Self, Error> {
        Self::open_at(config, Clock::system())
    }

    fn open_at(config: FileConfig, clock: Clock) -> Result<Self, Error> {
        let place = Place::new(&config.path)?;
        let is_prepared = match place.prepare() {
            // The lock of a chain must be somewhere.
            Err(error) if error.is_lack_of_room() && !config.chain => false,
            prepared => prepared.map(|()| true)?,
        };
        // Before the file is touched: another process may be writing it.
        let lock = config.chain.then(|| WriterLock::own(&place)).transpose()?;
        let opened = is_prepared.then(|| open::open(&place)).transpose();
        let opened = match opened {
            Err(error) if error.is_lack_of_room() => None,
            opened => opened?,
        };
        let (log, torn) = opened.unzip();
        let chain = lock.map(|lock| Linked::resume(lock, &place)).transpose()?;
        let complaints = Arc::default();
        let rotator = config
            .rotation
            .map(|rotation| Rotator::start(rotation, &place, &clock, &complaints));
        Ok(Self {
            rotator: rotator.transpose()?,
            place,
            clock,
            complaints,
            segments: u64::from(log.is_some()),
            log,
            torn: torn.flatten(),
            chain,
            create_after: CREATE_AFTER,
            missing_since: None,
            owed: Owed::default(),
            is_failing: false,
            copied: None,
            left: Left::default(),
            held: None,
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

    /// Makes the open file the one that the path names, after rotating it if that is due.
    fn take_current(
        &mut self,
        coming_bytes: usize,
        earlier: Earlier<'_>,
    ) -> Result<(), DeliveryError> {
        let is_rotated = self.rotate_if_due(coming_bytes as u64);
        let place = &self.place;
        if self.log.as_mut().is_some_and(|log| log.see(place)) {
            self.missing_since = None;
            return Ok(());
        }
        if !is_rotated && self.may_appear() {
            return Ok(());
        }
        self.missing_since = None;
        let failed = |error: Error| DeliveryError::retryable(error.to_string());
        self.place.prepare().map_err(failed)?;
        if let Some(linked) = &mut self.chain {
            linked.lock.keep(&self.place).map_err(failed)?;
        }
        // The old descriptor stays open until the new file is: otherwise the new file could get
        // the inode of the old one and look the same.
        let (new, torn) = open::open(&self.place).map_err(failed)?;
        if let Some(torn) = torn {
            (self.note)(Note::Torn(torn));
        }
        if let Some(old) = self.log.replace(new) {
            self.leave(old, earlier);
        }
        if let Some(rotator) = &self.rotator {
            rotator.wake();
        }
        self.segments += 1;
        if self.segments > 1 {
            (self.note)(Note::Segment {
                number: self.segments,
                previous_head: self.chain.as_ref().map(|linked| linked.chain.head()),
            });
        }
        Ok(())
    }

    /// Whether the file was renamed and another program may be about to create the next one, as
    /// logrotate does: it fails if that is there already. Meanwhile the old one is written.
    fn may_appear(&mut self) -> bool {
        let is_missing = fs::symlink_metadata(self.place.path())
            .is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
        let has_name = self.log.as_ref().is_some_and(Log::has_name);
        let since = *self.missing_since.get_or_insert_with(Instant::now);
        is_missing && has_name && since.elapsed() < self.create_after
    }

    /// The path names another file now. What was written to the old one must not be less safe.
    fn leave(&mut self, mut old: Log, earlier: Earlier<'_>) {
        if old.is_unsynced() && old.sync_data().is_err() {
            self.owe_unsynced(&old, earlier);
            return;
        }
        // Trades the lock that keeps others from compressing the file, so not before the sync.
        old.give_back_room();
        if !old.is_seen() {
            self.left.watch(old, Instant::now());
        }
    }

    /// Tells what is due to be told.
    fn finish(&mut self, outcome: Result<(), DeliveryError>) -> Result<(), DeliveryError> {
        match &outcome {
            Ok(()) => self.note_checkpoint_if_due(),
            Err(error) => self.complaints.about(&error.to_string()),
        }
        outcome.map_err(|error| error.fault(Fault::Io))
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
        self.finish(delivered)
    }

    fn sync(&mut self, earlier: Earlier<'_>) -> Result<(), DeliveryError> {
        let synced = self.sync_or_write_again(earlier);
        self.finish(synced)
    }

    fn tend(&mut self, earlier: Earlier<'_>) -> Result<(), DeliveryError> {
        // A restart is over when nothing waits.
        self.held = None;
        let ready = self.prepare(0, earlier);
        self.finish(ready)
    }

    fn holds(&mut self, line: &Line<'_>) -> bool {
        let place = &self.place;
        let held = self.held.get_or_insert_with(|| Held::read(place));
        held.has(line.bytes)
    }

    fn level(&self) -> Level {
        Level::Durable
    }

    fn settings(&self) -> SinkSettings {
        let mut settings = SinkSettings::default();
        // A chain holds the lines of a batch once more, with their links.
        if self.chain.is_some() {
            settings.max_batch_bytes /= 2;
        }
        settings
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
