//! One quick look at a text that lets nearly all text pass: whether it can be written as it is, and
//! whether a detector could find a secret in it.
//!
//! Many bytes at a time are sorted into bits; what is asked of them takes a few operations for a whole
//! text. The look may suspect what holds no secret and never the other way round.

mod marks;
mod name;
mod processor;
mod signs;
mod window;

pub(crate) use name::is_short_name;
use signs::WINDOW;

use super::{mnemonic, pattern, vendor};

/// What a quick look tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Glance {
    /// Only printable ASCII that JSON does not escape, as far as was looked: no further than the window where
    /// a detector should look closer.
    pub(crate) is_plain: bool,
    /// A detector should look closer.
    pub(crate) may_hold_secret: bool,
}

impl Glance {
    /// Whether the text can be written as it is.
    pub(crate) fn is_clean(self) -> bool {
        self.is_plain && !self.may_hold_secret
    }
}

/// From one window to the next: they share as much as the longest run that is looked for.
const STEP: usize = WINDOW - pattern::SHORTEST_RUN;

/// Looks at a text.
#[inline]
pub(crate) fn glance(text: &str) -> Glance {
    if text.len() > WINDOW {
        return glance_far(text);
    }
    processor::look(text, 0)
}

/// Looks at a text that is longer than a window.
fn glance_far(text: &str) -> Glance {
    let mut glance = Glance {
        is_plain: true,
        may_hold_secret: holds_phrase(text),
    };
    for start in (0..text.len()).step_by(STEP) {
        let look = processor::look(text, start);
        glance.is_plain &= look.is_plain;
        glance.may_hold_secret |= look.may_hold_secret;
        // A sign is looked at to the end of its value, so not one for each window.
        if glance.may_hold_secret {
            break;
        }
    }
    glance
}

/// Whether the text has as many words in a row as a phrase, none longer or shorter than those of its list.
/// Most sentences have a word that is.
#[inline(never)]
fn holds_phrase(text: &str) -> bool {
    // The first word may have the end of an escape before it, and so seem too long.
    const WORDS: usize = mnemonic::WORDS - 1;
    // To count the gaps is many times faster than to count the words between them.
    let gaps = || text.bytes().filter(|byte| mnemonic::is_gap(*byte)).count();
    if text.len() < mnemonic::SHORTEST_PHRASE || gaps() < mnemonic::GAPS {
        return false;
    }
    let (mut words, mut letters) = (0, 0);
    for byte in text.bytes() {
        if byte.is_ascii_alphabetic() {
            letters += 1;
            continue;
        }
        if letters > 0 {
            let fits = mnemonic::WORD_LENGTHS.contains(&letters);
            words = if fits { words + 1 } else { 0 };
            letters = 0;
        }
        if words >= WORDS {
            return true;
        }
        if !mnemonic::is_gap(byte) {
            words = 0;
        }
    }
    words + usize::from(mnemonic::WORD_LENGTHS.contains(&letters)) >= WORDS
}

/// Whether a hyphen or a full stop is part of a token or of a block of PEM, if enough follows. The word
/// before it begins at `start`.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "asked for each hyphen of each text, and mostly two bytes answer it"
)]
fn is_telling_joint(text: &[u8], start: usize, place: usize) -> bool {
    text.len() - place > vendor::SHORTEST_TAIL
        && (is_behind_beginning(text, start, place)
            || pattern::is_escaped(text, start) && is_telling_behind_escape(text, start, place))
}

/// Whether a hyphen or a full stop stands behind what a token or a block of PEM begins with. The word
/// before it begins at `start`.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "asked for each hyphen of each id, and mostly two bytes answer it"
)]
fn is_behind_beginning(text: &[u8], start: usize, place: usize) -> bool {
    if start == place {
        text[..place].ends_with(b"----")
    } else {
        vendor::begins_token(&text[start..place])
    }
}

/// The same of a word that may begin with an escape, which nearly none does.
#[cold]
#[inline(never)]
fn is_telling_behind_escape(text: &[u8], start: usize, place: usize) -> bool {
    pattern::words_of(text, start..place).any(vendor::begins_token)
}

/// Whether [`pattern::SHORTEST_RUN`] bits in a row are set.
const fn has_long_run(bits: u64) -> bool {
    const { assert!(pattern::SHORTEST_RUN == 16) }
    // Each step doubles the length of the runs whose first bit stays.
    let two = bits & bits >> 1;
    let four = two & two >> 2;
    let eight = four & four >> 4;
    eight & eight >> 8 != 0
}

/// Whether a run of letters, digits and underscores that begins in the window from `start` on is long
/// enough to be a secret, and may be one. What goes on from the window before was looked at there.
#[inline(never)]
fn has_telling_run(text: &str, start: usize) -> bool {
    let bytes = text.as_bytes();
    let window = &bytes[..bytes.len().min(start + WINDOW)];
    let goes_on = start > 0 && pattern::is_word(bytes[start - 1]);
    let mut at = start
        + if goes_on {
            pattern::run(window, start, pattern::is_word)
        } else {
            0
        };
    while at < window.len() {
        let length = pattern::run(bytes, at, pattern::is_word);
        if length >= pattern::SHORTEST_RUN
            && pattern::words_of(bytes, at..at + length).any(pattern::may_begin)
        {
            return true;
        }
        at += length + 1;
    }
    false
}

/// The places of the bits that are set.
#[inline]
fn places(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let at = (bits != 0).then(|| bits.trailing_zeros() as usize)?;
        bits &= bits - 1;
        Some(at)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::holds_secret;
    use super::*;
    use crate::writer::is_plain;

    fn secret() -> impl Strategy<Value = String> {
        prop_oneof![
            "[0-9a-f]{64}",
            "eyJ[a-z0-9_-]{5,9}\\.[a-z0-9_-]{7,9}",
            "(Bearer|basic|BASIC) {1,2}[a-z0-9]{8,12}=?",
            "https?://[a-z]{1,3}:?[a-z]{0,3}@[a-z]{3}",
            "(password|api_key|client-secret)[=:] ?\"?[a-z]{3}[0-9]{3}",
            "(AKIA|AIza|SG\\.|sk-|xoxb-|glpat-|ghp_|npm_)[A-Za-z0-9_-]{5,20}[A-Za-z0-9_-]{5,25}",
            "-----BEGIN [A-Z]{3} KEY-----",
            "abandon(( |, |,)(ability|able|about|above)){11}",
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn no_secret_passes_a_quick_look(before in "[ -~]{0,12}", secret in secret(), after in "[ -~]{0,9}") {
            let text = before + &secret + &after;
            prop_assert!(glance(&text).may_hold_secret || !holds_secret(&text), "{text}");
        }

        #[test]
        fn no_text_that_passes_holds_a_secret(text in "[a-zA-Z0-9 .:=@_-]{0,60}|[ -~]{0,40}|.{0,20}") {
            prop_assert!(glance(&text).may_hold_secret || !holds_secret(&text), "{text}");
        }

        #[test]
        fn plain_is_what_every_byte_of_it_is(text in "[ -~]{0,40}|.{0,20}|[a-z\\x00-\\x20\"\\\\\\x7f]{0,20}") {
            prop_assert_eq!(glance(&text).is_plain, text.bytes().all(is_plain));
        }
    }
}
