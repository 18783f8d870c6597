//! What the bytes of a text are, 32 at once where the processor can. One bit for each byte, the first
//! byte's the lowest.

/// Bytes looked at together.
pub(super) const CHUNK: usize = 32;

/// Most bytes that have signs together: one bit for each.
pub(super) const WINDOW: usize = 64;

/// Which bytes of a text are what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Signs {
    /// Letters, digits and underscores.
    pub(super) words: u64,
    pub(super) digits: u64,
    /// Whether all is printable ASCII that JSON does not escape.
    pub(super) is_plain: bool,
    /// The last letters of authorization schemes.
    pub(super) scheme_ends: u64,
    /// What stands between the parts of a token or of a name: `-` and `.`.
    pub(super) joints: u64,
    /// What stands between a name and its value: `:`, `=` and `@`.
    pub(super) assigns: u64,
}

impl Signs {
    /// The signs of the first [`WINDOW`] bytes.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    #[inline]
    pub(super) fn with_avx2(text: &[u8]) -> Self {
        gather(text, |chunk| at_once(chunk))
    }

    /// The same byte by byte.
    pub(super) fn one_by_one(text: &[u8]) -> Self {
        gather(text, one_by_one)
    }

    /// With the signs of bytes that begin so many behind the first; where both are, they are the same.
    #[inline]
    fn with(self, other: Self, behind: usize) -> Self {
        Self {
            words: self.words | other.words << behind,
            digits: self.digits | other.digits << behind,
            is_plain: self.is_plain & other.is_plain,
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

/// With instructions for 32 bytes at once.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
#[inline]
fn at_once(chunk: &[u8; CHUNK]) -> Signs {
    use std::arch::x86_64::{
        _mm256_andnot_si256, _mm256_cmpeq_epi8, _mm256_min_epu8, _mm256_movemask_epi8,
        _mm256_or_si256, _mm256_set_epi64x, _mm256_set1_epi8, _mm256_sub_epi8,
    };
    let (eights, _) = chunk.as_chunks();
    // An array first, or the compiler reads these bytes piece by piece.
    let [first, second, third, fourth] = std::array::from_fn(|at| i64::from_le_bytes(eights[at]));
    let bytes = _mm256_set_epi64x(fourth, third, second, first);
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
    let escaped = or(is(b'"'), is(b'\\'));
    Signs {
        words: bits(words),
        digits: bits(digits),
        is_plain: _mm256_movemask_epi8(_mm256_andnot_si256(escaped, printable)) == -1,
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
        is_plain: chunk
            .iter()
            .all(|byte| matches!(byte, b' '..=b'~') && !b"\"\\".contains(byte)),
        scheme_ends: bits(|byte| matches!(byte | 0x20, b'r' | b'c')),
        joints: bits(|byte| matches!(byte, b'-' | b'.')),
        assigns: bits(|byte| matches!(byte, b':' | b'=' | b'@')),
    }
}
