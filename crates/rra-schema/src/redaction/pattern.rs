//! Secrets by their form. One function for each; [`find`] asks them all at the start of each word.

use super::{Secret, key, mnemonic};

/// The shortest run of letters, digits and underscores that any detector asks for, apart from
/// those that a telling character before or inside the secret announces.
pub(super) const SHORTEST_RUN: usize = 16;

/// The shortest secret without a `@`, `:` or `=` around it: five characters of prefix or scheme,
/// and ten of token.
pub(super) const SHORTEST_UNSIGNED: usize = 14;

/// Hexadecimal digits of a key of 32 bytes.
const HEX_KEY_DIGITS: usize = 64;

/// How the header of a JSON Web Token begins: `{"` in base64url.
const JWT_START: &[u8] = b"eyJ";

/// A secret in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) kind: Secret,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The first secret at or after `from`.
pub(super) fn find(text: &str, from: usize) -> Option<Found> {
    let bytes = text.as_bytes();
    (from..bytes.len())
        .filter(|&at| text.is_char_boundary(at))
        .find_map(|at| {
            let before = at.checked_sub(1).map(|before| bytes[before]);
            let at_word = !before.is_some_and(is_word) && is_word(bytes[at]);
            let found = |kind, end| Found {
                kind,
                start: at,
                end,
            };
            None.or_else(|| pem(text, at).map(|end| found(Secret::Pem, end)))
                .or_else(|| hex_key(bytes, at).map(|end| found(Secret::HexKey, end)))
                .or_else(|| user_info(text, at).map(|end| found(Secret::UserInfo, end)))
                .or_else(|| assignment(text, at).map(|end| found(Secret::Assignment, end)))
                .or_else(|| authorization(bytes, at).map(|end| found(Secret::Authorization, end)))
                .or_else(|| {
                    at_word
                        .then(|| vendor_token(bytes, at))
                        .flatten()
                        .map(|end| found(Secret::VendorToken, end))
                })
                .or_else(|| {
                    at_word
                        .then(|| jwt(bytes, at))
                        .flatten()
                        .map(|end| found(Secret::Jwt, end))
                })
                .or_else(|| {
                    at_word
                        .then(|| wallet_key(bytes, at))
                        .flatten()
                        .map(|end| found(Secret::VendorToken, end))
                })
                .or_else(|| {
                    at_word
                        .then(|| mnemonic::end_of_phrase(text, at))
                        .flatten()
                        .map(|end| found(Secret::Mnemonic, end))
                })
        })
}

/// Whether `word` is the name of an authorization scheme.
pub(super) fn is_scheme(word: &[u8]) -> bool {
    matches!(word.len(), 5 | 6)
        && (word.eq_ignore_ascii_case(b"bearer") || word.eq_ignore_ascii_case(b"basic"))
}

/// Whether the `:` or `=` at `at` could stand between a name and its secret.
pub(super) fn may_assign(text: &str, at: usize) -> bool {
    let value = text[at + 1..].trim_start_matches([' ', '"', '\'', '\\']);
    is_assigned(text.as_bytes()[at], leading_value(value)) && key::ends_with_secret_key(&text[..at])
}

/// Whether `word`, which a sign ends, could be the start of a vendor's token.
pub(super) fn begins_vendor_token(word: &[u8]) -> bool {
    may_begin_vendor_token(word)
        && VENDOR_TOKENS.iter().any(|vendor| {
            let prefix = vendor.prefix.as_bytes();
            let sign = prefix.get(word.len());
            prefix.starts_with(word) && sign.is_some_and(|sign| !is_word(*sign))
        })
}

/// Whether a whole run of letters, digits and underscores could begin a secret. Ids of requests and
/// traces are such runs and begin none, and every event has one.
pub(super) fn may_begin(run: &[u8]) -> bool {
    run.len() >= HEX_KEY_DIGITS
        || run.starts_with(JWT_START)
        || begins_wallet_key(run)
        || may_begin_vendor_token(run)
            && VENDOR_TOKENS
                .iter()
                .any(|vendor| run.starts_with(vendor.prefix.as_bytes()))
}

/// Whether the first byte is one of a vendor's prefix: that decides nearly always, and it is asked
/// at every hyphen of every id.
fn may_begin_vendor_token(word: &[u8]) -> bool {
    static FIRST: [bool; 256] = {
        let mut first = [false; 256];
        let mut at = 0;
        while at < VENDOR_TOKENS.len() {
            first[VENDOR_TOKENS[at].prefix.as_bytes()[0] as usize] = true;
            at += 1;
        }
        first
    };
    word.first().is_some_and(|first| FIRST[usize::from(*first)])
}

/// A key of 32 bytes or more in hexadecimal digits. A run of few different digits is no key but
/// filler: 64 random ones show eight or fewer different digits less than once in 10^15 times.
fn hex_key(bytes: &[u8], at: usize) -> Option<usize> {
    let starts = bytes[at].is_ascii_hexdigit()
        && !at
            .checked_sub(1)
            .is_some_and(|b| bytes[b].is_ascii_hexdigit());
    let length = if starts {
        run(bytes, at, |b| b.is_ascii_hexdigit())
    } else {
        0
    };
    let is_varied = || {
        (b'0'..=b'f')
            .filter(|digit| bytes[at..at + length].contains(digit))
            .count()
            > 8
    };
    (length >= HEX_KEY_DIGITS && is_varied()).then_some(at + length)
}

/// A block of PEM (RFC 7468), or what is left of one that was cut.
fn pem(text: &str, at: usize) -> Option<usize> {
    const BEGIN: &str = "-----BEGIN ";
    text[at..].starts_with(BEGIN).then(|| {
        let label = text[at..]
            .find("-----END ")
            .map(|end| at + end + "-----END ".len());
        let closing =
            label.and_then(|label| text[label..].find("-----").map(|end| label + end + 5));
        closing.unwrap_or(text.len())
    })
}

/// A JSON Web Token (RFC 7519): the header `{"` in base64url, then the claims.
fn jwt(bytes: &[u8], at: usize) -> Option<usize> {
    if !bytes[at..].starts_with(JWT_START) {
        return None;
    }
    let header = at + run(bytes, at, is_base64_url);
    let claims = header + 1 + run(bytes, header + 1, is_base64_url);
    if bytes.get(header) != Some(&b'.') || header - at < 8 || claims - header < 8 {
        return None;
    }
    let signature = if bytes.get(claims) == Some(&b'.') {
        1 + run(bytes, claims + 1, is_base64_url)
    } else {
        0
    };
    Some(claims + signature)
}

/// The credentials after `Bearer` or `Basic` (RFC 9110, section 11.4).
fn authorization(bytes: &[u8], at: usize) -> Option<usize> {
    let is_token68 = |b: u8| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b);
    if bytes[at] == b' ' {
        return None;
    }
    let gap = bytes[..at].iter().rev().take_while(|b| **b == b' ').count();
    let scheme = bytes[..at - gap]
        .iter()
        .rev()
        .take_while(|b| is_word(**b))
        .count();
    if gap == 0 || !is_scheme(&bytes[at - gap - scheme..at - gap]) {
        return None;
    }
    let token = &bytes[at..at + run(bytes, at, is_token68)];
    // "bearer authentication" is prose; a token has digits or is longer than words are.
    let looks_random =
        token.iter().any(u8::is_ascii_digit) || token.ends_with(b"=") || token.len() >= 24;
    (token.len() >= 8 && looks_random).then_some(at + token.len())
}

/// User information of a URL (RFC 3986, section 3.2.1).
fn user_info(text: &str, at: usize) -> Option<usize> {
    if !text[..at].ends_with("://") {
        return None;
    }
    let authority = &text[at..];
    let end = authority
        .find(['/', '?', '#', ' ', '"', '\'', '\n', '\t'])
        .unwrap_or(authority.len());
    let at_sign = authority[..end].rfind('@')?;
    (at_sign > 0 && &authority[..at_sign] != Secret::UserInfo.mark()).then_some(at + at_sign)
}

/// The value after `password=`, `"api_key": "`, and the like.
fn assignment(text: &str, at: usize) -> Option<usize> {
    // Only the first character of a value looks back, so hostile quotes are walked over once.
    if matches!(text.as_bytes()[at], b' ' | b'"' | b'\'' | b'\\') {
        return None;
    }
    let before = text[..at].trim_end_matches([' ', '"', '\'', '\\']);
    let sign = *before
        .as_bytes()
        .last()
        .filter(|sign| matches!(sign, b'=' | b':'))?;
    let value = leading_value(&text[at..]);
    (is_assigned(sign, value) && key::ends_with_secret_key(&before[..before.len() - 1]))
        .then_some(at + value.len())
}

fn leading_value(text: &str) -> &str {
    let ends = |byte: u8| {
        matches!(
            byte,
            b' ' | b'"' | b'\'' | b'&' | b',' | b';' | b'\n' | b'\r' | b'\t' | b'}' | b')' | b'\\'
        )
    };
    &text[..text.bytes().position(ends).unwrap_or(text.len())]
}

/// Whether `value` after `sign` is one and not prose: after a colon comes prose as often as a
/// value, as in "invalid token: expired".
fn is_assigned(sign: u8, value: &str) -> bool {
    let is_literal = ["true", "false", "null", "none", "undefined"]
        .iter()
        .any(|word| value.eq_ignore_ascii_case(word));
    let looks_random = value.len() >= 6 && value.bytes().any(|b| b.is_ascii_digit());
    let is_value = if sign == b'=' {
        value.len() >= 3
    } else {
        looks_random
    };
    is_value && !is_literal && !value.starts_with("[redacted:")
}

/// A private key of Bitcoin in its import format, or an extended one (BIP-32).
fn wallet_key(bytes: &[u8], at: usize) -> Option<usize> {
    let is_base58 = |b: u8| b.is_ascii_alphanumeric() && !b"0OIl".contains(&b);
    let length = run(bytes, at, is_base58);
    if !begins_wallet_key(&bytes[at..at + length]) {
        return None;
    }
    let ends = !bytes.get(at + length).is_some_and(|b| is_word(*b));
    ends.then_some(at + length)
}

fn begins_wallet_key(run: &[u8]) -> bool {
    match run.len() {
        51 | 52 => matches!(run[0], b'5' | b'K' | b'L'),
        length => length > 100 && run[1..].starts_with(b"prv"),
    }
}

struct VendorToken {
    prefix: &'static str,
    tail: usize,
}

/// Prefixes by which vendors mark their tokens, with the fewest characters that follow, as their
/// secret-scanning documentation gives them.
const VENDOR_TOKENS: &[VendorToken] = &[
    VendorToken {
        prefix: "AKIA",
        tail: 16,
    },
    VendorToken {
        prefix: "ASIA",
        tail: 16,
    },
    VendorToken {
        prefix: "ghp_",
        tail: 30,
    },
    VendorToken {
        prefix: "gho_",
        tail: 30,
    },
    VendorToken {
        prefix: "ghu_",
        tail: 30,
    },
    VendorToken {
        prefix: "ghs_",
        tail: 30,
    },
    VendorToken {
        prefix: "ghr_",
        tail: 30,
    },
    VendorToken {
        prefix: "github_pat_",
        tail: 20,
    },
    VendorToken {
        prefix: "glpat-",
        tail: 16,
    },
    VendorToken {
        prefix: "sk_live_",
        tail: 16,
    },
    VendorToken {
        prefix: "sk_test_",
        tail: 16,
    },
    VendorToken {
        prefix: "rk_live_",
        tail: 16,
    },
    VendorToken {
        prefix: "sk-",
        tail: 20,
    },
    VendorToken {
        prefix: "xoxb-",
        tail: 10,
    },
    VendorToken {
        prefix: "xoxp-",
        tail: 10,
    },
    VendorToken {
        prefix: "xoxa-",
        tail: 10,
    },
    VendorToken {
        prefix: "xoxs-",
        tail: 10,
    },
    VendorToken {
        prefix: "AIza",
        tail: 35,
    },
    VendorToken {
        prefix: "SG.",
        tail: 40,
    },
    VendorToken {
        prefix: "npm_",
        tail: 30,
    },
    VendorToken {
        prefix: "pypi-",
        tail: 30,
    },
];

fn vendor_token(bytes: &[u8], at: usize) -> Option<usize> {
    VENDOR_TOKENS.iter().find_map(|vendor| {
        let is_tail = |b: u8| is_base64_url(b) || (vendor.prefix.ends_with('.') && b == b'.');
        let tail = at + vendor.prefix.len();
        let length = if bytes[at..].starts_with(vendor.prefix.as_bytes()) {
            run(bytes, tail, is_tail)
        } else {
            0
        };
        (length >= vendor.tail).then_some(tail + length)
    })
}

fn run(bytes: &[u8], at: usize, fits: impl Fn(u8) -> bool) -> usize {
    bytes
        .get(at..)
        .unwrap_or_default()
        .iter()
        .take_while(|byte| fits(**byte))
        .count()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_base64_url(byte: u8) -> bool {
    is_word(byte) || byte == b'-'
}
