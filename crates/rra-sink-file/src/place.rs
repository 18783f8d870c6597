//! Where a log is: its directory, its name in it, and what lies beside it.

use std::ffi::{OsStr, OsString};
use std::fs::{self, DirBuilder, File, Metadata};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

use crate::config::DIRECTORY_MODE;
use crate::error::Error;
use crate::rotation::{Name, Old};

/// The absolute path of a log in its two parts.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    path: PathBuf,
    directory: PathBuf,
    name: OsString,
}

impl Place {
    /// The place of that path.
    pub(crate) fn new(path: &Path) -> Result<Self, Error> {
        let failed = |source| Error::Open {
            path: path.to_owned(),
            source,
        };
        let path = std::path::absolute(path).map_err(failed)?;
        let (Some(directory), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(Error::NotAFile { path });
        };
        Ok(Self {
            directory: directory.to_owned(),
            name: name.to_owned(),
            path,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    pub(crate) fn name(&self) -> &OsStr {
        &self.name
    }

    /// The path of another file in the same directory.
    pub(crate) fn beside(&self, name: impl AsRef<Path>) -> PathBuf {
        self.directory.join(name)
    }

    /// Makes what is missing of the directory and refuses one that everybody may write.
    pub(crate) fn prepare(&self) -> Result<(), Error> {
        let unusable = |source| Error::Directory {
            path: self.directory.clone(),
            source,
        };
        create_directories(&self.directory).map_err(unusable)?;
        if fs::metadata(&self.directory).map_err(unusable)?.mode() & 0o002 != 0 {
            return Err(Error::WorldWritable {
                path: self.directory.clone(),
            });
        }
        Ok(())
    }

    /// Makes new, renamed and removed names survive a power failure.
    pub(crate) fn sync(&self) -> io::Result<()> {
        sync_directory(&self.directory)
    }

    /// Whether the path names this file now.
    pub(crate) fn is_at(&self, file: &Metadata) -> bool {
        is_same(&self.path, file)
    }

    /// The files that rotation left behind, oldest first.
    pub(crate) fn old_files(&self) -> io::Result<Vec<Old>> {
        let mut old = Vec::new();
        for entry in fs::read_dir(&self.directory)? {
            let entry = entry?;
            let Some(name) = Name::parse(&entry.file_name(), &self.name) else {
                continue;
            };
            match entry.metadata() {
                Ok(found) if found.is_file() => old.push(Old {
                    name,
                    bytes: found.len(),
                }),
                // Something else under such a name is nothing of ours; a file that vanished is no longer.
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        old.sort_by_key(|old| old.name);
        Ok(old)
    }
}

/// Whether a path names this file, as far as that can be told.
pub(crate) fn is_same(path: &Path, file: &Metadata) -> bool {
    names(path, file).unwrap_or(false)
}

/// Whether a path names this file.
pub(crate) fn names(path: &Path, file: &Metadata) -> io::Result<bool> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
        Ok(found) => Ok(found.dev() == file.dev() && found.ino() == file.ino()),
    }
}

/// Opens a file that must be a plain one: no link is followed and no pipe is waited for. Whether it
/// is one shows [`check_plain`].
pub(crate) fn open_plain(path: &Path, access: OFlags, mode: Mode) -> io::Result<File> {
    let flags = access | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    Ok(rustix::fs::open(path, flags, mode)?.into())
}

/// Refuses what is no regular file, and one that has further names.
pub(crate) fn check_plain(path: &Path, found: &Metadata) -> Result<(), Error> {
    if !found.is_file() {
        return Err(Error::NotAFile {
            path: path.to_owned(),
        });
    }
    if found.nlink() > 1 {
        return Err(Error::HardLinked {
            path: path.to_owned(),
            links: found.nlink(),
        });
    }
    Ok(())
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
