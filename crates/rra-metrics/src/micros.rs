//! Amounts of tokens: a decimal text as whole millionths, and what is left over for the next one.

/// Ten to the power of 12: how many of the smallest part make a millionth.
pub(crate) const DUST_PER_MICRO: u64 = 1_000_000_000_000;
/// The largest amount that can be counted exactly.
const MAX_MICROS: u64 = crate::handle::MAX_EXACT;

/// An amount of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Micros {
    /// Whole millionths.
    pub(crate) whole: u64,
    /// What is left, in 10^-18 of a token: the smallest part of most tokens.
    pub(crate) dust: u64,
}

impl Micros {
    /// Reads a decimal number such as `12.5`. `None` for anything else, for a negative number, and
    /// for one too large to count exactly. Digits after the eighteenth fraction digit are dropped.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        if whole.is_empty() || fraction.is_empty() {
            return None;
        }
        if !whole
            .bytes()
            .chain(fraction.bytes())
            .all(|byte| byte.is_ascii_digit())
        {
            return None;
        }
        let tokens: u64 = whole.parse().ok()?;
        let digit = |place: usize| fraction.as_bytes().get(place).map_or(0, |byte| byte - b'0');
        let read = |places: std::ops::Range<usize>| {
            places.fold(0, |value, place| value * 10 + u64::from(digit(place)))
        };
        let micros = tokens.checked_mul(1_000_000)?.checked_add(read(0..6))?;
        (micros <= MAX_MICROS).then_some(Self {
            whole: micros,
            dust: read(6..18),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(u64, u64)>) {
        let parsed = Micros::parse(text).map(|amount| (amount.whole, amount.dust));
        assert_eq!(parsed, expected, "{text}");
    }

    #[test]
    fn a_whole_number_of_tokens_is_millions_of_millionths() {
        check("12", Some((12_000_000, 0)));
    }

    #[test]
    fn six_fraction_digits_are_exact() {
        check("0.000001", Some((1, 0)));
        check("99.99", Some((99_990_000, 0)));
    }

    #[test]
    fn smaller_parts_are_left_over() {
        check("0.0000015", Some((1, 500_000_000_000)));
        check("0.000000000000000001", Some((0, 1)));
    }

    #[test]
    fn digits_after_the_eighteenth_are_dropped() {
        check("0.0000000000000000019", Some((0, 1)));
    }

    #[test]
    fn what_is_not_a_plain_decimal_number_is_refused() {
        for text in [
            "", ".", "1.", ".5", "-1", "+1", "1e6", "1,5", "0x10", "٣", "NaN", " 1",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn an_amount_that_a_sample_cannot_hold_is_refused() {
        check("9007199254.740992", Some((1 << 53, 0)));
        check("9007199254.740993", None);
        check(&"9".repeat(78), None);
    }
}
