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
#[inline]
pub(super) fn push_number(out: &mut LineBuffer, mut number: u64) {
    if number < 10 {
        out.put(&[b'0' + number as u8]);
        return;
    }
    let mut text = [0; 20];
    let mut at = text.len();
    while number >= 100 {
        at -= 2;
        text[at..at + 2].copy_from_slice(&PAIRS[(number % 100) as usize]);
        number /= 100;
    }
    let [tens, ones] = PAIRS[number as usize];
    at -= 1;
    text[at] = ones;
    if tens != b'0' {
        at -= 1;
        text[at] = tens;
    }
    out.put_text(&text[at..]);
}

/// An IPv4 address.
pub(super) fn push_octets(out: &mut LineBuffer, octets: [u8; 4]) {
    let mut text = [0; 16];
    let mut end = 0;
    for octet in octets {
        let (digits, length) = OCTETS[usize::from(octet)];
        // Four bytes at once, of which the next octet takes some back.
        text[end..end + 4].copy_from_slice(&digits);
        end += usize::from(length);
    }
    out.put_text(&text[..end - 1]);
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn empty() -> LineBuffer {
        let mut buffer = LineBuffer::new();
        buffer.begin();
        buffer
    }

    #[test]
    fn numbers_are_written_as_the_standard_library_writes_them() {
        let powers = (0..20).map(|power| 10_u64.pow(power));
        let edges = powers.flat_map(|power| [power - 1, power, power + 1]);
        for number in edges.chain(0..1_200).chain([u64::MAX]) {
            let mut out = empty();
            push_number(&mut out, number);
            assert_eq!(out.as_bytes(), number.to_string().as_bytes());
        }
    }

    #[test]
    fn addresses_are_written_as_the_standard_library_writes_them() {
        for octet in 0..=u8::MAX {
            let octets = [octet, 255 - octet, octet / 2, octet];
            let mut out = empty();
            push_octets(&mut out, octets);
            let expected = Ipv4Addr::from(octets).to_string();
            assert_eq!(out.as_bytes(), expected.as_bytes());
        }
    }
}
