//! One quick look at a text that lets nearly all text pass: whether it can be written as it is, and
//! whether a detector could find a secret in it.
//!
//! Sixteen bytes at a time are sorted into bits; what is asked of them takes a few operations for a
//! whole text. The look may suspect what holds no secret and never the other way round.

mod signs;

use signs::{CHUNK, Signs};

use super::{mnemonic, pattern, vendor};

/// What a quick look tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Glance {
    /// Only printable ASCII that JSON does not escape.
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

/// Longest name that is looked at as one: no key and no phrase is as short.
const SHORT_NAME: usize = 2 * CHUNK;

/// Bytes of one window: one bit for each.
const WINDOW: usize = 64;
/// From one window to the next: they share as much as the longest run that is looked for.
const STEP: usize = WINDOW - pattern::SHORTEST_RUN;

/// Looks at a text.
#[inline]
pub(crate) fn glance(text: &str) -> Glance {
    if text.len() > WINDOW {
        return glance_far(text);
    }
    let look = Window::new(text, 0);
    Glance {
        is_plain: look.signs.unplain == 0,
        may_hold_secret: look.is_telling() || (look.has_many_gaps() && holds_phrase(text)),
    }
}

/// Whether a text is one of the names that most ids are: letters, digits, underscores, hyphens and
/// full stops, and neither long enough for a secret nor begun like one.
#[inline]
pub(crate) fn is_short_name(text: &str) -> bool {
    if !(1..=SHORT_NAME).contains(&text.len()) {
        return false;
    }
    let Signs { words, joints, .. } = Window::new(text, 0).signs;
    let all = u64::MAX >> (WINDOW - text.len());
    let name = text.as_bytes();
    words | joints == all
        && (name.len() < vendor::SHORTEST_TOKEN || !may_be_token(name, words, joints))
}

/// Whether a short name could be a token, by its length and its beginning.
#[inline]
fn may_be_token(name: &[u8], words: u64, joints: u64) -> bool {
    has_long_run(words) || places(joints).any(|at| is_telling_joint(name, at, words, at))
}

/// Looks at a text that is longer than a window.
fn glance_far(text: &str) -> Glance {
    let mut glance = Glance {
        is_plain: true,
        may_hold_secret: holds_phrase(text),
    };
    for start in (0..text.len()).step_by(STEP) {
        let look = Window::new(text, start);
        glance.is_plain &= look.signs.unplain == 0;
        glance.may_hold_secret |= look.is_telling();
    }
    glance
}

/// Whether the text has as many gaps as a phrase has, and room for its words.
fn holds_phrase(text: &str) -> bool {
    let is_gap = |byte: &&u8| matches!(**byte, b' ' | b',' | b'\t' | b'\r' | b'\n');
    text.len() >= mnemonic::SHORTEST_PHRASE
        && text.as_bytes().iter().filter(is_gap).count() >= mnemonic::GAPS
}

/// The signs in a part of a text.
struct Window<'t> {
    text: &'t str,
    start: usize,
    signs: Signs,
}

impl<'t> Window<'t> {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "so that its bits stay in registers")]
    fn new(text: &'t str, start: usize) -> Self {
        let rest = &text.as_bytes()[start..];
        let bytes = &rest[..rest.len().min(WINDOW)];
        let mut signs = Signs::default();
        if let Some(last) = bytes.last_chunk::<CHUNK>() {
            let (chunks, _) = bytes.as_chunks::<CHUNK>();
            for (number, chunk) in chunks.iter().enumerate() {
                signs.add(u128::from_le_bytes(*chunk), number * CHUNK);
            }
            // The last bytes once more: the bits that are there already are the same.
            signs.add(u128::from_le_bytes(*last), bytes.len() - CHUNK);
        } else {
            signs.add(padded(bytes), 0);
            // What was put behind the text is no part of its last word.
            signs.words &= (1 << bytes.len()) - 1;
        }
        Self { text, start, signs }
    }

    /// Whether there are so many bytes that are no words that they could be the gaps of a phrase.
    fn has_many_gaps(&self) -> bool {
        self.text.len() - self.signs.words.count_ones() as usize >= mnemonic::GAPS
    }

    /// Whether anything but a phrase asks for a closer look.
    #[inline]
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
        (has_long_run(words) && long_runs(self.text).any(pattern::may_begin))
            || places(joints | assigns).any(|at| self.is_telling_mark(at))
            || places(schemes).any(|at| pattern::is_scheme(self.word_before(at)))
    }

    #[inline]
    fn is_telling_mark(&self, at: usize) -> bool {
        let bytes = self.text.as_bytes();
        let place = self.start + at;
        match bytes[place] {
            b':' | b'=' => pattern::may_assign(self.text, place),
            b'-' | b'.' => is_telling_joint(bytes, place, self.signs.words, at),
            _ => true,
        }
    }

    fn word_before(&self, at: usize) -> &'t [u8] {
        word_before(self.text.as_bytes(), self.start + at, self.signs.words, at)
    }
}

/// Whether a hyphen or a full stop is part of a token or of a block of PEM, if enough follows. It is
/// at `place` in the text, and at `at` among the signs.
#[inline]
fn is_telling_joint(text: &[u8], place: usize, words: u64, at: usize) -> bool {
    text.len() - place > vendor::SHORTEST_TAIL
        && match word_before(text, place, words, at) {
            [] => text[..place].ends_with(b"----"),
            word => vendor::begins_token(word),
        }
}

/// The run of letters, digits and underscores before a place. No prefix that is looked for is longer
/// than what two windows share.
#[inline]
fn word_before(text: &[u8], place: usize, words: u64, at: usize) -> &[u8] {
    let before = match at {
        0 => 0,
        at => words << (WINDOW - at),
    };
    let length = before.leading_ones() as usize;
    &text[place - length..place]
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

/// The runs of letters, digits and underscores that are long enough to be a secret.
fn long_runs(text: &str) -> impl Iterator<Item = &[u8]> {
    let runs = text.as_bytes().split(|byte| !pattern::is_word(*byte));
    runs.filter(|run| run.len() >= pattern::SHORTEST_RUN)
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

/// Bytes that are less than a chunk, as a number, with what counts as a word behind them. Made of
/// pieces that may overlap, which costs less than a copy.
#[inline]
fn padded(bytes: &[u8]) -> u128 {
    let behind = FILLER << (8 * bytes.len());
    let text = match (bytes.first_chunk::<8>(), bytes.first_chunk::<4>()) {
        (Some(first), _) => join(
            u64::from_le_bytes(*first),
            last_eight(bytes),
            bytes.len() - 8,
        ),
        (_, Some(first)) => {
            let last = bytes
                .last_chunk()
                .map_or(0, |last| u32::from_le_bytes(*last));
            join(
                u32::from_le_bytes(*first).into(),
                last.into(),
                bytes.len() - 4,
            )
        }
        _ => bytes
            .iter()
            .rev()
            .fold(0, |text, byte| text << 8 | u128::from(*byte)),
    };
    text | behind
}

fn last_eight(bytes: &[u8]) -> u64 {
    bytes
        .last_chunk()
        .map_or(0, |last| u64::from_le_bytes(*last))
}

/// Two pieces, the second so many bytes behind the first. Where both are, they are the same.
#[inline]
fn join(first: u64, last: u64, behind: usize) -> u128 {
    u128::from(first) | u128::from(last) << (8 * behind)
}

const FILLER: u128 = u128::from_le_bytes([b'_'; CHUNK]);

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

    #[test]
    fn what_is_too_short_for_a_chunk_is_filled_up() {
        for length in 0..CHUNK {
            let mut expected = *b"0123456789abcdef";
            expected[length..].fill(b'_');
            let text = &b"0123456789abcdef"[..length];
            assert_eq!(padded(text).to_le_bytes(), expected);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn a_short_name_is_clean(
            text in "[a-zA-Z0-9._-]{0,34}|[ -~]{0,34}|.{0,8}|(sk-|SG\\.|eyJ|glpat-|xoxb-|-----BEGIN)[a-zA-Z0-9._-]{0,28}"
        ) {
            let found = holds_secret(&text) || !text.bytes().all(is_plain) || text.is_empty();
            prop_assert!(!(is_short_name(&text) && found), "{text}");
        }

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
