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
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Directory { source, .. }
            | Self::Open { source, .. }
            | Self::Repair { source, .. } => Some(source),
            _ => None,
        }
    }
}
