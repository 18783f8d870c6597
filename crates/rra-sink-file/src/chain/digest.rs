//! The digest of one line.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::error::Error;

/// The SHA-256 digest of a line of the log: of its bytes as they are in the file, without the
/// newline. As text it is 64 lower-case hexadecimal digits.
///
/// ```
/// use rra_sink_file::LineDigest;
///
/// let digest = LineDigest::of(b"{}\n");
/// assert_eq!(digest.to_string(), "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
/// assert_eq!(digest.to_string().parse::<LineDigest>()?, digest);
/// # Ok::<(), rra_sink_file::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct LineDigest([u8; 32]);

impl LineDigest {
    /// What the first line of a new chain carries: 64 zeros.
    pub const START: Self = Self([0; 32]);

    /// The digest of this line, with or without its newline.
    pub fn of(line: &[u8]) -> Self {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        Self(Sha256::digest(line).into())
    }

    /// The 32 bytes.
    pub const fn bytes(self) -> [u8; 32] {
        self.0
    }

    pub(crate) fn finish(hasher: Sha256) -> Self {
        Self(hasher.finalize().into())
    }

    pub(crate) fn digits(self) -> [u8; 64] {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; 64];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        text
    }
}

impl fmt::Display for LineDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.digits()).unwrap_or_default())
    }
}

impl fmt::Debug for LineDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for LineDigest {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refused = || Error::Digest {
            text: text.to_owned(),
        };
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
            return Err(refused());
        };
        let mut bytes = [0; 32];
        if pairs.len() != bytes.len() {
            return Err(refused());
        }
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            let pair = nibble(*high).zip(nibble(*low));
            let (high, low) = pair.ok_or_else(refused)?;
            *byte = high << 4 | low;
        }
        Ok(Self(bytes))
    }
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_refused(text: &str) {
        let error = text.parse::<LineDigest>().unwrap_err();
        assert!(error.to_string().contains("64 lower-case"), "{error}");
    }

    #[test]
    fn text_that_is_no_digest_is_refused() {
        check_refused("");
        check_refused(&"0".repeat(63));
        check_refused(&"0".repeat(66));
        check_refused(&"A".repeat(64));
        check_refused(&"é".repeat(32));
    }

    #[test]
    fn a_newline_is_not_part_of_the_line() {
        assert_eq!(LineDigest::of(b"a\n"), LineDigest::of(b"a"));
        assert_ne!(LineDigest::of(b"a\n\n"), LineDigest::of(b"a"));
    }
}
