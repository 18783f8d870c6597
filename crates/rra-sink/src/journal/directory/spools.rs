//! The spools in a journal's directory: one folder for each lane, locked while its process lives.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use super::{DIRECTORY_MODE, Directory, lock_of_dead, open_file};
use crate::error::Error;
use crate::spool::store::CURSOR;

const SUFFIX: &str = ".spool";
const LOCK: &str = "lock";

/// The locked folder of a spool.
#[derive(Debug)]
pub(crate) struct SpoolDirectory {
    path: PathBuf,
    _lock: File,
}

impl Directory {
    /// Takes over the spools that dead processes left for that lane, oldest first.
    pub(crate) fn dead_spools(&self, lane: &str) -> Result<Vec<SpoolDirectory>, Error> {
        let mut spools = Vec::new();
        for path in self
            .spool_paths(lane)
            .map_err(|source| self.unusable(source))?
        {
            match take_over(&path) {
                Ok(lock) => spools.extend(lock.map(|lock| SpoolDirectory { path, _lock: lock })),
                Err(source) => return Err(Error::Directory { path, source }),
            }
        }
        Ok(spools)
    }

    /// Makes a spool for that lane.
    pub(crate) fn new_spool(&self, start: &str, lane: &str) -> Result<SpoolDirectory, Error> {
        let path = self.path.join(format!("{start}-{lane}{SUFFIX}"));
        let make = || {
            DirBuilder::new().mode(DIRECTORY_MODE).create(&path)?;
            let lock = open_file(&path.join(LOCK), true)?;
            flock(&lock, FlockOperation::NonBlockingLockExclusive)?;
            Ok(lock)
        };
        match make() {
            Ok(lock) => Ok(SpoolDirectory { path, _lock: lock }),
            Err(source) => Err(Error::Directory { path, source }),
        }
    }

    fn spool_paths(&self, lane: &str) -> io::Result<Vec<PathBuf>> {
        let mut paths = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            let name = entry.file_name();
            // Time of the start, process, lane.
            let parts = name.to_str().and_then(|name| name.strip_suffix(SUFFIX));
            if parts.and_then(|parts| parts.splitn(3, '-').nth(2)) == Some(lane) {
                paths.push(entry.path());
            }
        }
        paths.sort();
        Ok(paths)
    }
}

/// The lock of a dead process's spool, made if that process died before it had made it.
fn take_over(folder: &Path) -> io::Result<Option<File>> {
    let path = folder.join(LOCK);
    match open_file(&path, true) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
        Ok(_) => lock_of_dead(&path),
    }
}

impl SpoolDirectory {
    pub(crate) fn path(&self) -> PathBuf {
        self.path.clone()
    }

    /// Removes the folder, whose spool is empty. The lock goes last: whoever finds it has us to
    /// wait for, or nothing left.
    pub(crate) fn remove(self) -> io::Result<()> {
        match fs::remove_file(self.path.join(CURSOR)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        fs::remove_file(self.path.join(LOCK))?;
        fs::remove_dir(&self.path)
    }
}
