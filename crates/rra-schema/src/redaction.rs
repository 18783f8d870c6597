//! Secrets do not reach the log: found by the name of their key ([`is_secret_key`]) or by their
//! form ([`pieces`]).
//!
//! A private key of Ethereum and a transaction's hash look the same, 64 hexadecimal digits, so
//! every such run is replaced unless the field's type says that it is a hash.

use std::fmt;

mod assignment;
mod glance;
mod key;
mod mnemonic;
mod pattern;
mod vendor;

pub(crate) use glance::{Glance, glance, is_short_name};
pub use key::is_secret_key;
pub(crate) use vendor::SHORTEST_TOKEN;

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
    let mut rest = if glance(text).may_hold_secret {
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
    if is_short_name(text) || !glance(text).may_hold_secret || !holds_secret(text) {
        return None;
    }
    let pieces = pieces(text).map(|piece| match piece {
        Piece::Clean(text) => text,
        Piece::Secret(secret) => secret.mark(),
    });
    Some(pieces.collect())
}

/// A text as `Debug` shows it: without secrets.
pub(crate) struct Shown<'t>(pub(crate) &'t str);

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(redact(self.0).as_deref().unwrap_or(self.0), f)
    }
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

#[cfg(test)]
mod tests;
