//! Where a chain goes on after a restart: after the last line of the log, or of the newest old file.

use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use rustix::fs::{Mode, OFlags};

use super::Linked;
use super::checkpoints::Checkpoints;
use super::lock::WriterLock;
use super::rotated::look_at_rotated;
use crate::chain::{Chain, LineDigest};
use crate::error::Error;
use crate::lines::Lines;
use crate::place::{Place, open_plain};
use crate::tail::last_digest;

impl Linked {
    /// The chain of the log, which may be not open yet.
    pub(super) fn resume(lock: WriterLock, place: &Place) -> Result<Self, Error> {
        let head = head(place).map_err(|source| Error::Resume {
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

fn head(place: &Place) -> io::Result<LineDigest> {
    let last = match open_plain(place.path(), OFlags::RDONLY, Mode::empty()) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        log => last_digest(&log?)?,
    };
    if let Some(head) = last {
        return Ok(head);
    }
    // What else may lie there under such a name has no line that carries a digest.
    let head = look_at_rotated(place, |files| {
        ControlFlow::Continue(files.iter().find_map(|path| chained_head(path)))
    });
    Ok(head?.unwrap_or(LineDigest::START))
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
