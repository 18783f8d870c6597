//! Old log files: compressed and removed, on a thread of its own, so that no event waits for it.
//!
//! A kill at any moment loses no line and doubles none for good: the compressed file appears under
//! its name only when it is whole and on the disk, and the plain one goes only after that. If both
//! are left behind, the next run compresses the plain one again.

use std::fs::{self, File, Metadata, TryLockError};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

use crate::clock::Clock;
use crate::complaint::Complaints;
use crate::place::{Place, check_plain, names, open_plain};
use crate::rotation::{Name, Rotation, TEMPORARY};

/// How often old files are looked at when nothing is rotated: their age grows by itself.
const INTERVAL: Duration = Duration::from_mins(1);
/// How soon they are looked at again after a failure, or when a process still has one open.
const REST: Duration = Duration::from_secs(1);
/// How much is compressed before the thread looks whether it is to stop.
const PIECE_BYTES: u64 = 1024 * 1024;

/// The thread that looks after old files. Ends, in the middle of a file if need be, when dropped.
#[derive(Debug)]
pub(crate) struct Archivist {
    /// `None` while it is being dropped.
    wake: Option<SyncSender<()>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// What the thread works with.
#[derive(Clone, Debug)]
pub(crate) struct Archive {
    pub(crate) place: Place,
    pub(crate) rotation: Rotation,
    pub(crate) clock: Clock,
    pub(crate) stop: Arc<AtomicBool>,
}

impl Archivist {
    /// Starts the thread; its first look is at once, for what an earlier run left behind.
    pub(crate) fn start(archive: Archive, complaints: Arc<Complaints>) -> io::Result<Self> {
        let (wake, woken) = sync_channel(1);
        let stop = Arc::clone(&archive.stop);
        let thread = thread::Builder::new()
            .name("rra-file-archive".to_owned())
            .spawn(move || run(&archive, &woken, &complaints))?;
        Ok(Self {
            wake: Some(wake),
            stop,
            thread: Some(thread),
        })
    }

    /// A file was rotated.
    pub(crate) fn wake(&self) {
        if let Some(wake) = &self.wake {
            // A full channel means that it is going to look anyway.
            let _ = wake.try_send(());
        }
    }
}

impl Drop for Archivist {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.wake = None;
        if let Some(thread) = self.thread.take() {
            // A panic was printed by the thread itself; the files are as after a crash.
            let _ = thread.join();
        }
    }
}

/// What a look at old files came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// Everything due is done.
    Done,
    /// Some process still has an old file open as its log.
    InUse,
}

fn run(archive: &Archive, woken: &Receiver<()>, complaints: &Complaints) {
    loop {
        let looked = archive.look();
        if let Err(error) = &looked
            && error.kind() != io::ErrorKind::NotFound
            // Otherwise it was told to leave off, and is to blame for nothing.
            && !archive.stop.load(Ordering::Relaxed)
        {
            let directory = archive.place.directory().display();
            complaints.about(&format!(
                "old logs in {directory} cannot be tidied: {error}"
            ));
        }
        let wait = match looked {
            Ok(Look::Done) => INTERVAL,
            Ok(Look::InUse) | Err(_) => REST,
        };
        match woken.recv_timeout(wait) {
            Ok(()) | Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

impl Archive {
    /// Compresses and removes whatever is due.
    ///
    /// # Errors
    /// The first failure; what does not depend on it is done all the same.
    pub(crate) fn look(&self) -> io::Result<Look> {
        self.remove_orphans()?;
        let compressed = if self.rotation.compress {
            self.compress_all()
        } else {
            Ok(Look::Done)
        };
        self.remove_surplus()?;
        compressed
    }

    fn compress_all(&self) -> io::Result<Look> {
        let mut all = Look::Done;
        for old in self.place.old_files()? {
            if !old.name.is_compressed && self.compress(old.name)? == Look::InUse {
                all = Look::InUse;
            }
        }
        Ok(all)
    }

    /// Compresses one file, unless some process still has it open as its log.
    fn compress(&self, name: Name) -> io::Result<Look> {
        let path = self.place.beside(name.of(self.place.name()));
        let source = match open_plain(&path, OFlags::RDONLY, Mode::empty()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Look::Done),
            opened => opened?,
        };
        let found = source.metadata()?;
        check_plain(&path, &found).map_err(io::Error::other)?;
        match source.try_lock() {
            Ok(()) if names(&path, &found)? => {}
            Err(TryLockError::WouldBlock) => return Ok(Look::InUse),
            Err(TryLockError::Error(error)) if has_locks(&error) => return Err(error),
            // Another process has done it; or without locks nobody can tell who still writes.
            _ => return Ok(Look::Done),
        }
        let temporary = self.place.beside(name.temporary(self.place.name()));
        let written = self.write_compressed(source, &found, &temporary);
        if written.is_err() {
            // It is of no use to anybody; a kill leaves it to the next run.
            let _ = fs::remove_file(&temporary);
        }
        written?;
        let compressed = name.compressed().of(self.place.name());
        fs::rename(&temporary, self.place.beside(compressed))?;
        self.place.sync()?;
        fs::remove_file(&path)?;
        self.place.sync()?;
        Ok(Look::Done)
    }

    fn write_compressed(
        &self,
        source: File,
        found: &Metadata,
        temporary: &std::path::Path,
    ) -> io::Result<()> {
        match fs::remove_file(temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let access = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
        let file = open_plain(temporary, access, Mode::RUSR | Mode::WUSR)?;
        let mut encoder = GzEncoder::new(BufWriter::new(file), Compression::default());
        let mut source = BufReader::new(source);
        while io::copy(&mut (&mut source).take(PIECE_BYTES), &mut encoder)? > 0 {
            if self.stop.load(Ordering::Relaxed) {
                return Err(io::Error::other("the service ends"));
            }
        }
        let mut buffered = encoder.finish()?;
        buffered.flush()?;
        let file = buffered
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        file.set_permissions(found.permissions())?;
        file.set_modified(found.modified()?)?;
        file.sync_all()
    }

    /// Removes files that were being compressed when their origin vanished.
    fn remove_orphans(&self) -> io::Result<()> {
        for entry in fs::read_dir(self.place.directory())? {
            let name = entry?.file_name();
            let origin = name.to_str().and_then(|name| name.strip_suffix(TEMPORARY));
            let Some(origin) = origin.map(std::ffi::OsStr::new) else {
                continue;
            };
            let is_ours = Name::parse(origin, self.place.name()).is_some();
            if is_ours && !self.place.beside(origin).exists() {
                fs::remove_file(self.place.beside(&name))?;
            }
        }
        Ok(())
    }

    fn remove_surplus(&self) -> io::Result<()> {
        let old = self.place.old_files()?;
        let surplus = self.rotation.surplus(&old, (self.clock)());
        for file in &old[..surplus] {
            let path = self.place.beside(file.name.of(self.place.name()));
            match fs::remove_file(path) {
                // Another process with the same log tidies too.
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Whether a lock failed for another reason than that the file system has none.
fn has_locks(error: &io::Error) -> bool {
    let has_none = [Errno::OPNOTSUPP, Errno::NOSYS, Errno::NOLCK];
    !Errno::from_io_error(error).is_some_and(|errno| has_none.contains(&errno))
}

#[cfg(test)]
mod tests;
