//! Both ends of a word as numbers: comparing those is quicker than comparing text, and all there is
//! to compare in a short word.

/// Length and ends of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Glance {
    len: usize,
    first: u64,
    last: u64,
}

impl Glance {
    #[inline]
    pub(super) fn of(word: &str) -> Self {
        let bytes = word.as_bytes();
        let len = bytes.len();
        if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
            let (first, last) = (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
            return Self { len, first, last };
        }
        if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
            let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
            let (first, last) = (first.into(), last.into());
            return Self { len, first, last };
        }
        let all = bytes.iter();
        let first = all.fold(0, |all, byte| (all << 8) | u64::from(*byte));
        let last = 0;
        Self { len, first, last }
    }

    /// Whether the two ends are the whole word: two such words of one glance are the same.
    #[inline]
    pub(super) fn is_whole(self) -> bool {
        self.len <= 2 * size_of::<u64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether two words are one by their glances, and whether that is certain.
    fn check(one: &str, other: &str, expected: (bool, bool)) {
        let (one, other) = (Glance::of(one), Glance::of(other));
        assert_eq!((one == other, one.is_whole()), expected);
    }

    #[test]
    fn a_word_is_itself() {
        for len in 0..=16 {
            check(
                &"session_session_"[..len],
                &"session_session_"[..len],
                (true, true),
            );
        }
    }

    #[test]
    fn a_letter_anywhere_in_a_short_word_tells_it_apart() {
        for len in 1..=16 {
            for at in 0..len {
                let mut other = "m".repeat(len);
                other.replace_range(at..=at, "n");
                check(&"m".repeat(len), &other, (false, true));
            }
        }
    }

    #[test]
    fn a_length_tells_words_apart() {
        check("", "\0", (false, true));
        check("aaaa", "aaaaa", (false, true));
        check("aaaaaaaa", "aaaaaaaaa", (false, true));
    }

    #[test]
    fn a_long_word_may_differ_in_the_middle() {
        check(
            "eip155:1_and_eip155:1",
            "eip155:1_or__eip155:1",
            (true, false),
        );
    }
}
