//! Recovery phrases of wallets: words of BIP-39 in a row.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

/// How many words in a row make a phrase: the shortest that BIP-39 allows.
pub(super) const WORDS: usize = 12;

/// Gaps between them.
pub(super) const GAPS: usize = WORDS - 1;

/// The shortest phrase: no word of the list has less than three letters.
pub(super) const SHORTEST_PHRASE: usize = WORDS * 3 + GAPS;

/// Longest word of the list.
const LONGEST_WORD: usize = 8;

/// How long words of the list are.
pub(super) const WORD_LENGTHS: RangeInclusive<usize> = 3..=LONGEST_WORD;

/// The English word list of BIP-39, in alphabetical order.
static LIST: LazyLock<Vec<&str>> =
    LazyLock::new(|| include_str!("bip39_english.txt").lines().collect());

/// The end of the phrase that begins at `start`, which is the start of a word.
pub(super) fn end_of_phrase(text: &str, start: usize) -> Option<usize> {
    let mut at = start;
    let mut end = start;
    let mut count = 0;
    loop {
        let word = leading(&text[at..], |b| b.is_ascii_alphabetic());
        if !is_listed(word) {
            break;
        }
        count += 1;
        end = at + word.len();
        let gap = leading(&text[end..], is_gap);
        if gap.is_empty() {
            break;
        }
        at = end + gap.len();
    }
    (count >= WORDS).then_some(end)
}

/// Whether a byte may stand between two words: as they are typed, and as a list of texts has them.
pub(super) fn is_gap(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t' | b'\r' | b'\n' | b',' | b';' | b'"' | b'\''
    )
}

fn leading(text: &str, fits: impl Fn(u8) -> bool) -> &str {
    &text[..text.bytes().take_while(|byte| fits(*byte)).count()]
}

fn is_listed(word: &str) -> bool {
    let mut lower = [0; LONGEST_WORD];
    let Some(lower) = lower.get_mut(..word.len()).filter(|slot| !slot.is_empty()) else {
        return false;
    };
    lower.copy_from_slice(word.as_bytes());
    lower.make_ascii_lowercase();
    LIST.binary_search_by(|listed| listed.as_bytes().cmp(lower))
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_whole_and_sorted() {
        assert_eq!(LIST.len(), 2048);
        assert!(LIST.is_sorted());
        assert!(LIST.iter().all(|word| word.len() <= LONGEST_WORD));
    }

    #[test]
    fn eleven_words_are_a_sentence_and_twelve_a_phrase() {
        let phrase = ["abandon"; 12].join(" ");
        assert_eq!(end_of_phrase(&phrase, 0), Some(phrase.len()));
        assert_eq!(end_of_phrase(&["abandon"; 11].join(" "), 0), None);
    }
}
