//! Secrets by their form. One function for each; [`find`] asks them all at the start of each word.

use std::ops::Range;

use super::assignment::{assigned, is_name};
use super::vendor::{begins_token, vendor_token};
use super::{Secret, mnemonic};

/// The shortest run of letters, digits and underscores that any detector asks for, apart from
/// those that a telling character before or inside the secret announces.
pub(super) const SHORTEST_RUN: usize = 16;

/// Hexadecimal digits of a key of 32 bytes.
const HEX_KEY_DIGITS: usize = 64;

/// The fewest digits of such a key that a program prints as a number, without the zeros at its start: one
/// key in 65,536 begins with more than four of them. No digest in use has 60 to 63 digits.
const HEX_NUMBER_DIGITS: usize = 60;

/// How a block of PEM begins; the space behind it may be encoded.
pub(super) const PEM_BEGIN: &str = "-----BEGIN";

/// A secret in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) kind: Secret,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The first secret at or after `from`, where another may have ended.
pub(super) fn find(text: &str, from: usize) -> Option<Found> {
    // The sign that the other ended with may have a value, as in `secret=password="a"`.
    let sign = from.checked_sub(1).and_then(|sign| assignment(text, sign));
    let mut found = sign.or_else(|| find_behind(text, from))?;
    // A block of PEM may begin where nothing parts it from what is before it.
    let label = text[found.start..found.end].find(PEM_BEGIN);
    if let Some(end) = label.and_then(|at| pem(text, found.start + at)) {
        found.end = end;
    }
    Some(found)
}

fn find_behind(text: &str, from: usize) -> Option<Found> {
    let bytes = text.as_bytes();
    // Up to here no token begins: one that began earlier in the same run was none.
    let mut no_jwt_before = from;
    (from..bytes.len())
        .filter(|&at| text.is_char_boundary(at))
        .find_map(|start| {
            let found = |kind| move |end| Found { kind, start, end };
            None.or_else(|| pem(text, start).map(found(Secret::Pem)))
                .or_else(|| assignment(text, start))
                .or_else(|| hex_key(bytes, start).map(found(Secret::HexKey)))
                .or_else(|| user_info(text, start).map(found(Secret::UserInfo)))
                .or_else(|| authorization(text, start).map(found(Secret::Authorization)))
                .or_else(|| {
                    if !starts_word(bytes, start) {
                        return None;
                    }
                    None.or_else(|| vendor_token(bytes, start).map(found(Secret::VendorToken)))
                        .or_else(|| jwt(bytes, start, &mut no_jwt_before).map(found(Secret::Jwt)))
                        .or_else(|| wallet_key(bytes, start).map(found(Secret::VendorToken)))
                        .or_else(|| {
                            mnemonic::end_of_phrase(text, start).map(found(Secret::Mnemonic))
                        })
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
    assigned(text, at).is_some() || is_name(text, at, &["authorization"])
}

/// Whether a word begins at `at`. What an escape ends with looks like a part of the word behind it.
fn starts_word(bytes: &[u8], at: usize) -> bool {
    let is_after_word = at > 0 && is_word(bytes[at - 1]);
    is_word(bytes[at]) && (!is_after_word || ends_escape(&bytes[..at]))
}

/// Whether the last bytes are an escape such as `\n`, `\u0022` or `%22`.
fn ends_escape(bytes: &[u8]) -> bool {
    let is_hex = |digits: &[u8]| digits.iter().all(u8::is_ascii_hexdigit);
    match bytes {
        [.., b'\\', b'n' | b'r' | b't'] => true,
        [.., b'%', a, b] => is_hex(&[*a, *b]),
        [.., b'\\', b'u', a, b, c, d] => is_hex(&[*a, *b, *c, *d]),
        _ => false,
    }
}

/// The words that begin in a run of letters, digits and underscores: at its first byte, and behind an
/// escape that it begins with.
pub(super) fn words_of(bytes: &[u8], run: Range<usize>) -> impl Iterator<Item = &[u8]> {
    const ESCAPES: [usize; 4] = [0, 1, 2, 5];
    let escapes = if is_escaped(bytes, run.start) {
        ESCAPES.len()
    } else {
        1
    };
    let starts = ESCAPES.iter().take(escapes);
    starts
        .map(move |length| run.start + length)
        .filter(move |start| *start < run.end)
        .filter(move |start| *start == run.start || ends_escape(&bytes[..*start]))
        .map(move |start| &bytes[start..run.end])
}

/// Whether a run that begins there may begin with an escape.
#[inline]
pub(super) fn is_escaped(bytes: &[u8], start: usize) -> bool {
    start > 0 && matches!(bytes[start - 1], b'\\' | b'%')
}

/// Whether a whole run of letters, digits and underscores could begin a secret. Ids of requests and
/// traces are such runs and begin none, and every event has one.
pub(super) fn may_begin(run: &[u8]) -> bool {
    run.len() >= HEX_NUMBER_DIGITS || begins_wallet_key(run) || begins_token(run)
}

/// A key of 32 bytes or more in hexadecimal digits. A run of few different digits is no key but
/// filler: 64 random ones show eight or fewer different digits less than once in 10^15 times.
fn hex_key(bytes: &[u8], at: usize) -> Option<usize> {
    let is_digit = |at: usize| bytes[at].is_ascii_hexdigit();
    if !is_digit(at) || at.checked_sub(1).is_some_and(is_digit) {
        return None;
    }
    let digits = &bytes[at..at + run(bytes, at, |b| b.is_ascii_hexdigit())];
    // Numbers of tokens have as many decimal digits.
    let is_number = digits.len() >= HEX_NUMBER_DIGITS && digits.iter().any(u8::is_ascii_alphabetic);
    let is_long = digits.len() >= HEX_KEY_DIGITS || is_number;
    let is_varied = || (b'0'..=b'f').filter(|digit| digits.contains(digit)).count() > 8;
    (is_long && is_varied()).then_some(at + digits.len())
}

/// A block of PEM (RFC 7468), or what is left of one that was cut.
fn pem(text: &str, at: usize) -> Option<usize> {
    const END: &str = "-----END";
    const SHORTEST_LABEL: usize = 5;
    let rest = text.as_bytes()[at..].strip_prefix(PEM_BEGIN.as_bytes())?;
    if rest.len() < SHORTEST_LABEL {
        return None;
    }
    let body = text.len() - rest.len();
    let label = text[body..].find(END).map(|end| body + end + END.len());
    let closing = label.and_then(|label| text[label..].find("-----").map(|end| label + end + 5));
    Some(closing.unwrap_or(text.len()))
}

/// A JSON Web Token (RFC 7519): the header `{"` in base64url, then the claims. Where a run is none, none
/// begins later in the same run.
fn jwt(bytes: &[u8], at: usize, none_before: &mut usize) -> Option<usize> {
    if at < *none_before || !bytes[at..].starts_with(b"eyJ") {
        return None;
    }
    let header = at + run(bytes, at, is_base64_url);
    let claims = header + 1 + run(bytes, header + 1, is_base64_url);
    if bytes.get(header) != Some(&b'.') || header - at < 8 || claims - header < 8 {
        *none_before = header;
        return None;
    }
    let signature = if bytes.get(claims) == Some(&b'.') {
        1 + run(bytes, claims + 1, is_base64_url)
    } else {
        0
    };
    Some(claims + signature)
}

/// The credentials after `Bearer` or `Basic` (RFC 9110, section 11.4), and after any scheme where the
/// name of the header stands before it.
fn authorization(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let is_token68 = |b: u8| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b);
    // Only the first sign of a word looks back.
    if bytes[at] == b' ' || !bytes[..at].ends_with(b" ") {
        return None;
    }
    let gap = bytes[..at].iter().rev().take_while(|b| **b == b' ').count();
    let before = &bytes[..at - gap];
    let scheme = before.iter().rev().take_while(|b| is_word(**b)).count();
    if scheme == 0 {
        return None;
    }
    let (before, scheme) = before.split_at(before.len() - scheme);
    let is_known = is_scheme(scheme);
    if !is_known && !follows_header(text, before) {
        return None;
    }
    let token = &bytes[at..at + run(bytes, at, is_token68)];
    let has_digit = token.iter().any(u8::is_ascii_digit);
    // "bearer authentication" is prose; a token has digits or is longer than words are.
    let looks_random = has_digit || (is_known && (token.ends_with(b"=") || token.len() >= 24));
    (token.len() >= 8 && looks_random).then_some(at + token.len())
}

/// Whether `before`, the start of the text, ends with the name of the header and its colon.
fn follows_header(text: &str, before: &[u8]) -> bool {
    let before = before.trim_ascii_end();
    let sign = before.len().checked_sub(1);
    sign.is_some_and(|sign| {
        matches!(before[sign], b':' | b'=') && is_name(text, sign, &["authorization"])
    })
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

/// The value behind the sign at `at`.
fn assignment(text: &str, at: usize) -> Option<Found> {
    let is_sign = matches!(text.as_bytes()[at], b'=' | b':');
    let value = is_sign.then(|| assigned(text, at)).flatten()?;
    Some(Found {
        kind: Secret::Assignment,
        start: value.start,
        end: value.end,
    })
}

/// A private key of Bitcoin in its import format, an extended one (BIP-32), or the key pair of Solana, whose
/// signatures look the same: like the digits of a hash they are kept where the type says so.
fn wallet_key(bytes: &[u8], at: usize) -> Option<usize> {
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
        86..=88 => run.iter().all(|b| is_base58(*b)) && run.iter().any(u8::is_ascii_digit),
        length => length > 100 && run[1..].starts_with(b"prv"),
    }
}

fn is_base58(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() && !b"0OIl".contains(&byte)
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
