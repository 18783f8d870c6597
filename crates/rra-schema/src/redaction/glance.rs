//! One quick look at a text that lets nearly all text pass: whether it can be written as it is, and
//! whether a detector could find a secret in it.
//!
//! Many bytes at a time are sorted into bits; what is asked of them takes a few operations for a whole
//! text. The look may suspect what holds no secret and never the other way round.

mod signs;

use signs::{Signs, WINDOW};

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
    let name = text.as_bytes();
    match name.len() {
        1..4 => name.iter().all(|byte| is_in_name(*byte)),
        4..8 => ends_are_in_name::<4>(name),
        8..16 => ends_are_harmless::<8>(name),
        16..32 => ends_are_harmless::<16>(name),
        // A UUID is shorter.
        32..=WINDOW => ends_are_harmless::<32>(name),
        _ => false,
    }
}

/// Whether a name of `N` to `2 * N` bytes is one, and no secret.
#[inline]
fn ends_are_harmless<const N: usize>(name: &[u8]) -> bool {
    ends_are_in_name::<N>(name)
        && (name.len() < vendor::SHORTEST_TOKEN || !may_be_token(name, joints::<N>(name)))
}

/// Whether all bytes of a name of `N` to `2 * N` are what names are made of. Every byte is looked at,
/// so that the compiler can look at all of them at once.
#[inline]
fn ends_are_in_name<const N: usize>(name: &[u8]) -> bool {
    match (name.first_chunk::<N>(), name.last_chunk::<N>()) {
        (Some(first), Some(last)) => first.iter().zip(last).fold(true, |all, (one, other)| {
            all & is_in_name(*one) & is_in_name(*other)
        }),
        _ => false,
    }
}

/// Whether a byte is a letter, a digit, an underscore, a hyphen or a full stop.
#[inline]
#[expect(
    clippy::needless_bitwise_bool,
    reason = "a branch would keep the compiler from looking at many bytes at once"
)]
const fn is_in_name(byte: u8) -> bool {
    let is_letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    // From the hyphen to the nine there is one more.
    let is_other = (byte.wrapping_sub(b'-') < 13) & (byte != b'/');
    is_letter | is_other | (byte == b'_')
}

/// Whether a short name could be a token, by the length or the beginning of a word.
fn may_be_token(name: &[u8], joints: u64) -> bool {
    let all = u64::MAX >> (WINDOW - name.len());
    let mut start = 0;
    has_long_run(!joints & all)
        || places(joints).any(|at| {
            let first = std::mem::replace(&mut start, at + 1);
            is_telling_joint(name, first, at)
        })
}

/// Which bytes of a name of `N` to `2 * N` are hyphens and full stops.
#[inline]
fn joints<const N: usize>(name: &[u8]) -> u64 {
    match (name.first_chunk::<N>(), name.last_chunk::<N>()) {
        (Some(first), Some(last)) => joints_of(first) | joints_of(last) << (name.len() - N),
        _ => 0,
    }
}

/// Which bytes of a part of a name are hyphens and full stops, eight at once: all else that is in names
/// is not below the zero.
#[inline]
fn joints_of<const N: usize>(part: &[u8; N]) -> u64 {
    const ONES: u64 = u64::MAX / 0xFF;
    const HIGH: u64 = ONES * 0x80;
    // Brings the lowest bits of eight bytes together in the highest byte.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let (eights, _) = part.as_chunks();
    let eights = eights.iter().enumerate();
    eights.fold(0, |joints, (at, eight)| {
        let below = !((u64::from_le_bytes(*eight) | HIGH) - ONES * u64::from(b'0')) & HIGH;
        joints | ((below >> 7).wrapping_mul(GATHER) >> 56) << (8 * at)
    })
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
    #[inline]
    fn new(text: &'t str, start: usize) -> Self {
        Self {
            text,
            start,
            signs: Signs::of(&text.as_bytes()[start..]),
        }
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
            b':' if !self.may_have_digit_behind(at) => false,
            b':' | b'=' => pattern::may_assign(self.text, place),
            b'-' | b'.' => is_telling_joint(bytes, place - self.word_before(at).len(), place),
            _ => true,
        }
    }

    /// Whether a digit follows, without which nothing is assigned by a colon.
    fn may_have_digit_behind(&self, at: usize) -> bool {
        self.signs.digits >> at != 0 || self.text.len() - self.start > WINDOW
    }

    /// The run of letters, digits and underscores before a place. No prefix that is looked for is longer
    /// than what two windows share.
    #[inline]
    fn word_before(&self, at: usize) -> &'t [u8] {
        let before = match at {
            0 => 0,
            at => self.signs.words << (WINDOW - at),
        };
        let place = self.start + at;
        &self.text.as_bytes()[place - before.leading_ones() as usize..place]
    }
}

/// Whether a hyphen or a full stop is part of a token or of a block of PEM, if enough follows. The word
/// before it begins at `start`.
#[inline]
fn is_telling_joint(text: &[u8], start: usize, place: usize) -> bool {
    text.len() - place > vendor::SHORTEST_TAIL
        && match &text[start..place] {
            [] => text[..place].ends_with(b"----"),
            word => vendor::begins_token(word),
        }
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
        fn a_short_name_is_clean(
            text in "[a-zA-Z0-9._-]{0,66}|([a-z0-9]{0,17}[._-]){0,5}|[ -~]{0,66}|.{0,8}|([a-z]{0,12}-)?(sk-|SG\\.|eyJ|glpat-|xoxb-|-----BEGIN)[a-zA-Z0-9._-]{0,50}"
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
