//! Names, which most ids are: letters, digits, underscores, hyphens and full stops. They are sorted less
//! finely than other texts, and so faster.

#![expect(
    clippy::inline_always,
    reason = "three ids of each event are looked at, and a call costs as much as half of a look"
)]

use super::marks::Marks;
use super::signs::WINDOW;
use super::{has_long_run, is_behind_beginning, places, processor, vendor};

/// Whether a text is a name, and neither long enough for a secret nor begun like one.
#[inline(always)]
pub(crate) fn is_short_name(text: &str) -> bool {
    let name = text.as_bytes();
    marks(name).is_some_and(|Marks { is_name, joints }| {
        is_name && (name.len() < vendor::SHORTEST_TOKEN || !may_be_token(name, joints))
    })
}

/// What a name of a window at most consists of; its joints only from eight bytes on. Its two ends are
/// looked at, which may overlap.
#[inline(always)]
fn marks(name: &[u8]) -> Option<Marks> {
    let length = name.len();
    // Not a `match`: the compiler would ask for one range after the other.
    if length >= 16 {
        if length > WINDOW {
            return None;
        }
        let ends = part(name, 0)?.with(part(name, length - 16)?);
        if length <= 32 {
            return Some(ends);
        }
        let middle = part(name, 16)?.with(part(name, length - 32)?);
        return Some(ends.with(middle));
    }
    if let (Some(first), Some(last)) = (name.first_chunk(), name.last_chunk()) {
        let [first, last] = [first, last].map(|eight| u64::from_le_bytes(*eight));
        let Marks { is_name, joints } = processor::marks(first, last);
        let joints = joints & 0xFF | joints >> 8 << (length - 8);
        return Some(Marks { is_name, joints });
    }
    let (first, last) = if let (Some(first), Some(last)) = (name.first_chunk(), name.last_chunk()) {
        (*first, *last)
    } else {
        let (first, last) = (*name.first()?, *name.last()?);
        ([first, name[length / 2], last, last], [last; 4])
    };
    let [first, last] = [first, last].map(|four| u64::from(u32::from_le_bytes(four)));
    let both = first | last << 32;
    Some(processor::marks(both, both))
}

/// The marks of 16 bytes from a place on.
#[inline]
fn part(name: &[u8], at: usize) -> Option<Marks> {
    let (eights, _) = name.get(at..)?.first_chunk::<16>()?.as_chunks();
    let [first, last] = [eights[0], eights[1]].map(u64::from_le_bytes);
    let Marks { is_name, joints } = processor::marks(first, last);
    let joints = joints << at;
    Some(Marks { is_name, joints })
}

/// Whether a name could be a token, by the length or the beginning of a word.
fn may_be_token(name: &[u8], joints: u64) -> bool {
    let all = u64::MAX >> (WINDOW - name.len());
    if has_long_run(!joints & all) {
        return true;
    }
    let mut start = 0;
    // What follows the last joints is too short for a token.
    for at in places(joints & all >> vendor::SHORTEST_TAIL) {
        if is_behind_beginning(name, start, at) {
            return true;
        }
        start = at + 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::redaction::holds_secret;
    use crate::writer::is_plain;

    #[test]
    fn a_name_of_any_length_is_one_and_one_wrong_byte_makes_it_none() {
        let name: String = "ab_1-Z.09".chars().cycle().take(WINDOW).collect();
        for length in 1..=WINDOW {
            assert!(is_short_name(&name[..length]), "{}", &name[..length]);
            for at in 0..length {
                let mut other = name[..length].to_owned();
                other.replace_range(at..=at, "/");
                assert!(!is_short_name(&other), "{other}");
            }
        }
        assert!(!is_short_name("") && !is_short_name(&(name + "a")));
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
    }
}
