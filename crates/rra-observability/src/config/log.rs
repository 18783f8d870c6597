//! What is done with the log file.

use std::time::Duration;

/// What is done with the log file beside writing it (feature `file`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogConfig {
    /// It rotates itself before it would become longer than this. Default: never.
    pub rotate_bytes: Option<u64>,
    /// It rotates itself when a new hour or day begins, in UTC. Default: never.
    pub rotate_every: Option<RotateEvery>,
    /// Whether files that it rotated are compressed with gzip. Default: yes.
    pub compress: bool,
    /// How many of them are kept. Default: 30.
    pub keep_files: usize,
    /// They are removed, oldest first, until they have at most so many bytes together. Default: no
    /// bound.
    pub keep_bytes: Option<u64>,
    /// They are removed so long after their rotation. Default: never.
    pub keep_age: Option<Duration>,
    /// Whether each line carries the digest of the line before it, so that a changed log is
    /// noticed. Then one process at a time may write it. Default: no.
    pub chain: bool,
}

/// How often the log rotates itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RotateEvery {
    /// At every full hour.
    Hour,
    /// At midnight UTC.
    Day,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self {
            rotate_bytes: None,
            rotate_every: None,
            compress: true,
            keep_files: 30,
            keep_bytes: None,
            keep_age: None,
            chain: false,
        }
    }
}
