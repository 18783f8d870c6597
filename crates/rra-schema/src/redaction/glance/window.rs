//! What the signs of a part of a text tell.

#![expect(
    clippy::inline_always,
    reason = "signs are in registers only where all that asks for them is one function"
)]

use super::signs::{Signs, WINDOW};
use super::{Glance, has_long_run, has_telling_run, holds_phrase, is_telling_joint, places};
use crate::redaction::assignment::is_quoted_behind;
use crate::redaction::{mnemonic, pattern};

/// A part of a text.
pub(super) struct Window<'t> {
    pub(super) text: &'t str,
    pub(super) start: usize,
    pub(super) signs: Signs,
}

impl<'t> Window<'t> {
    /// What this part tells. Whether the text holds a phrase only if this part is all of it.
    #[inline(always)]
    pub(super) fn glance(&self) -> Glance {
        Glance {
            is_plain: self.signs.is_plain,
            may_hold_secret: self.is_telling() || (self.has_many_gaps() && holds_phrase(self.text)),
        }
    }

    /// Whether anything but a phrase asks for a closer look.
    #[inline(always)]
    fn is_telling(&self) -> bool {
        let Signs {
            words,
            scheme_ends,
            joints,
            assigns,
            ..
        } = self.signs;
        // What follows the last letter of a scheme is no letter.
        let schemes = scheme_ends << 1 & !words;
        let mut is_telling = has_long_run(words) && has_telling_run(self.text, self.start);
        // Loops, because what an iterator is given would be a function of its own.
        for at in places(joints | assigns) {
            is_telling = is_telling || self.is_telling_mark(at);
        }
        for at in places(schemes) {
            is_telling = is_telling || pattern::is_scheme(self.word_before(at));
        }
        is_telling
    }

    #[inline(always)]
    fn is_telling_mark(&self, at: usize) -> bool {
        let bytes = self.text.as_bytes();
        let place = self.start + at;
        match bytes[place] {
            b':' if !self.may_have_digit_behind(at) && !is_quoted_behind(bytes, place) => false,
            b':' | b'=' => pattern::may_assign(self.text, place),
            b'-' | b'.' => is_telling_joint(bytes, place - self.word_before(at).len(), place),
            _ => true,
        }
    }

    /// Whether there are so many bytes that are no words that they could be the gaps of a phrase.
    #[inline(always)]
    fn has_many_gaps(&self) -> bool {
        let length = self.text.len();
        length <= WINDOW && length - self.signs.words.count_ones() as usize >= mnemonic::GAPS
    }

    /// Whether a digit follows, without which nothing is assigned by a colon but what stands in quotes.
    #[inline(always)]
    fn may_have_digit_behind(&self, at: usize) -> bool {
        self.signs.digits >> at != 0 || self.text.len() - self.start > WINDOW
    }

    /// The run of letters, digits and underscores before a place. No prefix that is looked for is longer
    /// than what two windows share.
    #[inline(always)]
    fn word_before(&self, at: usize) -> &'t [u8] {
        let before = match at {
            0 => 0,
            at => self.signs.words << (WINDOW - at),
        };
        let place = self.start + at;
        &self.text.as_bytes()[place - before.leading_ones() as usize..place]
    }
}
