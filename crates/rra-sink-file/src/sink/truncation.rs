//! What `copytruncate` takes: logrotate copies the log and then truncates it, and what was written
//! in between is in neither file. The copy says by its length what it has; the journal has the rest.

use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rra_sink::{Earlier, Span};
use rustix::fs::{Mode, OFlags};

use super::FileSink;
use super::log::ending_before;
use super::note::Note;
use super::owed::Piece;
use super::resume::rotated;
use crate::marks::{Forgotten, Mark, Marks};
use crate::place::open_plain;

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
        let mut files = rotated(&self.place).ok()?;
        files.sort_by_key(|(modified, _)| *modified);
        let newest = files.iter().rev().take(CANDIDATES);
        newest
            .into_iter()
            .find_map(|(_, path)| self.copy_at(path, lost))
    }

    fn copy_at(&self, path: &Path, lost: &Marks<Span>) -> Option<u64> {
        let file = open_plain(path, OFlags::RDONLY, Mode::empty()).ok()?;
        let found = file.metadata().ok()?;
        let is_log = |log: &super::log::Log| {
            let log = log.found();
            log.ino() == found.ino() && log.dev() == found.dev()
        };
        if !found.is_file() || self.log.as_ref().is_some_and(is_log) {
            return None;
        }
        is_copy(&file, found.len(), lost).then_some(found.len())
    }
}

/// Whether the file has, where the last write that fits into it ends, what was written there.
fn is_copy(file: &File, length: u64, lost: &Marks<Span>) -> bool {
    let Some((at, ending)) = lost.ending_within(length) else {
        return false;
    };
    ending_before(file, at, ending.bytes).is_ok_and(|found| found == ending)
}
