//! What `copytruncate` takes: logrotate copies the log and then truncates it, and what was written
//! in between is in neither file. The copy says by its length what it has; the journal has the rest.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::ops::ControlFlow;
use std::os::unix::fs::FileExt;
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use rra_sink::{Earlier, Span};
use rustix::fs::{Mode, OFlags};

use super::FileSink;
use super::log::{Log, ending_before};
use super::note::Note;
use super::owed::Piece;
use super::rotated::look_at_rotated;
use crate::marks::{Ending, Forgotten, Mark, Marks};
use crate::place::{is_same, open_plain};

/// So many of the newest files beside the log are looked at.
const CANDIDATES: usize = 8;

impl FileSink {
    /// Owes whatever a truncation took, if there was one since the last write.
    pub(super) fn notice_truncation(&mut self, earlier: Earlier<'_>) {
        let Some(log) = &mut self.log else {
            return;
        };
        // A file that cannot be looked at shows at the write.
        if let Ok(Some(lost)) = log.take_lost() {
            self.owe_lost(&lost, earlier);
        }
    }

    /// Owes the lines of a file that was truncated, but for those that its copy has.
    pub(super) fn owe_lost(&mut self, lost: &Marks<Span>, earlier: Earlier<'_>) {
        let copy_bytes = self.copy_bytes(lost);
        let kept = copy_bytes.unwrap_or(0);
        let (marks, forgotten) = lost.beyond(kept);
        let pieces = self.pieces(&marks, kept, forgotten, earlier);
        self.note_rewritten(&pieces, copy_bytes.is_some());
        self.owed.push_front(pieces);
    }

    /// The lines of these writes that a file of `kept` bytes lacks, as far as the journal has them.
    /// Tells of those it has not.
    pub(super) fn pieces(
        &mut self,
        marks: &[Mark<Span>],
        kept: u64,
        forgotten: Option<Forgotten>,
        earlier: Earlier<'_>,
    ) -> Vec<Piece> {
        let mut gone = forgotten;
        let mut pieces = Vec::new();
        for mark in marks {
            let (piece, lines) = Piece::of(mark, earlier);
            if lines > 0 {
                let gone = gone.get_or_insert_default();
                gone.add_lines(&mark.run, lines as u64);
            }
            // Such a file may have the first lines of a write and not its last.
            pieces.extend(piece.and_then(|piece| {
                let start = mark.end.saturating_sub(piece.bytes.len() as u64);
                piece.after_bytes(kept.saturating_sub(start))
            }));
        }
        if let Some(gone) = gone {
            (self.note)(Note::Lost {
                count: gone.count,
                first_seq: gone.first_seq,
                last_seq: gone.last_seq,
            });
        }
        pieces
    }

    pub(super) fn note_rewritten(&mut self, pieces: &[Piece], is_exact: bool) {
        let count = pieces.iter().map(|piece| piece.run.count).sum();
        if count > 0 {
            (self.note)(Note::Rewritten { count, is_exact });
        }
    }

    /// The length of the copy that was made of the log before it was truncated; `None` when none of
    /// the files beside it is known to be that.
    fn copy_bytes(&self, lost: &Marks<Span>) -> Option<u64> {
        let copy = look_at_rotated(&self.place, |files| {
            let newest = files.iter().take(CANDIDATES);
            match newest.into_iter().find_map(|path| self.copy_at(path, lost)) {
                Some(copy) => ControlFlow::Break(Some(copy)),
                None => ControlFlow::Continue(None),
            }
        });
        copy.ok().flatten()
    }

    fn copy_at(&self, path: &Path, lost: &Marks<Span>) -> Option<u64> {
        let file = open_plain(path, OFlags::RDONLY, Mode::empty()).ok()?;
        let found = file.metadata().ok()?;
        let is_log = |log: &Log| is_same(path, log.found());
        if !found.is_file() || self.log.as_ref().is_some_and(is_log) {
            return None;
        }
        if path.extension().is_some_and(|extension| extension == "gz") {
            return compressed_copy_bytes(file, found.len(), lost);
        }
        let (at, ending) = lost.ending_within(found.len())?;
        let same = ending_before(&file, at, ending.bytes).is_ok_and(|found| found == ending);
        same.then_some(found.len())
    }
}

/// The length of what is in a gzip file if that is the copy: it says its length in its last bytes
/// (RFC 1952, 2.3.1), so that only what may be the copy is unpacked.
fn compressed_copy_bytes(file: File, length: u64, lost: &Marks<Span>) -> Option<u64> {
    let mut trailer = [0; 4];
    file.read_exact_at(&mut trailer, length.checked_sub(4)?)
        .ok()?;
    let unpacked = u64::from(u32::from_le_bytes(trailer));
    let (at, ending) = lost.ending_within(unpacked)?;
    let mut source = MultiGzDecoder::new(BufReader::new(file));
    let start = at.checked_sub(ending.bytes as u64)?;
    io::copy(&mut (&mut source).take(start), &mut io::sink()).ok()?;
    let mut bytes = vec![0; ending.bytes];
    source.read_exact(&mut bytes).ok()?;
    (Ending::of(&bytes) == ending).then_some(unpacked)
}
