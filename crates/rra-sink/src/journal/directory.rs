//! The private directory of a journal: one file for each ring, locked while its process lives.
//! Finds what dead processes left there.

#[cfg(feature = "network")]
mod spools;

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rustix::fs::{FallocateFlags, FlockOperation, OFlags, fallocate, flock};
use rustix::io::{Errno, retry_on_intr};

use super::dead::{self, Dead};
#[cfg(feature = "network")]
pub(crate) use spools::SpoolDirectory;

use crate::error::Error;
use crate::ring::Ring;
use crate::ring::memory::{Memory, Pages};
use crate::ring::shape::{
    DATA_BYTES_WORD, LANES_WORD, LINES_WORD, MAGIC, MAGIC_WORD, NAME_BYTES, Shape, name_word,
};

/// Owner only: rings hold what the log holds, before any reader was let to it.
const DIRECTORY_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;
/// The extension of a ring's file.
const EXTENSION: &str = "ring";
/// How long a process that starts waits for another one that does.
const START_DEADLINE: Duration = Duration::from_secs(5);

/// A directory that this process alone looks through, until it is dropped.
#[derive(Debug)]
pub(crate) struct Directory {
    path: PathBuf,
    _lock: File,
}

/// The locked file of a ring.
#[derive(Debug)]
pub(crate) struct RingFile {
    path: PathBuf,
    _lock: File,
    /// It holds events for a sink that this process does not have.
    keep: bool,
}

/// What dead processes left.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) rings: Vec<(Ring, RingFile)>,
    /// Files that are no rings, under their new names.
    pub(crate) damaged: Vec<PathBuf>,
}

impl Directory {
    /// Opens the directory, made if it is not there, and waits for others that are starting.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let unusable = |source| Error::Directory {
            path: path.to_owned(),
            source,
        };
        let mut builder = DirBuilder::new();
        builder.recursive(true).mode(DIRECTORY_MODE);
        builder.create(path).map_err(unusable)?;
        let found = fs::symlink_metadata(path).map_err(unusable)?;
        let is_ours = found.uid() == rustix::process::geteuid().as_raw();
        if !found.is_dir() || !is_ours || found.mode() & 0o077 != 0 {
            return Err(Error::DirectoryNotPrivate {
                path: path.to_owned(),
            });
        }
        let lock = open_file(&path.join("lock"), true).map_err(unusable)?;
        wait_for_lock(&lock).map_err(unusable)?;
        Ok(Self {
            path: path.to_owned(),
            _lock: lock,
        })
    }

    /// Takes over the rings of dead processes, oldest first, for lanes of these names.
    pub(crate) fn dead_rings(&self, lanes: &[&str]) -> Result<Found, Error> {
        let mut found = Found::default();
        for path in self.ring_paths().map_err(|source| self.unusable(source))? {
            let named = |source| Error::Directory {
                path: path.clone(),
                source,
            };
            let Some(file) = lock_of_dead(&path).map_err(named)? else {
                continue;
            };
            match take_over(&file, lanes).map_err(named)? {
                Dead::Empty => fs::remove_file(&path).map_err(named)?,
                Dead::Damaged => {
                    let aside = path.with_extension("damaged");
                    fs::rename(&path, &aside).map_err(named)?;
                    found.damaged.push(aside);
                }
                Dead::Ring { ring, keep } => {
                    let file = RingFile {
                        path,
                        _lock: file,
                        keep,
                    };
                    found.rings.push((*ring, file));
                }
            }
        }
        Ok(found)
    }

    /// Makes a ring in a new file of this name, all of it allocated: a disk that fills later
    /// cannot take it away.
    pub(crate) fn new_ring(
        &self,
        name: &str,
        shape: Shape,
        lanes: &[&str],
    ) -> Result<(Ring, RingFile), Error> {
        let path = self.path.join(name).with_extension(EXTENSION);
        let unusable = |source| Error::Directory {
            path: path.clone(),
            source,
        };
        let file = open_file(&path, true).map_err(unusable)?;
        flock(&file, FlockOperation::NonBlockingLockExclusive)
            .map_err(|errno| unusable(errno.into()))?;
        let memory = allocate(&file, shape).inspect_err(|_| {
            // The half of a ring that did not fit is in the way of everybody.
            let _ = fs::remove_file(&path);
        });
        let memory = memory.map_err(unusable)?;
        write_header(&memory, shape, lanes);
        let lanes = (0..lanes.len()).map(Some).collect();
        let file = RingFile {
            path,
            _lock: file,
            keep: false,
        };
        Ok((Ring::new(memory, shape, lanes), file))
    }

    fn unusable(&self, source: io::Error) -> Error {
        let path = self.path.clone();
        Error::Directory { path, source }
    }

    fn ring_paths(&self) -> io::Result<Vec<PathBuf>> {
        let entries = fs::read_dir(&self.path)?;
        let mut paths = entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<io::Result<Vec<_>>>()?;
        paths.retain(|path| path.extension().is_some_and(|found| found == EXTENSION));
        // Names begin with the time of the start.
        paths.sort();
        Ok(paths)
    }
}

impl RingFile {
    pub(crate) fn is_ours_to_remove(&self) -> bool {
        !self.keep
    }

    pub(crate) fn remove(self) -> io::Result<()> {
        fs::remove_file(&self.path)
    }
}

/// Reads what is in the file with read(2) first: a disk that cannot read says so there, and not
/// with a signal to whoever touches the mapping.
fn take_over(file: &File, lanes: &[&str]) -> io::Result<Dead> {
    let mut bytes = Vec::new();
    (&*file).read_to_end(&mut bytes)?;
    dead::examine(&bytes, lanes, |shape| {
        Pages::mapped(file, shape.words(), shape.data_bytes)
    })
}

fn open_file(path: &Path, create: bool) -> io::Result<File> {
    // Never through a symbolic link, and never waiting for the other end of a pipe.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(create);
    options
        .mode(FILE_MODE)
        .custom_flags(flags.bits().cast_signed());
    let file = options.open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "not a regular file",
        ));
    }
    Ok(file)
}

/// The file under its lock; `None` when its process lives, or has removed it by now.
fn lock_of_dead(path: &Path) -> io::Result<Option<File>> {
    let is_gone = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
    let file = match open_file(path, false) {
        Err(error) if is_gone(&error) => return Ok(None),
        other => other?,
    };
    if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
        return Ok(None);
    }
    match fs::symlink_metadata(path) {
        Err(error) if is_gone(&error) => Ok(None),
        Err(error) => Err(error),
        Ok(named) => Ok((named.ino() == file.metadata()?.ino()).then_some(file)),
    }
}

fn wait_for_lock(file: &File) -> io::Result<()> {
    let until = Instant::now() + START_DEADLINE;
    loop {
        match flock(file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(()),
            Err(_) if Instant::now() < until => std::thread::sleep(Duration::from_millis(5)),
            Err(errno) => return Err(errno.into()),
        }
    }
}

fn allocate(file: &File, shape: Shape) -> io::Result<Pages> {
    let whole = || fallocate(file, FallocateFlags::empty(), 0, shape.file_bytes());
    match retry_on_intr(whole) {
        // Some file systems allocate only what is written.
        Err(Errno::OPNOTSUPP) => {
            io::copy(&mut io::repeat(0).take(shape.file_bytes()), &mut &*file)?;
        }
        allocated => allocated?,
    }
    Pages::mapped(file, shape.words(), shape.data_bytes)
}

/// Says what the file is; the magic last, so that a half-made ring is known as one.
fn write_header(memory: &impl Memory, shape: Shape, lanes: &[&str]) {
    let store = |word, value: usize| memory.store(word, value as u64, Ordering::Relaxed);
    store(DATA_BYTES_WORD, shape.data_bytes);
    store(LINES_WORD, shape.lines);
    store(LANES_WORD, lanes.len());
    for (lane, name) in lanes.iter().enumerate() {
        let mut bytes = [0; NAME_BYTES];
        // The builder refuses longer names.
        let length = name.len().min(NAME_BYTES);
        bytes[..length].copy_from_slice(&name.as_bytes()[..length]);
        for (at, word) in bytes.as_chunks::<8>().0.iter().enumerate() {
            let word = u64::from_ne_bytes(*word);
            memory.store(name_word(lane) + at, word, Ordering::Relaxed);
        }
    }
    memory.store(MAGIC_WORD, MAGIC, Ordering::Release);
}

#[cfg(test)]
mod tests;
