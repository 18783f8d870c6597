//! What can go wrong here: one event refused, or a request that cannot be met.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use crate::loss::Reason;
use crate::receipt::Level;
use crate::ring::shape::NAME_BYTES;

/// The journal did not accept an event. The loss is counted; the event used no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub reason: Reason,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.reason {
            Reason::QueueFull => {
                "the event was refused: the journal has no room for its severity; a sink is down or too slow, or max_bytes is too small"
            }
            Reason::Oversize => {
                "the event was refused: its line is longer than rra_schema::limits::LINE_BYTES_MAX"
            }
            Reason::Invalid => {
                "the event was refused: what was written is not one line that ends in a newline, or it was appended from within another append"
            }
            Reason::Closed => {
                "the event was refused: the journal was shut down; stop the producers before it"
            }
            Reason::Rejected => "the event was refused by its destination",
            Reason::Forked => {
                "the event was refused: this process is a forked child of the one that opened the journal; open one here"
            }
            Reason::Damaged => "the event was damaged in the journal of a process that had died",
            Reason::SpoolFull => "the event found no room in the spool of its destination",
            Reason::Expired => "the event waited too long for its destination",
        })
    }
}

impl std::error::Error for Refused {}

/// Why a journal could not start, or did not keep up with a deadline.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The journal is smaller than one line may be.
    TooSmall {
        /// What was asked for.
        max_bytes: usize,
        /// What is needed.
        least_bytes: usize,
    },
    /// The directory of the journal cannot be used.
    Directory {
        /// The directory, or a file in it.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Others may look into the directory of the journal.
    DirectoryNotPrivate {
        /// The directory.
        path: PathBuf,
    },
    /// The operating system gave no memory for a ring.
    Memory {
        /// What it said.
        source: io::Error,
    },
    /// More sinks than a journal has lanes.
    TooManySinks {
        /// How many there are.
        sinks: usize,
        /// How many there may be.
        most: usize,
    },
    /// A sink has a name that the journal cannot keep.
    SinkName {
        /// The name.
        name: String,
    },
    /// Two sinks have one name, so their accounts could not be told apart.
    DuplicateSink {
        /// The name.
        name: String,
    },
    /// The operating system gave no thread for a sink.
    Thread {
        /// The sink.
        sink: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// No sink offers the level that a receipt was asked for.
    NoSinkForLevel {
        /// The level.
        level: Level,
    },
    /// The event of a receipt was refused.
    Refused(Refused),
    /// The deadline passed first; the event or the flush may still succeed.
    Late {
        /// How long was waited.
        waited: Duration,
        /// Events that some sink had not delivered by then.
        pending: u64,
    },
    /// The event was accepted but the sink could not keep the promise of the receipt.
    Broken {
        /// The number of the event.
        seq: u64,
        /// The level that was not reached.
        level: Level,
        /// What the sink said.
        cause: String,
    },
}

impl Error {
    /// Whether a disk had no room for what was to be made on it.
    pub(crate) fn is_lack_of_room(&self) -> bool {
        matches!(self, Self::Directory { source, .. } if is_full(source))
    }
}

/// Whether a disk has no room left, or none for us.
pub(crate) fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded)
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooSmall {
                max_bytes,
                least_bytes,
            } => write!(
                f,
                "a journal of {max_bytes} bytes cannot hold the longest line: give it at least {least_bytes}"
            ),
            Self::Directory { path, source } => {
                let mend = if is_full(source) {
                    "make room on its disk and start again"
                } else {
                    "give it a directory of its own on a local disk that the service's user may write"
                };
                let path = path.display();
                write!(f, "the journal cannot use {path}: {source}; {mend}")
            }
            Self::DirectoryNotPrivate { path } => write!(
                f,
                "the journal's directory {} must be a directory of the service's user that nobody else may open: chmod 700 it, or name another",
                path.display()
            ),
            Self::Memory { source } => write!(
                f,
                "the operating system gave no memory for the journal: {source}; make max_bytes smaller"
            ),
            Self::TooManySinks { sinks, most } => {
                write!(f, "a journal takes at most {most} sinks, not {sinks}")
            }
            Self::SinkName { name } => write!(
                f,
                "a sink cannot be named {name:?}: use 1 to {NAME_BYTES} bytes without NUL"
            ),
            Self::DuplicateSink { name } => {
                write!(f, "two sinks are named \"{name}\": give each its own name")
            }
            Self::Thread { sink, source } => {
                write!(
                    f,
                    "no thread could be started for sink \"{sink}\": {source}; raise the limit of threads or memory"
                )
            }
            Self::NoSinkForLevel { level } => write!(
                f,
                "no sink reaches the level {level}: add one that does, such as the file sink"
            ),
            Self::Refused(refused) => refused.fmt(f),
            Self::Late { waited, pending } => write!(
                f,
                "{pending} events were not delivered within {} ms",
                waited.as_millis()
            ),
            Self::Broken { seq, level, cause } => {
                write!(f, "event {seq} may not be {level}: {cause}")
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Thread { source, .. }
            | Self::Directory { source, .. }
            | Self::Memory { source } => Some(source),
            Self::Refused(refused) => Some(refused),
            _ => None,
        }
    }
}
