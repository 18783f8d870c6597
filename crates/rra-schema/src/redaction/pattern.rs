//! Secrets by their form. One function for each; [`find`] asks them all at the start of each word.

use super::vendor::{begins_token, vendor_token};
use super::{Secret, key, mnemonic};

/// The shortest run of letters, digits and underscores that any detector asks for, apart from
/// those that a telling character before or inside the secret announces.
pub(super) const SHORTEST_RUN: usize = 16;

/// Hexadecimal digits of a key of 32 bytes.
const HEX_KEY_DIGITS: usize = 64;

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
    let bytes = text.as_bytes();
    let is_filler = |byte: u8| matches!(byte, b' ' | b'"' | b'\'' | b'\\');
    let value = at + 1 + run(bytes, at + 1, is_filler);
    // What looks like prose is told without a search for its end.
    looks_assigned(bytes[at], &bytes[value..])
        && is_assigned(bytes[at], leading_value(&text[value..]))
        && key::ends_with_secret_key(&text[..at])
}

/// A quick look at what follows a sign: after a colon, a value has a digit in its first word.
#[inline]
fn looks_assigned(sign: u8, rest: &[u8]) -> bool {
    let told = || {
        rest.iter()
            .map(|byte| VALUE_ENDS[usize::from(*byte)])
            .find(|told| *told != InValue::Goes)
    };
    sign == b'=' || told() == Some(InValue::Digit)
}

/// What a byte means to a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum InValue {
    Goes,
    Digit,
    Ends,
}

static VALUE_ENDS: [InValue; 256] = {
    let mut table = [InValue::Goes; 256];
    let mut byte = 0_u8;
    loop {
        if byte.is_ascii_digit() {
            table[byte as usize] = InValue::Digit;
        } else if ends_value(byte) {
            table[byte as usize] = InValue::Ends;
        }
        if byte == u8::MAX {
            break table;
        }
        byte += 1;
    }
};

/// Whether a whole run of letters, digits and underscores could begin a secret. Ids of requests and
/// traces are such runs and begin none, and every event has one.
pub(super) fn may_begin(run: &[u8]) -> bool {
    run.len() >= HEX_KEY_DIGITS || begins_wallet_key(run) || begins_token(run)
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
    if !bytes[at..].starts_with(b"eyJ") {
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
    &text[..text.bytes().position(ends_value).unwrap_or(text.len())]
}

const fn ends_value(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'"' | b'\'' | b'&' | b',' | b';' | b'\n' | b'\r' | b'\t' | b'}' | b')' | b'\\'
    )
}

/// Whether `value` after `sign` is one and not prose: after a colon comes prose as often as a
/// value, as in "invalid token: expired".
fn is_assigned(sign: u8, value: &str) -> bool {
    let looks_random = || value.len() >= 6 && value.bytes().any(|b| b.is_ascii_digit());
    let is_value = if sign == b'=' {
        value.len() >= 3
    } else {
        looks_random()
    };
    let is_literal = || {
        ["true", "false", "null", "none", "undefined"]
            .iter()
            .any(|word| value.eq_ignore_ascii_case(word))
    };
    is_value && !is_literal() && !value.starts_with("[redacted:")
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

pub(super) fn run(bytes: &[u8], at: usize, fits: impl Fn(u8) -> bool) -> usize {
    bytes
        .get(at..)
        .unwrap_or_default()
        .iter()
        .take_while(|byte| fits(**byte))
        .count()
}

pub(super) const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

pub(super) fn is_base64_url(byte: u8) -> bool {
    is_word(byte) || byte == b'-'
}
