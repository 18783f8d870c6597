//! Why a log file cannot be used, and what to do about it.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a log file was not opened.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The directory cannot be created or looked at.
    Directory {
        /// The directory.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Anybody may put files into the directory, and so replace the log.
    WorldWritable {
        /// The directory.
        path: PathBuf,
    },
    /// The file cannot be opened for writing.
    Open {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The path is a symbolic link.
    Symlink {
        /// The path.
        path: PathBuf,
    },
    /// The path is a directory, pipe, socket or device.
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// The file has further names, so somebody else may hold it.
    HardLinked {
        /// The file.
        path: PathBuf,
        /// How many names it has.
        links: u64,
    },
    /// Another process writes the log, and a hash chain has one writer.
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// The file that tells who may write cannot be used.
    Lock {
        /// That file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The last line of the log, after which the hash chain goes on, cannot be read.
    Resume {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The operating system gave no thread for old files.
    Thread {
        /// What it said.
        source: io::Error,
    },
    /// A text is no digest of a line.
    Digest {
        /// The text.
        text: String,
    },
    /// The torn last line could not be moved aside.
    Repair {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            _ if self.is_lack_of_room() => self.fmt_lack_of_room(f),
            Self::Directory { path, source } => write!(
                f,
                "the log directory {} cannot be used: {source}; create it and let the service's user write there",
                path.display()
            ),
            Self::WorldWritable { path } => write!(
                f,
                "the log directory {} is writable by everybody, who could replace the log: take that right away with chmod o-w, or use another directory",
                path.display()
            ),
            Self::Open { path, source } => write!(
                f,
                "the log file {} cannot be opened for writing: {source}; let the service's user read and write it",
                path.display()
            ),
            Self::Symlink { path } => write!(
                f,
                "the log file {} is a symbolic link, which could lead a log anywhere: name the real file",
                path.display()
            ),
            Self::NotAFile { path } => write!(
                f,
                "the log file {} is not a regular file: name one, or a path where none exists yet",
                path.display()
            ),
            Self::HardLinked { path, links } => write!(
                f,
                "the log file {} has {links} names, so it may be somebody else's file: remove the others or name a new file",
                path.display()
            ),
            Self::Repair { path, source } => write!(
                f,
                "the torn last line of {} could not be moved aside: {source}; move the file away",
                path.display()
            ),
            _ => self.fmt_chain_or_rotation(f),
        }
    }
}

impl Error {
    /// Whether the disk had no room for what was to be made on it.
    pub(crate) fn is_lack_of_room(&self) -> bool {
        match self {
            Self::Directory { source, .. }
            | Self::Open { source, .. }
            | Self::Repair { source, .. } => is_full(source),
            _ => false,
        }
    }

    fn fmt_lack_of_room(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, path, source) = match self {
            Self::Directory { path, source } => ("be made", path, source),
            Self::Open { path, source } => ("be opened", path, source),
            Self::Repair { path, source } => ("be rid of its torn last line", path, source),
            _ => return Ok(()),
        };
        let path = path.display();
        write!(f, "{path} cannot {what}: {source}; make room on its disk")
    }

    fn fmt_chain_or_rotation(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Locked { path } => write!(
                f,
                "the log file {} is being written by another process, and a hash chain has one writer: end that process, or give this one a file of its own",
                path.display()
            ),
            Self::Lock { path, source } => write!(
                f,
                "the lock {} cannot be used: {source}; let the service's user read and write it, on a file system with locks",
                path.display()
            ),
            Self::Resume { path, source } => write!(
                f,
                "the end of the log file {} cannot be read: {source}; its hash chain cannot go on, so move the file away",
                path.display()
            ),
            Self::Thread { source } => write!(
                f,
                "no thread could be started for old log files: {source}; raise the limit, or rotate with logrotate"
            ),
            Self::Digest { text } => write!(
                f,
                "\"{text}\" is no digest of a line: take the 64 lower-case hexadecimal digits of a checkpoint"
            ),
            _ => Ok(()),
        }
    }
}

fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded)
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Directory { source, .. }
            | Self::Open { source, .. }
            | Self::Lock { source, .. }
            | Self::Resume { source, .. }
            | Self::Thread { source }
            | Self::Repair { source, .. } => Some(source),
            _ => None,
        }
    }
}
