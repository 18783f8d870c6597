//! What the bytes of a text are, sixteen at once. One bit for each byte, the first byte's the lowest.

/// Bytes looked at together.
pub(super) const CHUNK: usize = 16;

/// Which bytes of a text are what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Signs {
    /// Letters, digits and underscores.
    pub(super) words: u64,
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
    /// Adds the signs of a chunk that begins `at` bytes behind the first.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a call costs more than it does")]
    pub(super) fn add(&mut self, chunk: u128, at: usize) {
        let found = signs(chunk);
        self.words |= found.words << at;
        self.unplain |= found.unplain << at;
        self.scheme_ends |= found.scheme_ends << at;
        self.joints |= found.joints << at;
        self.assigns |= found.assigns << at;
    }
}

#[cfg(target_arch = "x86_64")]
#[inline]
fn signs(chunk: u128) -> Signs {
    // SAFETY: the only condition is that the processor knows SSE2, which is part of x86-64.
    #[expect(
        unsafe_code,
        reason = "the one call, several times faster than byte by byte"
    )]
    unsafe {
        at_once(chunk)
    }
}

/// With instructions for sixteen bytes at once.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "sse2")]
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    reason = "half of the bits are wanted"
)]
fn at_once(chunk: u128) -> Signs {
    use std::arch::x86_64::{
        _mm_cmpeq_epi8, _mm_min_epu8, _mm_movemask_epi8, _mm_or_si128, _mm_set_epi64x,
        _mm_set1_epi8, _mm_sub_epi8,
    };
    let half = |bits: u128| (bits as u64).cast_signed();
    let bytes = _mm_set_epi64x(half(chunk >> 64), half(chunk));
    let all = |byte: u8| _mm_set1_epi8(byte.cast_signed());
    let or = |a, b| _mm_or_si128(a, b);
    let is = |byte: u8| _mm_cmpeq_epi8(bytes, all(byte));
    // x - first as an unsigned number is below count.
    let is_within = |bytes, first: u8, count: u8| {
        let distance = _mm_sub_epi8(bytes, all(first));
        _mm_cmpeq_epi8(_mm_min_epu8(distance, all(count - 1)), distance)
    };
    let bits = |mask| u64::from(_mm_movemask_epi8(mask).cast_unsigned());
    let folded = or(bytes, all(0x20));
    let is_folded = |byte: u8| _mm_cmpeq_epi8(folded, all(byte));
    let words = or(
        or(is_within(bytes, b'0', 10), is_within(folded, b'a', 26)),
        is(b'_'),
    );
    // Printable ASCII is 0x20 to 0x7E; one range is less work than two.
    let printable = is_within(bytes, 0x20, 0x5F);
    Signs {
        words: bits(words),
        unplain: bits(or(is(b'"'), is(b'\\'))) | (bits(printable) ^ 0xFFFF),
        scheme_ends: bits(or(is_folded(b'r'), is_folded(b'c'))),
        joints: bits(or(is(b'-'), is(b'.'))),
        assigns: bits(or(or(is(b':'), is(b'=')), is(b'@'))),
    }
}

#[cfg(not(target_arch = "x86_64"))]
use one_by_one as signs;

/// Byte by byte.
#[cfg(any(test, not(target_arch = "x86_64")))]
fn one_by_one(chunk: u128) -> Signs {
    let bits = |is: fn(u8) -> bool| {
        let bytes = chunk.to_le_bytes().into_iter().enumerate();
        bytes.map(|(at, byte)| u64::from(is(byte)) << at).sum()
    };
    Signs {
        words: bits(|byte| byte.is_ascii_alphanumeric() || byte == b'_'),
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
            for at in 0..CHUNK {
                for around in [b'a', b' ', 0xFF] {
                    let mut chunk = [around; CHUNK];
                    chunk[at] = byte;
                    let chunk = u128::from_le_bytes(chunk);
                    assert_eq!(signs(chunk), one_by_one(chunk), "{byte:#x} at {at}");
                }
            }
        }
    }
}
