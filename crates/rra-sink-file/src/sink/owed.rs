//! Lines that were delivered and are not in the file any more, or perhaps not on the disk: copied
//! out of the journal while it still holds them, and written before anything new.

use std::collections::VecDeque;

use rra_sink::{Earlier, Span};

use crate::chain::{LineDigest, linked_after};
use crate::marks::{Mark, Run};
use crate::wire::whole_lines;

/// Lines to be written again.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) run: Run<Span>,
    /// As they were in the file.
    pub(super) bytes: Vec<u8>,
}

/// Everything to be written again, in order.
#[derive(Debug, Default)]
pub(super) struct Owed {
    pieces: VecDeque<Piece>,
}

impl Owed {
    pub(super) fn front(&self) -> Option<&Piece> {
        self.pieces.front()
    }

    /// These were written before the ones that are owed already.
    pub(super) fn push_front(&mut self, pieces: Vec<Piece>) {
        for piece in pieces.into_iter().rev() {
            self.pieces.push_front(piece);
        }
    }

    /// The first so many bytes of the first piece are in the file.
    pub(super) fn paid(&mut self, bytes: usize) {
        let piece = self.pieces.pop_front();
        if let Some(rest) = piece.and_then(|piece| piece.after_bytes(bytes as u64)) {
            self.pieces.push_front(rest);
        }
    }
}

impl Piece {
    /// The lines of a mark, and how many of its first ones the journal has given up.
    pub(super) fn of(mark: &Mark<Span>, earlier: Earlier<'_>) -> (Option<Self>, usize) {
        let span = mark.run.span;
        let mut bytes = Vec::new();
        let mut gone = 0;
        while gone < span.len() && !earlier.copy(span.rest(gone), &mut bytes) {
            gone += 1;
        }
        if gone == span.len() {
            return (None, gone);
        }
        // What the first line carried is known only while the line before it is.
        let prev = mark.run.prev.filter(|_| gone == 0);
        let bytes = match prev {
            Some(prev) => linked_after(prev, &bytes),
            None => bytes,
        };
        let run = Run {
            prev,
            ..mark.run.rest(gone)
        };
        (Some(Self { run, bytes }), gone)
    }

    /// The first of these lines.
    pub(super) fn first_line(run: Run<Span>, lines: &[u8]) -> Self {
        let end = memchr::memchr(b'\n', lines).map_or(lines.len(), |newline| newline + 1);
        Self {
            run: run.front(1),
            bytes: lines[..end].to_vec(),
        }
    }

    /// Without the lines that end within the first so many bytes; `None` when none are left.
    pub(super) fn after_bytes(self, byte_count: u64) -> Option<Self> {
        let length = self.bytes.len();
        let front = usize::try_from(byte_count).map_or(length, |count| count.min(length));
        let Some(whole) = whole_lines(&self.bytes[..front]) else {
            return Some(self);
        };
        let lines = self.bytes[..whole].split_inclusive(|byte| *byte == b'\n');
        let (count, last) = lines.fold((0, &[][..]), |(count, _), line| (count + 1, line));
        let run = Run {
            prev: self.run.prev.map(|_| LineDigest::of(last)),
            ..self.run.rest(count)
        };
        (whole < self.bytes.len()).then(|| Self {
            run,
            bytes: self.bytes[whole..].to_vec(),
        })
    }
}

impl Run<Span> {
    /// Its first lines.
    pub(super) fn front(self, lines: usize) -> Self {
        Self {
            span: self.span.front(lines),
            count: self.count.min(lines as u64),
            ..self
        }
    }

    /// What follows its first lines; what the first of them carries is for the caller to say.
    pub(super) fn rest(self, lines: usize) -> Self {
        Self {
            span: self.span.rest(lines),
            count: self.count.saturating_sub(lines as u64),
            ..self
        }
    }
}
