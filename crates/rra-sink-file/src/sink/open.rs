//! Opening a log file so that it is the file it seems to be, and mending its end.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io::{self, Seek, SeekFrom};
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

use super::{Log, Torn};
use crate::config::{DIRECTORY_MODE, FILE_MODE};
use crate::error::Error;
use crate::wire::whole_lines;

/// How much of the end of a file is read at once to find its last newline.
const BLOCK_BYTES: u64 = 64 * 1024;

/// Opens or creates the file of an absolute path.
pub(super) fn open(path: &Path) -> Result<(Log, Option<Torn>), Error> {
    let directory = path.parent().unwrap_or(Path::new("/"));
    let unusable = |source| Error::Directory {
        path: directory.to_owned(),
        source,
    };
    create_directories(directory).map_err(unusable)?;
    if fs::metadata(directory).map_err(unusable)?.mode() & 0o002 != 0 {
        return Err(Error::WorldWritable {
            path: directory.to_owned(),
        });
    }
    let file = open_file(path, directory)?;
    let metadata = file.metadata().map_err(|source| Error::Open {
        path: path.to_owned(),
        source,
    })?;
    check_file(path, &metadata)?;
    let torn = repair_if_alone(&file, path, directory).map_err(|source| Error::Repair {
        path: path.to_owned(),
        source,
    })?;
    let log = Log {
        file,
        device: metadata.dev(),
        inode: metadata.ino(),
        unsynced: false,
        unfinished: None,
        unfinished_length: 0,
    };
    Ok((log, torn))
}

/// Makes missing directories, and makes each of them survive a power failure.
fn create_directories(directory: &Path) -> io::Result<()> {
    match fs::metadata(directory) {
        Ok(found) if found.is_dir() => return Ok(()),
        Ok(_) => return Err(io::ErrorKind::NotADirectory.into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let parent = directory.parent().unwrap_or(Path::new("/"));
    create_directories(parent)?;
    match DirBuilder::new().mode(DIRECTORY_MODE).create(directory) {
        // Another process that starts at the same time was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
        Ok(()) => sync_directory(parent),
    }
}

fn sync_directory(directory: &Path) -> io::Result<()> {
    match File::open(directory)?.sync_all() {
        // Some file systems cannot sync a directory, and say so with EINVAL (fsync(2)).
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        synced => synced,
    }
}

fn open_file(path: &Path, directory: &Path) -> Result<File, Error> {
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
    // NONBLOCK so that a pipe in the place of the file cannot hang the open. A regular file
    // ignores it. Reading is for the repair.
    let flags =
        OFlags::RDWR | OFlags::APPEND | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(file) => return Ok(file.into()),
        Err(Errno::NOENT) => {}
        Err(error) => return Err(failed(error.into())),
    }
    // Two processes that start at once may both come here; the one that is second finds the file.
    let file = rustix::fs::open(path, flags | OFlags::CREATE, Mode::RUSR | Mode::WUSR)
        .map_err(|error| failed(error.into()))?;
    let file = File::from(file);
    // By descriptor, so that neither the umask nor a swap of the path has a say.
    file.set_permissions(Permissions::from_mode(FILE_MODE))
        .and_then(|()| sync_directory(directory))
        .map_err(failed)?;
    Ok(file)
}

fn check_file(path: &Path, metadata: &Metadata) -> Result<(), Error> {
    if !metadata.is_file() {
        return Err(Error::NotAFile {
            path: path.to_owned(),
        });
    }
    if metadata.nlink() > 1 {
        return Err(Error::HardLinked {
            path: path.to_owned(),
            links: metadata.nlink(),
        });
    }
    Ok(())
}

/// Repairs the end unless another process has the file open with this library: what looks torn
/// may be the line that it is writing.
fn repair_if_alone(file: &File, path: &Path, directory: &Path) -> io::Result<Option<Torn>> {
    let alone = !matches!(file.try_lock(), Err(fs::TryLockError::WouldBlock));
    let torn = if alone {
        repair(file, path, directory)?
    } else {
        None
    };
    // Held as long as the file is open. A file system without locks must not keep a log from
    // being written, so its refusal is no error.
    let _ = file.try_lock_shared();
    Ok(torn)
}

/// Moves an incomplete last line to a file of its own.
fn repair(mut file: &File, path: &Path, directory: &Path) -> io::Result<Option<Torn>> {
    let length = file.metadata()?.len();
    let whole = whole_length(file, length)?;
    if whole == length {
        return Ok(None);
    }
    let (mut aside, kept_in) = create_aside(path)?;
    file.seek(SeekFrom::Start(whole))?;
    io::copy(&mut file, &mut aside)?;
    aside.sync_all()?;
    // Only now, when the fragment is safe elsewhere.
    file.set_len(whole)?;
    file.sync_all()?;
    sync_directory(directory)?;
    let bytes = length - whole;
    Ok(Some(Torn { kept_in, bytes }))
}

/// The length of the file up to the end of its last whole line. Reads only the end.
fn whole_length(file: &File, length: u64) -> io::Result<u64> {
    let mut end = length;
    let mut block = Vec::new();
    while end > 0 {
        let start = end.saturating_sub(BLOCK_BYTES);
        block.resize(usize::try_from(end - start).unwrap_or(0), 0);
        file.read_exact_at(&mut block, start)?;
        if let Some(whole) = whole_lines(&block) {
            return Ok(start + whole as u64);
        }
        end = start;
    }
    Ok(0)
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
