//! What the bytes of a text are, 32 at once where the processor can. One bit for each byte, the first
//! byte's the lowest.

/// Bytes looked at together.
const CHUNK: usize = 32;

/// Most bytes that have signs together: one bit for each.
pub(super) const WINDOW: usize = 64;

/// Which bytes of a text are what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Signs {
    /// Letters, digits and underscores.
    pub(super) words: u64,
    pub(super) digits: u64,
    /// What JSON escapes, and all that is not printable ASCII.
    pub(super) unplain: u64,
    /// The last letters of authorization schemes.
    pub(super) scheme_ends: u64,
    /// What stands between the parts of a token or of a name: `-` and `.`.
    pub(super) joints: u64,
    /// What stands between a name and its value: `:`, `=` and `@`.
    pub(super) assigns: u64,
}

impl Signs {
    /// The signs of the first [`WINDOW`] bytes.
    #[inline]
    pub(super) fn of(text: &[u8]) -> Self {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the only condition is that the processor knows AVX2, as was just asked.
            #[expect(
                unsafe_code,
                reason = "the one call, many times faster than byte by byte"
            )]
            return unsafe { with_avx2(text) };
        }
        gather(text, one_by_one)
    }

    /// With the signs of bytes that begin so many behind the first; where both are, they are the same.
    #[inline]
    fn with(self, other: Self, behind: usize) -> Self {
        Self {
            words: self.words | other.words << behind,
            digits: self.digits | other.digits << behind,
            unplain: self.unplain | other.unplain << behind,
            scheme_ends: self.scheme_ends | other.scheme_ends << behind,
            joints: self.joints | other.joints << behind,
            assigns: self.assigns | other.assigns << behind,
        }
    }
}

/// The signs of a window, chunk by chunk.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "so that `signs` uses what the caller may"
)]
fn gather(text: &[u8], signs: impl Fn(&[u8; CHUNK]) -> Signs) -> Signs {
    let window = &text[..text.len().min(WINDOW)];
    if let (Some(first), Some(last)) = (window.first_chunk(), window.last_chunk()) {
        return signs(first).with(signs(last), window.len() - CHUNK);
    }
    // Spaces have no sign.
    let mut chunk = [b' '; CHUNK];
    chunk[..window.len()].copy_from_slice(window);
    signs(&chunk)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn with_avx2(text: &[u8]) -> Signs {
    gather(text, |chunk| at_once(chunk))
}

/// With instructions for 32 bytes at once.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
#[inline]
fn at_once(chunk: &[u8; CHUNK]) -> Signs {
    use std::arch::x86_64::{
        _mm256_cmpeq_epi8, _mm256_min_epu8, _mm256_movemask_epi8, _mm256_or_si256,
        _mm256_set_epi64x, _mm256_set1_epi8, _mm256_sub_epi8,
    };
    let (eights, _) = chunk.as_chunks();
    let eight = |at: usize| i64::from_le_bytes(eights[at]);
    let bytes = _mm256_set_epi64x(eight(3), eight(2), eight(1), eight(0));
    let all = |byte: u8| _mm256_set1_epi8(byte.cast_signed());
    let or = |a, b| _mm256_or_si256(a, b);
    let is = |byte: u8| _mm256_cmpeq_epi8(bytes, all(byte));
    // x - first as an unsigned number is below count.
    let is_within = |bytes, first: u8, count: u8| {
        let distance = _mm256_sub_epi8(bytes, all(first));
        _mm256_cmpeq_epi8(_mm256_min_epu8(distance, all(count - 1)), distance)
    };
    let bits = |mask| u64::from(_mm256_movemask_epi8(mask).cast_unsigned());
    let folded = or(bytes, all(0x20));
    let is_folded = |byte: u8| _mm256_cmpeq_epi8(folded, all(byte));
    let digits = is_within(bytes, b'0', 10);
    let words = or(or(digits, is_within(folded, b'a', 26)), is(b'_'));
    // Printable ASCII is 0x20 to 0x7E; one range is less work than two.
    let printable = is_within(bytes, 0x20, 0x5F);
    Signs {
        words: bits(words),
        digits: bits(digits),
        unplain: bits(or(is(b'"'), is(b'\\'))) | (bits(printable) ^ u64::from(u32::MAX)),
        scheme_ends: bits(or(is_folded(b'r'), is_folded(b'c'))),
        joints: bits(or(is(b'-'), is(b'.'))),
        assigns: bits(or(or(is(b':'), is(b'=')), is(b'@'))),
    }
}

/// Byte by byte.
fn one_by_one(chunk: &[u8; CHUNK]) -> Signs {
    let bits = |is: fn(u8) -> bool| {
        let bytes = chunk.iter().enumerate();
        bytes.map(|(at, byte)| u64::from(is(*byte)) << at).sum()
    };
    Signs {
        words: bits(|byte| byte.is_ascii_alphanumeric() || byte == b'_'),
        digits: bits(|byte| byte.is_ascii_digit()),
        unplain: bits(|byte| !(0x20..0x7F).contains(&byte) || matches!(byte, b'"' | b'\\')),
        scheme_ends: bits(|byte| matches!(byte | 0x20, b'r' | b'c')),
        joints: bits(|byte| matches!(byte, b'-' | b'.')),
        assigns: bits(|byte| matches!(byte, b':' | b'=' | b'@')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_the_same_in_every_place() {
        for byte in 0..=u8::MAX {
            for at in 0..WINDOW {
                for around in [b'a', b' ', 0xFF] {
                    for length in at + 1..=WINDOW {
                        let mut text = [around; WINDOW];
                        text[at] = byte;
                        let text = &text[..length];
                        assert_eq!(
                            Signs::of(text),
                            gather(text, one_by_one),
                            "{byte:#x} at {at}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_too_short_for_a_chunk_has_no_signs_behind_it() {
        for length in 0..CHUNK {
            let words = Signs::of(&[b'a'; CHUNK][..length]).words;
            assert_eq!(words, (1 << length) - 1);
        }
    }
}
