//! Where a chain goes on after a restart: after the last line of the log, or of the newest old file.

use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use super::Linked;
use super::checkpoints::Checkpoints;
use super::lock::WriterLock;
use super::log::Log;
use crate::chain::{Chain, LineDigest};
use crate::error::Error;
use crate::lines::Lines;
use crate::place::Place;
use crate::tail::last_digest;

impl Linked {
    /// The chain of the log that was just opened.
    pub(super) fn resume(lock: WriterLock, place: &Place, log: &Log) -> Result<Self, Error> {
        let head = head(place, log).map_err(|source| Error::Resume {
            path: place.path().to_owned(),
            source,
        })?;
        Ok(Self {
            chain: Chain::new(head),
            checkpoints: Checkpoints::new(Instant::now()),
            lock,
        })
    }
}

fn head(place: &Place, log: &Log) -> io::Result<LineDigest> {
    if let Some(head) = last_digest(&log.file)? {
        return Ok(head);
    }
    let mut old = rotated(place)?;
    old.sort_by_key(|(modified, _)| *modified);
    // What else may lie there under such a name has no line that carries a digest.
    let heads = old.iter().rev().filter_map(|(_, path)| chained_head(path));
    Ok(heads.into_iter().next().unwrap_or(LineDigest::START))
}

/// Files that the log may have been before, by whichever program it was rotated.
pub(super) fn rotated(place: &Place) -> io::Result<Vec<(SystemTime, PathBuf)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(place.directory())? {
        let entry = entry?;
        let name = entry.file_name();
        let rest = name.as_bytes().strip_prefix(place.name().as_bytes());
        if !rest.is_some_and(|rest| rest.starts_with(b".") || rest.starts_with(b"-")) {
            continue;
        }
        let found = entry.metadata();
        let modified = found.and_then(|found| found.modified());
        files.extend(modified.ok().map(|modified| (modified, entry.path())));
    }
    Ok(files)
}

/// The digest of the last line of a file, if that line is part of a chain.
fn chained_head(path: &Path) -> Option<LineDigest> {
    let mut lines = Lines::open(path).ok()?;
    let mut last = None;
    // A file that ends early was cut: what came before is the end.
    while let Ok(Some(line)) = lines.next() {
        last = Some(line);
    }
    last.filter(|line| line.prev.is_some())
        .map(|line| line.digest)
}
