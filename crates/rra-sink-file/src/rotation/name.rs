//! Names of old log files: they say when the file was rotated, sort by it, and never meet twice.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use rra_schema::Timestamp;

/// What the name of a file that is being compressed ends with.
pub(crate) const TEMPORARY: &str = ".gz.tmp";
const COMPRESSED: &str = ".gz";

/// The part of an old file's name that follows the name of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name {
    /// When it was rotated, or a little later than the one before.
    pub(crate) time: Timestamp,
    pub(crate) is_compressed: bool,
}

impl Name {
    /// A name that sorts behind all these.
    pub(crate) fn after(newest: Option<Self>, now: Timestamp) -> Self {
        let later = newest.map(|name| Timestamp::from_unix_millis(name.time.unix_millis() + 1));
        Self {
            time: later.map_or(now, |later| later.max(now)),
            is_compressed: false,
        }
    }

    pub(crate) fn compressed(self) -> Self {
        Self {
            is_compressed: true,
            ..self
        }
    }

    /// The whole name, for a log of that name.
    pub(crate) fn of(self, log: &OsStr) -> OsString {
        let suffix = if self.is_compressed { COMPRESSED } else { "" };
        self.with_suffix(log, suffix)
    }

    /// The name while it is being compressed.
    pub(crate) fn temporary(self, log: &OsStr) -> OsString {
        self.with_suffix(log, TEMPORARY)
    }

    /// What a file of that name is to this log; `None` when it is nothing of ours.
    pub(crate) fn parse(file: &OsStr, log: &OsStr) -> Option<Self> {
        let rest = file.as_bytes().strip_prefix(log.as_bytes())?;
        let rest = std::str::from_utf8(rest).ok()?.strip_prefix('.')?;
        let (stamp, is_compressed) = match rest.strip_suffix(COMPRESSED) {
            Some(stamp) => (stamp, true),
            None => (rest, false),
        };
        let time = time_of(stamp)?;
        let name = Self {
            time,
            is_compressed,
        };
        // Only the one way in which we write it.
        (name.of(log) == file).then_some(name)
    }

    fn with_suffix(self, log: &OsStr, suffix: &str) -> OsString {
        let mut stamp = self.time.to_string();
        stamp.retain(|letter| letter != '-' && letter != ':');
        let mut name = log.to_owned();
        name.push(format!(".{stamp}{suffix}"));
        name
    }
}

/// Reads `20251220T103000.000Z`.
fn time_of(stamp: &str) -> Option<Timestamp> {
    let (date, time) = stamp.split_at_checked(8)?;
    let time = time.strip_prefix('T')?;
    let (year, rest) = date.split_at_checked(4)?;
    let (month, day) = rest.split_at_checked(2)?;
    let (hour, rest) = time.split_at_checked(2)?;
    let (minute, second) = rest.split_at_checked(2)?;
    Timestamp::parse(&format!("{year}-{month}-{day}T{hour}:{minute}:{second}")).ok()
}
