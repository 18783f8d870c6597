//! When a log is rotated, what the old file is called and how long it is kept. Pure: sizes and
//! times come in, answers go out.

mod name;

use std::time::Duration;

use rra_schema::Timestamp;

pub(crate) use name::{Name, TEMPORARY};

/// How the sink rotates the log by itself. logrotate may do its work beside it.
///
/// The old file becomes `<file>.<time>`, such as `security.log.20251220T103000.000Z`, so that names
/// sort by age. The lines of one call go into one file, so a file can exceed
/// [`max_bytes`](Self::max_bytes) only if a single batch does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rotation {
    /// The file is rotated before it would become longer than this. Default 100 MiB.
    pub max_bytes: Option<u64>,
    /// The file is rotated when a new hour or day begins, in UTC. Default each day.
    pub every: Option<Every>,
    /// Old files are compressed with gzip in the background. Default true.
    pub compress: bool,
    /// So many old files are kept. Default 30.
    pub keep_files: Option<usize>,
    /// Old files are removed, oldest first, until they have at most so many bytes together.
    pub keep_bytes: Option<u64>,
    /// Old files are removed so long after their rotation.
    pub keep_age: Option<Duration>,
}

/// How often a log is rotated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Every {
    /// At every full hour.
    Hour,
    /// At midnight UTC.
    Day,
}

impl Default for Rotation {
    fn default() -> Self {
        Self {
            max_bytes: Some(100 * 1024 * 1024),
            every: Some(Every::Day),
            compress: true,
            keep_files: Some(30),
            keep_bytes: None,
            keep_age: None,
        }
    }
}

impl Every {
    fn number(self, time: Timestamp) -> i64 {
        let millis = match self {
            Self::Hour => 3_600_000,
            Self::Day => 86_400_000,
        };
        time.unix_millis().div_euclid(millis)
    }
}

/// A log file as far as rotation cares.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Current {
    pub(crate) bytes: u64,
    /// When it was last written.
    pub(crate) written: Timestamp,
}

/// An old file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Old {
    pub(crate) name: Name,
    pub(crate) bytes: u64,
}

impl Rotation {
    /// Whether the file is to be rotated before so many bytes more are written. An empty file never
    /// is. A clock that was set back rotates nothing.
    pub(crate) fn is_due(&self, file: Current, coming_bytes: u64, now: Timestamp) -> bool {
        let longer = file.bytes.saturating_add(coming_bytes);
        let too_long = |most| coming_bytes > 0 && longer > most;
        let is_over = |every: Every| every.number(file.written) < every.number(now);
        file.bytes > 0 && (self.max_bytes.is_some_and(too_long) || self.every.is_some_and(is_over))
    }

    /// How many of the old files, which are sorted oldest first, are to be removed.
    pub(crate) fn surplus(&self, old: &[Old], now: Timestamp) -> usize {
        let by_count = self
            .keep_files
            .map_or(0, |keep| old.len().saturating_sub(keep));
        let by_bytes = self.keep_bytes.map_or(0, |keep| {
            let mut bytes = 0_u64;
            let kept = old.iter().rev().take_while(|file| {
                bytes = bytes.saturating_add(file.bytes);
                bytes <= keep
            });
            old.len() - kept.count()
        });
        let by_age = self.keep_age.map_or(0, |keep| {
            let keep = i64::try_from(keep.as_millis()).unwrap_or(i64::MAX);
            let eldest = now.unix_millis().saturating_sub(keep);
            old.partition_point(|file| file.name.time.unix_millis() < eldest)
        });
        by_count.max(by_bytes).max(by_age)
    }
}

#[cfg(test)]
mod tests;
