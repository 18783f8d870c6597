//! Opening a log file so that it is the file it seems to be, and mending its end.

use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Seek, SeekFrom};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

use super::log::Log;
use crate::config::FILE_MODE;
use crate::error::Error;
use crate::place::{Place, check_plain, open_plain};
use crate::tail::after_last_newline;

/// How often the file is opened again when it is rotated away at the same moment.
const ATTEMPTS: u32 = 100;
/// How long another process is given to mend the end of the file.
const LOCK_ATTEMPTS: u32 = 100;
const LOCK_REST: Duration = Duration::from_millis(1);

/// An incomplete last line that was found at the open and moved aside.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Torn {
    /// The file it is in now.
    pub kept_in: PathBuf,
    /// Its length.
    pub bytes: u64,
}

/// Opens or creates the file. Its directory is there.
pub(super) fn open(place: &Place) -> Result<(Log, Option<Torn>), Error> {
    for _ in 0..ATTEMPTS {
        let file = open_file(place)?;
        let found = file.metadata().map_err(|source| Error::Open {
            path: place.path().to_owned(),
            source,
        })?;
        check_plain(place.path(), &found)?;
        let torn = repair_if_alone(&file, place).map_err(|source| Error::Repair {
            path: place.path().to_owned(),
            source,
        })?;
        lock_shared(&file);
        // Only a file that is still the log after it was locked: the thread for old files, here or
        // in another process, takes whatever is neither.
        if place.is_at(&found) {
            let log = Log::new(file, found).map_err(|source| Error::Open {
                path: place.path().to_owned(),
                source,
            })?;
            return Ok((log, torn));
        }
    }
    Err(Error::Open {
        path: place.path().to_owned(),
        source: io::Error::other("another file takes its place all the time"),
    })
}

fn open_file(place: &Place) -> Result<File, Error> {
    let path = place.path();
    let failed = |source: io::Error| match Errno::from_io_error(&source) {
        Some(Errno::LOOP) => Error::Symlink {
            path: path.to_owned(),
        },
        Some(Errno::ISDIR | Errno::NXIO) => Error::NotAFile {
            path: path.to_owned(),
        },
        _ => Error::Open {
            path: path.to_owned(),
            source,
        },
    };
    // Reading is for the repair.
    let access = OFlags::RDWR | OFlags::APPEND;
    match open_plain(path, access, Mode::empty()) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        opened => return opened.map_err(failed),
    }
    // Two processes that start at once may both come here; the one that is second finds the file.
    let file =
        open_plain(path, access | OFlags::CREATE, Mode::RUSR | Mode::WUSR).map_err(failed)?;
    // By descriptor, so that neither the umask nor a swap of the path has a say.
    file.set_permissions(Permissions::from_mode(FILE_MODE))
        .map_err(failed)?;
    Ok(file)
}

/// Repairs the end unless another process has the file open with this library: what looks torn
/// may be the line that it is writing.
fn repair_if_alone(file: &File, place: &Place) -> io::Result<Option<Torn>> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Ok(None),
        // A file system without locks must not keep a log from being written.
        _ => repair(file, place),
    }
}

/// Says, as long as the file is open, that it is somebody's log. Another process may be mending its
/// end for a moment; whoever holds it for longer is no process of ours.
fn lock_shared(file: &File) {
    for _ in 0..LOCK_ATTEMPTS {
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => thread::sleep(LOCK_REST),
            _ => return,
        }
    }
}

/// Moves an incomplete last line to a file of its own.
fn repair(mut file: &File, place: &Place) -> io::Result<Option<Torn>> {
    let length = file.metadata()?.len();
    let whole = after_last_newline(file, length)?;
    if whole == length {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(whole))?;
    let kept_in = put_aside(file, place.path())?;
    // Only now, when the fragment is safe elsewhere.
    file.set_len(whole)?;
    file.sync_all()?;
    place.sync()?;
    let bytes = length - whole;
    Ok(Some(Torn { kept_in, bytes }))
}

/// Copies what is left of a file to a file of its own, or leaves none: a full disk may be asked often.
fn put_aside(mut fragment: &File, path: &Path) -> io::Result<PathBuf> {
    let (mut aside, kept_in) = create_aside(path)?;
    let copied = io::copy(&mut fragment, &mut aside).and_then(|_| aside.sync_all());
    if let Err(error) = copied {
        let _ = fs::remove_file(&kept_in);
        return Err(error);
    }
    Ok(kept_in)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the time only makes a file name that people can read"
)]
fn create_aside(path: &Path) -> io::Result<(File, PathBuf)> {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    let mut stamp = since_epoch.map_or(0, |time| time.as_millis());
    loop {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".torn-{stamp}"));
        let aside = PathBuf::from(name);
        let options = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(FILE_MODE)
            .open(&aside);
        match options {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => stamp += 1,
            Err(error) => return Err(error),
            Ok(file) => return Ok((file, aside)),
        }
    }
}
