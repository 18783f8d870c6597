//! What the bytes of a name are, 16 at once.

/// What a part of a name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Marks {
    /// Whether it is made of letters, digits, underscores, hyphens and full stops only.
    pub(super) is_name: bool,
    /// Which of its bytes are hyphens and full stops, the first byte's bit the lowest. Means nothing if it
    /// is no name.
    pub(super) joints: u64,
}

impl Marks {
    /// With the marks of another part.
    #[inline]
    pub(super) fn with(self, other: Self) -> Self {
        Self {
            is_name: self.is_name & other.is_name,
            joints: self.joints | other.joints,
        }
    }

    /// The marks of twice eight bytes, with instructions for 16 at once.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "sse2")]
    #[inline]
    pub(super) fn with_sse2(first: u64, second: u64) -> Self {
        use std::arch::x86_64::{
            _mm_andnot_si128, _mm_cmpeq_epi8, _mm_min_epu8, _mm_movemask_epi8, _mm_or_si128,
            _mm_set_epi64x, _mm_set1_epi8, _mm_sub_epi8,
        };
        let bytes = _mm_set_epi64x(second.cast_signed(), first.cast_signed());
        let all = |byte: u8| _mm_set1_epi8(byte.cast_signed());
        let or = |a, b| _mm_or_si128(a, b);
        let is = |byte: u8| _mm_cmpeq_epi8(bytes, all(byte));
        // x - first as an unsigned number is below count.
        let is_within = |bytes, first: u8, count: u8| {
            let distance = _mm_sub_epi8(bytes, all(first));
            _mm_cmpeq_epi8(_mm_min_epu8(distance, all(count - 1)), distance)
        };
        let bits = |mask| u64::from(_mm_movemask_epi8(mask).cast_unsigned());
        let letters = is_within(or(bytes, all(0x20)), b'a', 26);
        // From the hyphen to the nine there is one more.
        let others = _mm_andnot_si128(is(b'/'), is_within(bytes, b'-', 13));
        Self {
            is_name: bits(or(or(letters, others), is(b'_'))) == 0xFFFF,
            joints: bits(is_within(bytes, b'-', 2)),
        }
    }

    /// The same eight bytes at a time.
    #[cfg(any(test, not(target_arch = "x86_64")))]
    pub(super) fn by_eights(first: u64, second: u64) -> Self {
        const ONES: u64 = u64::MAX / 0xFF;
        const HIGH: u64 = ONES * 0x80;
        // Brings the lowest bits of eight bytes together in the highest byte.
        const GATHER: u64 = 0x0102_0408_1020_4080;
        let is_in_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
        // All else that is in names is not below the zero.
        let joints = |eight: u64| {
            let below = !((eight | HIGH) - ONES * u64::from(b'0')) & HIGH;
            (below >> 7).wrapping_mul(GATHER) >> 56
        };
        let bytes = [first, second].map(u64::to_le_bytes);
        Self {
            // Every byte is looked at, so that the compiler can look at all of them at once.
            is_name: (bytes.as_flattened().iter()).fold(true, |all, byte| all & is_in_name(*byte)),
            joints: joints(first) | joints(second) << 8,
        }
    }
}
