//! Digests. These are the only values whose 64 hexadecimal digits reach the log: everywhere else
//! such a run could be a private key and is redacted.

use super::{DetailValue, Scalar};
use crate::error::Error;
use crate::spec::FieldKind;
use crate::writer::Member;

/// The hash of a transaction: `0x` and 64 hexadecimal digits on Ethereum-like chains, up to 128
/// letters and digits elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TransactionHash<'a>(&'a str);

impl<'a> TransactionHash<'a> {
    /// Checks that the hash is 1 to 128 ASCII letters and digits.
    ///
    /// # Errors
    /// [`Error::Invalid`] otherwise.
    pub fn new(hash: &'a str) -> Result<Self, Error> {
        if is_transaction_hash(hash) {
            Ok(Self(hash))
        } else {
            Err(Error::invalid(
                "tx_hash",
                hash,
                "1 to 128 letters and digits",
            ))
        }
    }

    /// The hash.
    pub fn as_str(&self) -> &'a str {
        self.0
    }
}

pub(crate) fn is_transaction_hash(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

pub(crate) fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

impl DetailValue for TransactionHash<'_> {
    const KIND: FieldKind = FieldKind::TransactionHash;

    fn write(&self, member: &mut Member<'_, '_, '_>) {
        member.plain(self.0);
    }

    fn scalar(&self) -> Scalar<'_> {
        Scalar::Text(self.0)
    }
}

/// A SHA-256 digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sha256([u8; 64]);

impl From<[u8; 32]> for Sha256 {
    fn from(digest: [u8; 32]) -> Self {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; 64];
        for (pair, byte) in text.chunks_exact_mut(2).zip(digest) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        Self(text)
    }
}

impl Sha256 {
    /// The digest in lower-case hexadecimal digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl DetailValue for Sha256 {
    const KIND: FieldKind = FieldKind::Sha256;

    fn write(&self, member: &mut Member<'_, '_, '_>) {
        member.plain(self.as_str());
    }

    fn scalar(&self) -> Scalar<'_> {
        Scalar::Text(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_hash_is_letters_and_digits() {
        assert!(TransactionHash::new(&format!("0x{}", "ab".repeat(32))).is_ok());
        assert!(TransactionHash::new("").is_err());
        assert!(TransactionHash::new("0x12 34").is_err());
    }

    #[test]
    fn a_digest_is_written_in_lower_case() {
        assert_eq!(Sha256::from([0xAB; 32]).as_str(), "ab".repeat(32));
    }
}
