//! Keyed digests: what signs a webhook and what makes a token. Owns the comparison in constant time.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A secret that makes and checks digests.
#[derive(Clone)]
pub(crate) struct Signer(Hmac<Sha256>);

impl Signer {
    pub(crate) fn new(secret: &[u8]) -> Self {
        Self(Hmac::new_from_slice(secret).expect("HMAC takes a key of any length"))
    }

    /// The digest of `message` in lower-case hexadecimal digits.
    pub(crate) fn sign(&self, message: &[u8]) -> String {
        let digest = self.0.clone().chain_update(message).finalize();
        hex(&digest.into_bytes())
    }

    /// Whether `digest` is that of `message`. Takes as long for a wrong one as for a right one.
    pub(crate) fn verify(&self, message: &[u8], digest: &str) -> Result<(), Fault> {
        let digest = unhex(digest).ok_or(Fault::Malformed)?;
        let expected = self.0.clone().chain_update(message);
        expected.verify_slice(&digest).map_err(|_| Fault::Mismatch)
    }
}

/// Why a digest was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is not 64 hexadecimal digits.
    Malformed,
    /// It belongs to another message or another secret.
    Mismatch,
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks_exact(2);
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_fits_its_message_only() {
        let signer = Signer::new(b"secret");
        let digest = signer.sign(b"message");
        assert_eq!(signer.verify(b"message", &digest), Ok(()));
        assert_eq!(signer.verify(b"massage", &digest), Err(Fault::Mismatch));
        assert_eq!(
            Signer::new(b"other").verify(b"message", &digest),
            Err(Fault::Mismatch)
        );
    }

    #[test]
    fn what_is_no_digest_is_malformed() {
        let signer = Signer::new(b"secret");
        assert_eq!(signer.verify(b"message", ""), Err(Fault::Malformed));
        assert_eq!(
            signer.verify(b"message", &"zz".repeat(32)),
            Err(Fault::Malformed)
        );
    }

    #[test]
    fn the_digest_is_hmac_sha256() {
        // RFC 4231, test case 2.
        let digest = Signer::new(b"Jefe").sign(b"what do ya want for nothing?");
        assert!(
            digest.starts_with("5bdcc146bf60754e6a042426089575c7"),
            "{digest}"
        );
    }
}
