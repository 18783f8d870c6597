//! The copy that was made of a log before it was truncated or removed, plain or compressed: which of
//! the files beside the log it is, and how much of the log it has.

use std::fs::{File, Metadata};
use std::io::{self, BufReader, Read};
use std::ops::ControlFlow;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::SystemTime;

use flate2::bufread::MultiGzDecoder;
use rra_sink::{Earlier, Span};
use rustix::fs::{Mode, OFlags};

use super::FileSink;
use super::log::Log;
use super::owed::Piece;
use super::rotated::look_at_rotated;
use crate::marks::{Ending, Marks};
use crate::place::{is_same, open_plain};

/// So many of the newest files that are not empty are looked at, and so many that look like the log.
const CANDIDATES: usize = 8;

/// What the copy is known by.
struct Sought<'m> {
    lost: &'m Marks<Span>,
    /// The first write to an empty log: a copy may have been made in the middle of it.
    beginning: Vec<u8>,
}

/// One of these files.
struct Candidate {
    file: File,
    /// Of what is in it.
    length: u64,
    modified: Option<SystemTime>,
    is_compressed: bool,
}

impl FileSink {
    /// The length of the copy; `None` when none of the files beside the log is known to be that. The copy
    /// of a log that was removed is most likely as long and as old, and need not be among the newest:
    /// where many rotate one log, those are of the last moment.
    pub(super) fn copy_bytes(
        &self,
        lost: &Marks<Span>,
        removed: Option<&Metadata>,
        earlier: Earlier<'_>,
    ) -> Option<u64> {
        let first = lost.first_from_the_start();
        let first = first.and_then(|mark| Piece::of(&mark, earlier).0);
        let sought = Sought {
            lost,
            beginning: first.map_or(Vec::new(), |piece| piece.bytes),
        };
        let copy = look_at_rotated(&self.place, |files| {
            let candidates = || files.iter().filter_map(|path| self.candidate(path));
            let alike = |log| candidates().filter(move |file| file.is_like(log));
            let likely = removed.into_iter().flat_map(alike).take(CANDIDATES);
            let mut all = likely.chain(candidates().take(CANDIDATES));
            match all.find(|file| sought.is(file)) {
                Some(copy) => ControlFlow::Break(Some(copy.length)),
                None => ControlFlow::Continue(None),
            }
        });
        copy.ok().flatten()
    }

    /// A file that may be a copy: not the log itself, and not empty. Each rotation of a quiet log, or
    /// of one whose writer gets no processor, leaves an empty one.
    fn candidate(&self, path: &Path) -> Option<Candidate> {
        let file = open_plain(path, OFlags::RDONLY, Mode::empty()).ok()?;
        let found = file.metadata().ok()?;
        let is_log = |log: &Log| is_same(path, log.found());
        if !found.is_file() || self.log.as_ref().is_some_and(is_log) {
            return None;
        }
        let is_compressed = path.extension().is_some_and(|extension| extension == "gz");
        let length = if is_compressed {
            unpacked_length(&file, found.len()).ok()?
        } else {
            found.len()
        };
        (length > 0).then_some(Candidate {
            file,
            length,
            modified: found.modified().ok(),
            is_compressed,
        })
    }
}

impl Candidate {
    /// Whoever compresses a file gives the new one the time of the old.
    fn is_like(&self, log: &Metadata) -> bool {
        self.length == log.len() && self.modified == log.modified().ok()
    }

    fn read_at(&self, start: u64, bytes: &mut [u8]) -> io::Result<()> {
        if !self.is_compressed {
            return self.file.read_exact_at(bytes, start);
        }
        let mut source = MultiGzDecoder::new(BufReader::new(&self.file));
        io::copy(&mut (&mut source).take(start), &mut io::sink())?;
        source.read_exact(bytes)
    }
}

impl Sought<'_> {
    fn is(&self, file: &Candidate) -> bool {
        self.is_in(file).unwrap_or(false)
    }

    fn is_in(&self, file: &Candidate) -> io::Result<bool> {
        if let Some((at, ending)) = self.lost.ending_within(file.length) {
            let mut bytes = vec![0; ending.bytes];
            file.read_at(at.saturating_sub(ending.bytes as u64), &mut bytes)?;
            return Ok(Ending::of(&bytes) == ending);
        }
        let beginning = usize::try_from(file.length).ok();
        let Some(expected) = beginning.and_then(|length| self.beginning.get(..length)) else {
            return Ok(false);
        };
        let mut bytes = vec![0; expected.len()];
        file.read_at(0, &mut bytes)?;
        Ok(bytes == expected)
    }
}

/// The length of what is in a gzip file, which says that in its last bytes (RFC 1952, 2.3.1), so that
/// only what may be the copy is unpacked.
fn unpacked_length(file: &File, length: u64) -> io::Result<u64> {
    let mut trailer = [0; 4];
    let at = length.checked_sub(4).ok_or(io::ErrorKind::UnexpectedEof)?;
    file.read_exact_at(&mut trailer, at)?;
    Ok(u32::from_le_bytes(trailer).into())
}
