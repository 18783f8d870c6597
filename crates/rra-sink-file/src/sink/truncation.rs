//! What `copytruncate` takes: logrotate copies the log and then truncates it, and what was written
//! in between is in neither file. The copy says by its length what it has; the journal has the rest.

use std::fs::Metadata;

use rra_sink::{Earlier, Span};

use super::FileSink;
use super::note::Note;
use super::owed::Piece;
use crate::marks::{Forgotten, Mark, Marks};

impl FileSink {
    /// Owes whatever a truncation took, if there was one since the last write.
    pub(super) fn notice_truncation(&mut self, earlier: Earlier<'_>) {
        let Some(log) = &mut self.log else {
            return;
        };
        // A file that cannot be looked at shows at the write.
        if let Ok(Some(lost)) = log.take_lost() {
            self.owe_lost(&lost, None, earlier);
        }
    }

    /// Owes the lines of a file that was truncated, or removed, but for those that its copy has.
    pub(super) fn owe_lost(
        &mut self,
        lost: &Marks<Span>,
        removed: Option<&Metadata>,
        earlier: Earlier<'_>,
    ) {
        let copy_bytes = self.copy_bytes(lost, removed, earlier);
        let kept = copy_bytes.unwrap_or(0);
        let (marks, forgotten) = lost.beyond(kept);
        let pieces = self.pieces(marks, kept, forgotten, earlier);
        self.note_rewritten(&pieces, copy_bytes.is_some());
        self.owed.push_front(pieces);
    }

    /// The lines of these writes that a file of `kept` bytes lacks, as far as the journal has them.
    /// Tells of those it has not.
    pub(super) fn pieces(
        &mut self,
        marks: impl Iterator<Item = Mark<Span>>,
        kept: u64,
        forgotten: Option<Forgotten>,
        earlier: Earlier<'_>,
    ) -> Vec<Piece> {
        let mut gone = forgotten;
        let mut pieces = Vec::new();
        for mark in marks {
            let (piece, lines) = Piece::of(&mark, earlier);
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
}
