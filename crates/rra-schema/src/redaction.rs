//! Secrets do not reach the log: found by the name of their key ([`is_secret_key`]) or by their
//! form ([`pieces`]).
//!
//! A private key of Ethereum and a transaction's hash look the same, 64 hexadecimal digits, so
//! every such run is replaced unless the field's type says that it is a hash.

mod key;
mod mnemonic;
mod pattern;

pub use key::is_secret_key;

/// A kind of secret that is found by its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Secret {
    /// 64 or more hexadecimal digits.
    HexKey,
    /// A block of PEM.
    Pem,
    /// A JSON Web Token.
    Jwt,
    /// The credentials of an `Authorization` header.
    Authorization,
    /// What stands before the `@` of a URL.
    UserInfo,
    /// Twelve or more words of BIP-39 in a row.
    Mnemonic,
    /// A token with a vendor's prefix.
    VendorToken,
    /// The value after a name that says it is secret, as in `password=`.
    Assignment,
}

impl Secret {
    /// What is written in its place.
    pub(crate) const fn mark(self) -> &'static str {
        match self {
            Self::HexKey => "[redacted:hex]",
            Self::Pem => "[redacted:pem]",
            Self::Jwt => "[redacted:jwt]",
            Self::Authorization => "[redacted:authorization]",
            Self::UserInfo => "[redacted:userinfo]",
            Self::Mnemonic => "[redacted:mnemonic]",
            Self::VendorToken => "[redacted:token]",
            Self::Assignment => "[redacted:value]",
        }
    }
}

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'t> {
    /// May be written.
    Clean(&'t str),
    /// Must be replaced by its mark.
    Secret(Secret),
}

/// The parts of a text, in order.
pub(crate) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = if may_hold_secret(text) {
        Rest::Unsearched(0)
    } else {
        Rest::Clean(0)
    };
    std::iter::from_fn(move || {
        loop {
            match rest {
                Rest::Clean(from) => {
                    rest = Rest::Clean(text.len());
                    return (from < text.len()).then(|| Piece::Clean(&text[from..]));
                }
                Rest::Found { kind, end } => {
                    rest = Rest::Unsearched(end);
                    return Some(Piece::Secret(kind));
                }
                Rest::Unsearched(from) => match pattern::find(text, from) {
                    None => rest = Rest::Clean(from),
                    Some(found) => {
                        rest = Rest::Found {
                            kind: found.kind,
                            end: found.end,
                        };
                        if found.start > from {
                            return Some(Piece::Clean(&text[from..found.start]));
                        }
                    }
                },
            }
        }
    })
}

/// The text with a mark in place of every secret that is found by its form; `None` when there is
/// none, which is nearly always.
///
/// ```
/// let text = rra_schema::redact("GET https://me:hunter2@example.com/");
/// assert_eq!(text.as_deref(), Some("GET https://[redacted:userinfo]@example.com/"));
/// assert_eq!(rra_schema::redact("GET /health"), None);
/// ```
pub fn redact(text: &str) -> Option<String> {
    if !may_hold_secret(text) || !holds_secret(text) {
        return None;
    }
    let pieces = pieces(text).map(|piece| match piece {
        Piece::Clean(text) => text,
        Piece::Secret(secret) => secret.mark(),
    });
    Some(pieces.collect())
}

/// Whether a detector finds anything.
pub(crate) fn holds_secret(text: &str) -> bool {
    pattern::find(text, 0).is_some()
}

#[derive(Clone, Copy)]
enum Rest {
    Unsearched(usize),
    Found { kind: Secret, end: usize },
    Clean(usize),
}

/// A quick look that lets nearly all text pass: false only where no detector could find anything.
pub(crate) fn may_hold_secret(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() < pattern::SHORTEST_UNSIGNED
        && !bytes.iter().any(|byte| matches!(byte, b'@' | b':' | b'='))
    {
        return false;
    }
    let (mut from, mut spaces) = (0, 0);
    loop {
        let rest = &bytes[from..];
        let run = rest
            .iter()
            .take_while(|byte| SIGNS[usize::from(**byte)] == Sign::Word)
            .count();
        if run >= pattern::SHORTEST_RUN && pattern::may_begin(&rest[..run]) {
            return true;
        }
        let Some(&sign) = rest.get(run) else {
            return false;
        };
        let at = from + run;
        let is_telling = match SIGNS[usize::from(sign)] {
            Sign::Word | Sign::Other => false,
            Sign::At => true,
            Sign::Assign => pattern::may_assign(text, at),
            Sign::Joint => {
                let word = &rest[..run];
                bytes[..at].ends_with(b"----")
                    || pattern::begins_vendor_token(word)
                    || pattern::may_begin(word)
            }
            Sign::Space => {
                spaces += 1;
                spaces >= mnemonic::WORDS - 1 || pattern::is_scheme(&rest[..run])
            }
        };
        if is_telling {
            return true;
        }
        from = at + 1;
    }
}

/// What a byte can tell of a secret around it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Word,
    At,
    Assign,
    Joint,
    Space,
    Other,
}

static SIGNS: [Sign; 256] = {
    let mut signs = [Sign::Other; 256];
    let mut byte = 0_u8;
    loop {
        signs[byte as usize] = match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' => Sign::Word,
            b'@' => Sign::At,
            b':' | b'=' => Sign::Assign,
            b'-' | b'.' => Sign::Joint,
            b' ' | b'\t' | b'\n' | b'\r' => Sign::Space,
            _ => Sign::Other,
        };
        if byte == u8::MAX {
            break signs;
        }
        byte += 1;
    }
};

#[cfg(test)]
mod tests;
