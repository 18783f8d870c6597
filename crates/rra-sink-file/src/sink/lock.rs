//! The lock of whoever may write a chain or rotate: a file of its own beside the log, because the
//! log changes its inode.

use std::fs::{File, Metadata, TryLockError};
use std::io;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use rustix::fs::{Mode, OFlags};

use crate::error::Error;
use crate::place::{Place, check_plain, is_same, open_plain};

const ATTEMPTS: u32 = 100;
const REST: Duration = Duration::from_millis(5);

/// Held until it is dropped or the process ends.
#[derive(Debug)]
pub(super) struct WriterLock {
    _file: File,
    found: Metadata,
}

impl WriterLock {
    /// The lock, or the error that another process has it. One that is ending, as in a restart,
    /// is waited for a moment.
    pub(super) fn own(place: &Place) -> Result<Self, Error> {
        for _ in 0..ATTEMPTS {
            if let Some(lock) = Self::try_own(place)? {
                return Ok(lock);
            }
            thread::sleep(REST);
        }
        Err(Error::Locked {
            path: place.path().to_owned(),
        })
    }

    /// The lock, unless another process has it.
    pub(super) fn try_own(place: &Place) -> Result<Option<Self>, Error> {
        let path = path(place);
        let failed = |source| Error::Lock {
            path: path.clone(),
            source,
        };
        let access = OFlags::RDWR | OFlags::CREATE;
        let file = open_plain(&path, access, Mode::RUSR | Mode::WUSR).map_err(failed)?;
        let found = file.metadata().map_err(failed)?;
        check_plain(&path, &found)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file, found })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// Takes the lock anew if its file was removed, with the directory perhaps.
    pub(super) fn keep(&mut self, place: &Place) -> Result<(), Error> {
        if !is_same(&path(place), &self.found) {
            *self = Self::own(place)?;
        }
        Ok(())
    }
}

fn path(place: &Place) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(place.name());
    name.push(".lock");
    place.beside(name)
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        Self::other(error)
    }
}
