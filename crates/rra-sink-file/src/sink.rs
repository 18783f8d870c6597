//! The file: every system call of this crate.

mod open;

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rra_sink::{Batch, DeliveryError, Level, Sink};

use crate::config::FileConfig;
use crate::error::Error;
use crate::wire::Unfinished;

/// A log file as a destination of events.
#[derive(Debug)]
pub struct FileSink {
    path: PathBuf,
    /// `None` after a failed sync, until the next delivery.
    log: Option<Log>,
    torn: Option<Torn>,
}

/// An incomplete last line that was found at the open and moved aside.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Torn {
    /// The file it is in now.
    pub kept_in: PathBuf,
    /// Its length.
    pub bytes: u64,
}

/// The open file.
#[derive(Debug)]
struct Log {
    file: File,
    device: u64,
    inode: u64,
    /// Something was written since the last sync.
    unsynced: bool,
    unfinished: Option<Unfinished>,
    /// The length of the file just after the write that left a line unfinished.
    unfinished_length: u64,
}

impl FileSink {
    /// Opens or creates the log file, with its directories, and repairs a torn last line.
    ///
    /// # Errors
    /// An [`Error`] that names the path and how to mend it, when the file cannot be written or is
    /// not safe to write.
    pub fn open(config: FileConfig) -> Result<Self, Error> {
        let path = std::path::absolute(&config.path).map_err(|source| Error::Open {
            path: config.path,
            source,
        })?;
        let (log, torn) = open::open(&path)?;
        Ok(Self {
            path,
            log: Some(log),
            torn,
        })
    }

    /// The file, as an absolute path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The torn line that the open found, if any.
    pub fn torn(&self) -> Option<&Torn> {
        self.torn.as_ref()
    }

    /// The file that the path names now.
    fn current(&mut self) -> Result<&mut Log, DeliveryError> {
        let same = self.log.as_ref().is_some_and(|log| log.is_at(&self.path));
        if !same {
            // The old descriptor stays open until the new file is: otherwise the new file could get
            // the inode of the old one and look the same.
            let (new, _) = open::open(&self.path)
                .map_err(|error| DeliveryError::retryable(error.to_string()))?;
            if let Some(old) = self.log.replace(new) {
                old.leave();
            }
        }
        self.log
            .as_mut()
            .ok_or_else(|| DeliveryError::retryable("no file is open"))
    }
}

impl Sink for FileSink {
    fn name(&self) -> &'static str {
        "file"
    }

    fn deliver(&mut self, batch: &Batch<'_>) -> Result<(), DeliveryError> {
        let written = self.current()?.write(batch);
        written.map_err(|(events, error)| {
            let path = self.path.display();
            DeliveryError::retryable(format!("{path} cannot be written: {error}")).after(events)
        })
    }

    fn sync(&mut self) -> Result<(), DeliveryError> {
        let Some(log) = &mut self.log else {
            return Ok(());
        };
        if let Err(error) = log.file.sync_data() {
            self.log = None;
            let path = self.path.display();
            let cause = format!("{path} cannot be synced: {error}");
            return Err(DeliveryError::retryable(cause));
        }
        log.unsynced = false;
        Ok(())
    }

    fn level(&self) -> Level {
        Level::Durable
    }
}

impl Log {
    fn is_at(&self, path: &Path) -> bool {
        fs::symlink_metadata(path)
            .is_ok_and(|found| found.dev() == self.device && found.ino() == self.inode)
    }

    /// Writes the batch, or says how many of its events are in the file and what went wrong.
    fn write(&mut self, batch: &Batch<'_>) -> Result<(), (usize, io::Error)> {
        let unfinished = self.unfinished.take().filter(|_| self.is_unchanged());
        let skip = Unfinished::skip(unfinished, batch);
        self.unsynced = true;
        let Err((written, error)) = write_counting(&mut self.file, &batch.bytes()[skip..]) else {
            return Ok(());
        };
        let (events, unfinished) = Unfinished::after(batch, skip + written);
        self.unfinished = unfinished;
        self.unfinished_length = self.file.metadata().map_or(0, |file| file.len());
        Err((events, error))
    }

    /// Whether the file still ends where the cut line does. A fragment that was truncated away, or
    /// that another process wrote behind, cannot be continued: its line starts again.
    fn is_unchanged(&self) -> bool {
        let length = self.file.metadata().map(|file| file.len());
        length.is_ok_and(|length| length == self.unfinished_length)
    }

    /// The path names another file now. What was written here must not be less safe for it.
    fn leave(self) {
        if self.unsynced {
            // Nobody waits for this sync, and the file is no longer the log: an error has no place to go.
            let _ = self.file.sync_data();
        }
    }
}

/// Writes everything, or says how many bytes went out before it failed.
fn write_counting(out: &mut impl Write, bytes: &[u8]) -> Result<(), (usize, io::Error)> {
    let mut written = 0;
    while written < bytes.len() {
        match out.write(&bytes[written..]) {
            Ok(0) => return Err((written, io::ErrorKind::WriteZero.into())),
            Ok(count) => written += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err((written, error)),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
