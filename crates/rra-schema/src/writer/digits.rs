//! Numbers as decimal digits, without a division where a table will do.

#![expect(
    clippy::cast_possible_truncation,
    reason = "each number is known to be a digit, or an index below a hundred"
)]

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

/// Two digits of a number below 100; of a larger one the last two.
#[inline]
pub(crate) fn pair(number: u32) -> [u8; 2] {
    PAIRS[(number % 100) as usize]
}

/// Appends a whole number.
#[inline]
pub(crate) fn push_number(out: &mut Vec<u8>, mut number: u64) {
    if number < 10 {
        out.push(b'0' + number as u8);
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
    out.extend_from_slice(&text[at..]);
}

/// Appends an IPv4 address.
pub(crate) fn push_octets(out: &mut Vec<u8>, octets: [u8; 4]) {
    for octet in octets {
        let (text, length) = OCTETS[usize::from(octet)];
        // Four bytes at once and then some less is faster than as many as there are.
        out.extend_from_slice(&text);
        out.truncate(out.len() - 4 + usize::from(length));
    }
    out.pop();
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn numbers_are_written_as_the_standard_library_writes_them() {
        let powers = (0..20).map(|power| 10_u64.pow(power));
        let edges = powers.flat_map(|power| [power - 1, power, power + 1]);
        for number in edges.chain(0..1_200).chain([u64::MAX]) {
            let mut out = b"x".to_vec();
            push_number(&mut out, number);
            assert_eq!(String::from_utf8_lossy(&out), format!("x{number}"));
        }
    }

    #[test]
    fn addresses_are_written_as_the_standard_library_writes_them() {
        for octet in 0..=u8::MAX {
            let octets = [octet, 255 - octet, octet / 2, octet];
            let mut out = Vec::new();
            push_octets(&mut out, octets);
            let expected = Ipv4Addr::from(octets).to_string();
            assert_eq!(String::from_utf8_lossy(&out), expected);
        }
    }
}
