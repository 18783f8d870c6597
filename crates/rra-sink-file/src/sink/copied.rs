//! The copy that was made of a log before it was truncated or removed, plain or compressed: which of
//! the files beside the log it is, and how much of the log it has.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::ops::ControlFlow;
use std::os::unix::fs::FileExt;
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use rra_sink::{Earlier, Span};
use rustix::fs::{Mode, OFlags};

use super::FileSink;
use super::log::Log;
use super::owed::Piece;
use super::rotated::look_at_rotated;
use crate::marks::{Ending, Marks};
use crate::place::{is_same, open_plain};

/// So many of the newest files beside the log are looked at.
const CANDIDATES: usize = 8;

/// What the copy is known by.
struct Sought<'m> {
    lost: &'m Marks<Span>,
    /// The first write to an empty log: a copy may have been made in the middle of it.
    beginning: Vec<u8>,
}

impl FileSink {
    /// The length of the copy; `None` when none of the files beside the log is known to be that.
    pub(super) fn copy_bytes(&self, lost: &Marks<Span>, earlier: Earlier<'_>) -> Option<u64> {
        let first = lost.first_from_the_start();
        let first = first.and_then(|mark| Piece::of(mark, earlier).0);
        let sought = Sought {
            lost,
            beginning: first.map_or(Vec::new(), |piece| piece.bytes),
        };
        let copy = look_at_rotated(&self.place, |files| {
            let newest = files.iter().take(CANDIDATES);
            match newest
                .into_iter()
                .find_map(|path| self.copy_at(path, &sought))
            {
                Some(copy) => ControlFlow::Break(Some(copy)),
                None => ControlFlow::Continue(None),
            }
        });
        copy.ok().flatten()
    }

    fn copy_at(&self, path: &Path, sought: &Sought<'_>) -> Option<u64> {
        let file = open_plain(path, OFlags::RDONLY, Mode::empty()).ok()?;
        let found = file.metadata().ok()?;
        let is_log = |log: &Log| is_same(path, log.found());
        if !found.is_file() || self.log.as_ref().is_some_and(is_log) {
            return None;
        }
        let is_compressed = path.extension().is_some_and(|extension| extension == "gz");
        let (length, is_copy) = if is_compressed {
            let length = unpacked_length(&file, found.len()).ok()?;
            (
                length,
                sought.is_in(length, |start, bytes| unpack_at(&file, start, bytes)),
            )
        } else {
            let length = found.len();
            (
                length,
                sought.is_in(length, |start, bytes| file.read_exact_at(bytes, start)),
            )
        };
        is_copy.is_ok_and(|is_copy| is_copy).then_some(length)
    }
}

impl Sought<'_> {
    /// Whether a file of that length, which `read` reads from a place on, is the copy.
    fn is_in(
        &self,
        length: u64,
        read: impl FnOnce(u64, &mut [u8]) -> io::Result<()>,
    ) -> io::Result<bool> {
        if let Some((at, ending)) = self.lost.ending_within(length) {
            let mut bytes = vec![0; ending.bytes];
            read(at.saturating_sub(ending.bytes as u64), &mut bytes)?;
            return Ok(Ending::of(&bytes) == ending);
        }
        let beginning = usize::try_from(length).ok();
        let beginning = beginning.and_then(|length| self.beginning.get(..length));
        let Some(expected @ [_, ..]) = beginning else {
            return Ok(false);
        };
        let mut bytes = vec![0; expected.len()];
        read(0, &mut bytes)?;
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

fn unpack_at(file: &File, start: u64, bytes: &mut [u8]) -> io::Result<()> {
    let mut source = MultiGzDecoder::new(BufReader::new(file));
    io::copy(&mut (&mut source).take(start), &mut io::sink())?;
    source.read_exact(bytes)
}
