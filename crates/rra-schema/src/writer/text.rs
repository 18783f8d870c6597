//! Text in a line: written as it is where it can be, else character by character, with a mark in
//! the place of each secret.

#![expect(
    clippy::inline_always,
    reason = "the length of a line is in a register only where all that moves it is one function"
)]

use super::buffer::LineBuffer;
use super::escape::{CHAR_BYTES_MAX, is_hidden, plain_prefix, push_char};
use super::line::{BODY_BYTES, Line};
use crate::redaction::{self, Glance};

/// What a text may still take.
pub(super) struct Left {
    pub(super) chars: usize,
    /// Where in the buffer it must have ended.
    pub(super) end: usize,
}

/// Bytes a text may take for each of its characters: an escape. Characters that need two escapes
/// are cut earlier, so that one text cannot crowd out the fields after it.
const ESCAPE_BYTES: usize = 6;

/// How text is made safe.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Hidden {
    /// Written as an escape: nothing is lost.
    Escaped,
    /// Replaced by U+FFFD: an id or name must not hold it at all.
    Replaced,
}

impl Line<'_, '_> {
    /// Writes a quoted string and says whether it is whole. An empty one is written as `-`.
    pub(super) fn quoted(
        &mut self,
        prefix: &str,
        text: &str,
        max_chars: usize,
        hidden: Hidden,
    ) -> bool {
        self.raw("\"");
        self.clean(prefix);
        if text.is_empty() && prefix.is_empty() {
            self.raw("-\"");
            return true;
        }
        self.out.put_rest_of_quoted(text, max_chars, hidden)
    }
}

impl LineBuffer<'_> {
    /// Writes what follows the quote that opens a string, and says whether it is whole.
    #[inline(always)]
    pub(super) fn put_rest_of_quoted(
        &mut self,
        text: &str,
        max_chars: usize,
        hidden: Hidden,
    ) -> bool {
        // A text of any length is looked at only as far as it can be written.
        let fits = text.len() <= max_chars && self.len() + text.len() <= BODY_BYTES;
        let glance = fits.then(|| redaction::glance(text));
        if glance.is_some_and(Glance::is_clean) {
            self.put_to_quote(text.as_bytes());
            return true;
        }
        let may_hold_secret = glance.is_none_or(|glance| glance.may_hold_secret);
        self.lend_to(|out| out.put_dubious(text, max_chars, hidden, may_hold_secret))
    }

    /// The same for an id that nobody found clean.
    #[cold]
    #[inline(never)]
    pub(super) fn put_dubious_id(&mut self, id: &str, max_chars: usize) -> bool {
        self.put_rest_of_quoted(id, max_chars, Hidden::Replaced)
    }

    /// Writes what follows the quote of a string that cannot be written as it is.
    #[inline(never)]
    fn put_dubious(
        &mut self,
        text: &str,
        max_chars: usize,
        hidden: Hidden,
        may_hold_secret: bool,
    ) -> bool {
        let mut left = Left {
            chars: max_chars,
            end: BODY_BYTES.min(self.len() + max_chars * ESCAPE_BYTES),
        };
        let whole = if may_hold_secret {
            self.put_pieces(text, &mut left, hidden)
        } else {
            self.put_characters(text, &mut left, hidden)
        };
        self.put(b"\"");
        whole
    }

    /// Writes text piece by piece: what is clean, and a mark for each secret.
    fn put_pieces(&mut self, text: &str, left: &mut Left, hidden: Hidden) -> bool {
        // A secret that begins before the cut is still seen whole when the window reaches beyond it.
        let window =
            &text[..text.floor_char_boundary(left.chars.saturating_mul(4).saturating_add(4096))];
        for piece in redaction::pieces(window) {
            let whole = match piece {
                redaction::Piece::Clean(clean) => self.put_characters(clean, left, hidden),
                redaction::Piece::Secret(kind) => self.put_mark(kind, left),
            };
            if !whole {
                return false;
            }
        }
        window.len() == text.len()
    }

    pub(super) fn put_characters(&mut self, text: &str, left: &mut Left, hidden: Hidden) -> bool {
        let mut rest = text;
        while !rest.is_empty() {
            let room = BODY_BYTES.saturating_sub(self.len() + CHAR_BYTES_MAX);
            let plain = plain_prefix(rest.as_bytes()).min(left.chars).min(room);
            self.put_text(&rest.as_bytes()[..plain]);
            left.chars -= plain;
            rest = &rest[plain..];
            let Some(character) = rest.chars().next() else {
                return true;
            };
            if left.chars == 0 || self.len() + CHAR_BYTES_MAX > left.end {
                return false;
            }
            let replaced = hidden == Hidden::Replaced && is_hidden(character);
            push_char(self, if replaced { '\u{FFFD}' } else { character });
            left.chars -= 1;
            rest = &rest[character.len_utf8()..];
        }
        true
    }

    fn put_mark(&mut self, kind: redaction::Secret, left: &mut Left) -> bool {
        let mark = kind.mark();
        if mark.len() > left.chars || self.len() + mark.len() > left.end {
            return false;
        }
        self.put_text(mark.as_bytes());
        left.chars -= mark.len();
        true
    }
}
