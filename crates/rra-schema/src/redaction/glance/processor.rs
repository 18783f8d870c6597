//! What is made once more for processors that can look at many bytes at once.

#![cfg_attr(
    target_arch = "x86_64",
    expect(
        unsafe_code,
        reason = "what is made for a processor must not run on another; many times faster than byte by byte"
    )
)]

use super::Glance;
use super::marks::Marks;
use super::signs::Signs;
use super::window::Window;

/// Looks at the part of a text that begins at `start`.
#[inline]
pub(super) fn look(text: &str, start: usize) -> Glance {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("popcnt") {
        // SAFETY: the only condition is that the processor knows both, as was just asked.
        return unsafe { look_with_avx2(text, start) };
    }
    look_slowly(text, start)
}

#[inline(never)]
fn look_slowly(text: &str, start: usize) -> Glance {
    let signs = Signs::one_by_one(&text.as_bytes()[start..]);
    Window { text, start, signs }.glance()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,popcnt")]
fn look_with_avx2(text: &str, start: usize) -> Glance {
    let signs = Signs::with_avx2(&text.as_bytes()[start..]);
    Window { text, start, signs }.glance()
}

/// The marks of twice eight bytes.
#[inline]
pub(super) fn marks(first: u64, second: u64) -> Marks {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: the only condition is that the processor knows SSE2, as each of its kind does.
    return unsafe { Marks::with_sse2(first, second) };
    #[cfg(not(target_arch = "x86_64"))]
    Marks::by_eights(first, second)
}

#[cfg(test)]
mod tests {
    use super::super::signs::{CHUNK, WINDOW};
    use super::*;

    /// By the way that this processor takes.
    fn signs(text: &[u8]) -> Signs {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            // SAFETY: as was just asked.
            return unsafe { Signs::with_avx2(text) };
        }
        Signs::one_by_one(text)
    }

    #[test]
    fn every_byte_is_the_same_in_every_place() {
        for byte in 0..=u8::MAX {
            for at in 0..WINDOW {
                for around in [b'a', b' ', 0xFF] {
                    for length in at + 1..=WINDOW {
                        let mut text = [around; WINDOW];
                        text[at] = byte;
                        let text = &text[..length];
                        assert_eq!(signs(text), Signs::one_by_one(text), "{byte:#x} at {at}");
                    }
                }
            }
        }
    }

    #[test]
    fn every_byte_of_a_name_is_the_same_in_every_place() {
        for byte in 0..=u8::MAX {
            for at in 0..16 {
                let mut name = *b"aA-zZ_09.bB0-c._";
                name[at] = byte;
                let (eights, _) = name.as_chunks();
                let [first, second] = [eights[0], eights[1]].map(u64::from_le_bytes);
                let (fast, slow) = (marks(first, second), Marks::by_eights(first, second));
                assert_eq!(fast.is_name, slow.is_name, "{byte:#x} at {at}");
                assert!(!fast.is_name || fast == slow, "{byte:#x} at {at}");
            }
        }
    }

    #[test]
    fn what_is_too_short_for_a_chunk_has_no_signs_behind_it() {
        for length in 0..CHUNK {
            let words = signs(&[b'a'; CHUNK][..length]).words;
            assert_eq!(words, (1 << length) - 1);
        }
    }
}
