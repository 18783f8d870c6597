//! Numbers as decimal digits, without a division where a table will do.

#![expect(
    clippy::cast_possible_truncation,
    reason = "each number is known to be a digit, or an index below a hundred"
)]

use super::buffer::LineBuffer;

/// The digits of 0 to 99, with a leading zero.
static PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut number = 0;
    while number < 100 {
        pairs[number as usize] = [b'0' + number / 10, b'0' + number % 10];
        number += 1;
    }
    pairs
};

/// The digits of a byte with a full stop behind them, and their length with it.
static OCTETS: [([u8; 4], u8); 256] = {
    let mut octets = [([b'.'; 4], 0); 256];
    let mut number = 0;
    while number < 256 {
        let digits = [number / 100, number / 10 % 10, number % 10];
        let leading_zeros = if number >= 100 {
            0
        } else if number >= 10 {
            1
        } else {
            2
        };
        let (text, length) = &mut octets[number];
        let mut at = leading_zeros;
        while at < 3 {
            text[at - leading_zeros] = b'0' + digits[at] as u8;
            at += 1;
        }
        *length = 4 - leading_zeros as u8;
        number += 1;
    }
    octets
};

/// Each byte as two hexadecimal digits.
pub(crate) static HEXADECIMAL: [[u8; 2]; 256] = {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut pairs = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        pairs[byte] = [DIGITS[byte >> 4], DIGITS[byte & 15]];
        byte += 1;
    }
    pairs
};

/// Two digits of a number below 100; of a larger one the last two.
#[inline]
pub(crate) fn pair(number: u32) -> [u8; 2] {
    PAIRS[(number % 100) as usize]
}

/// The digits of a whole number.
pub(super) fn push_number(out: &mut LineBuffer<'_>, number: u64) {
    if number < 10 {
        out.put(&[b'0' + number as u8]);
    } else if number < EIGHT_DIGITS {
        let number = number as u32;
        // Asked of the number, because where the line goes on must be known before its digits are.
        let zeros = 7 - number.ilog10() as usize;
        // All eight at once, of which what follows takes some back.
        out.put(&(eight_digits(number) >> (8 * zeros)).to_le_bytes());
        out.set_len(out.len() - zeros);
    } else {
        push_long_number(out, number);
    }
}

/// Apart, because hardly any number gets here.
#[inline(never)]
fn push_long_number(out: &mut LineBuffer<'_>, number: u64) {
    push_number(out, number / EIGHT_DIGITS);
    out.put(&eight_digits((number % EIGHT_DIGITS) as u32).to_le_bytes());
}

const EIGHT_DIGITS: u64 = 100_000_000;

/// A number as eight digits, the first one lowest. It is halved three times, in all its parts at once;
/// what divides is a multiplication by a rounded reciprocal, exact for numbers that short.
const fn eight_digits(number: u32) -> u64 {
    let (high, low) = (number / 10_000, number % 10_000);
    let fours = high as u64 | (low as u64) << 32;
    let hundreds = ((fours * 10_486) >> 20) & 0x0000_007F_0000_007F;
    let twos = hundreds | (fours - 100 * hundreds) << 16;
    let tens = ((twos * 103) >> 10) & 0x000F_000F_000F_000F;
    (tens | (twos - 10 * tens) << 8) + u64::from_le_bytes(*b"00000000")
}

/// An IPv4 address.
pub(super) fn push_octets(out: &mut LineBuffer<'_>, octets: [u8; 4]) {
    for octet in octets {
        let (digits, length) = OCTETS[usize::from(octet)];
        // Four bytes at once, of which the next octet takes some back.
        out.put(&digits);
        out.set_len(out.len() - 4 + usize::from(length));
    }
    // The last full stop.
    out.set_len(out.len() - 1);
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use crate::limits::LINE_BYTES;

    #[test]
    fn numbers_are_written_as_the_standard_library_writes_them() {
        let powers = (0..20).map(|power| 10_u64.pow(power));
        let edges = powers.flat_map(|power| [power - 1, power, power + 1]);
        let mut room = [0; LINE_BYTES];
        for number in edges.chain(0..1_200).chain([u64::MAX]) {
            let mut out = LineBuffer::new(&mut room);
            push_number(&mut out, number);
            assert_eq!(out.as_bytes(), number.to_string().as_bytes());
        }
    }

    #[test]
    fn every_four_digits_are_right_in_both_halves() {
        for number in 0..10_000 {
            let text = format!("{number:04}{:04}", 9_999 - number);
            let eight = eight_digits(number * 10_000 + 9_999 - number);
            assert_eq!(eight.to_le_bytes(), text.as_bytes());
        }
    }

    #[test]
    fn addresses_are_written_as_the_standard_library_writes_them() {
        let mut room = [0; LINE_BYTES];
        for octet in 0..=u8::MAX {
            let octets = [octet, 255 - octet, octet / 2, octet];
            let mut out = LineBuffer::new(&mut room);
            push_octets(&mut out, octets);
            let expected = Ipv4Addr::from(octets).to_string();
            assert_eq!(out.as_bytes(), expected.as_bytes());
        }
    }
}
