//! Values behind a name that says they are secret: `password=hunter2`, `"api_key": "k9"`, `Cookie: a=b`.
//!
//! A value is asked for at its sign, `=` or `:`. Each question looks at a bounded part of the text, or
//! its answer ends the search there, so that hostile signs cost no more than other bytes.

use std::ops::Range;

use super::pattern::{PEM_BEGIN, run};
use super::{key, mnemonic};

/// How far a value is looked through for a digit.
const LOOKED_AT: usize = 64;

/// How the end of a value is known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// By the quote that opened it, with as many backslashes before it.
    Quoted { quote: u8, escapes: usize },
    /// By what ends a line or the text that holds it.
    Line,
    /// By what ends a word.
    Word,
}

/// The secret value behind the sign at `sign`.
pub(super) fn assigned(text: &str, sign: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let is_colon = bytes[sign] == b':';
    let (start, form) = opening(text, sign);
    let rest = &bytes[start..];
    // What looks like prose is told first: after a colon it comes as often as a value does, as in
    // "invalid token: expired".
    let may_be_prose = is_colon && !matches!(form, Form::Quoted { .. });
    let is_name_quoted = sign > 0 && is_quote(bytes[sign - 1]);
    let shortest = if may_be_prose && !is_name_quoted {
        6
    } else {
        3
    };
    if may_be_prose && !form.looks_random(rest, shortest) || rest.starts_with(b"[redacted:") {
        return None;
    }
    // A block of PEM has an end of its own.
    if rest.starts_with(PEM_BEGIN.as_bytes()) || !key::ends_with_secret_key(&text[..sign]) {
        return None;
    }
    let phrase = mnemonic::end_of_phrase(text, start);
    let end = form.end(text, start).max(phrase.unwrap_or(start));
    let value = &text[start..end];
    (value.len() >= shortest && !is_literal(value)).then_some(start..end)
}

/// Whether a value could stand behind the colon at `sign` although no digit does: in quotes.
#[inline]
pub(super) fn is_quoted_behind(bytes: &[u8], sign: usize) -> bool {
    let value = bytes[sign + 1..].iter().find(|b| **b != b' ');
    value.is_some_and(|b| is_quote(*b) || *b == b'\\')
}

/// Where the value behind a sign begins, and how its end is known.
fn opening(text: &str, sign: usize) -> (usize, Form) {
    let bytes = text.as_bytes();
    let at = sign + 1 + run(bytes, sign + 1, |b| b == b' ');
    let escapes = run(bytes, at, |b| b == b'\\');
    if let Some(quote) = bytes.get(at + escapes).filter(|b| is_quote(**b)) {
        let quote = *quote;
        let start = at + escapes;
        // SQL and CSV double the quotes within quotes; two with nothing behind them are an empty value.
        let quotes = run(bytes, start, |b| b == quote);
        let is_doubled = bytes.get(start + quotes).is_some_and(|b| !ends_word(*b));
        let start = start + if is_doubled { quotes } else { 1 };
        return (start, Form::Quoted { quote, escapes });
    }
    let is_line = if bytes[sign] == b'=' {
        is_name(text, sign, &["phrase", "mnemonic"])
    } else {
        is_name(text, sign, &["cookie"]) && is_pair(&bytes[at..])
    };
    (at + escapes, if is_line { Form::Line } else { Form::Word })
}

/// Whether the name before a sign ends with one of these words.
pub(super) fn is_name(text: &str, sign: usize, words: &[&str]) -> bool {
    let name = text.as_bytes()[..sign].trim_ascii_end();
    words.iter().any(|word| key::ends_with(name, word))
}

/// Whether a name and its value begin here, as in a cookie.
fn is_pair(rest: &[u8]) -> bool {
    let name = run(rest, 0, |b| !ends_word(b) && b != b'=').min(LOOKED_AT);
    name > 0 && rest.get(name) == Some(&b'=')
}

impl Form {
    fn ends(self, byte: u8) -> bool {
        match self {
            Self::Quoted { quote, .. } => byte == quote,
            Self::Line => matches!(byte, b'\n' | b'\r' | b'"' | b'\'' | b'\\'),
            Self::Word => ends_word(byte),
        }
    }

    /// Whether the value that `rest` begins with has a digit, and at least so many bytes.
    fn looks_random(self, rest: &[u8], shortest: usize) -> bool {
        let (mut length, mut has_digit) = (0, false);
        for byte in rest.iter().take(LOOKED_AT).take_while(|b| !self.ends(**b)) {
            length += 1;
            has_digit |= byte.is_ascii_digit();
        }
        has_digit && length >= shortest
    }

    /// The end of the value that begins at `start`.
    fn end(self, text: &str, start: usize) -> usize {
        let rest = &text.as_bytes()[start..];
        let Self::Quoted { quote, escapes } = self else {
            let length = rest.iter().position(|byte| self.ends(*byte));
            return start + length.unwrap_or(rest.len());
        };
        let mut backslashes = 0;
        for (at, byte) in rest.iter().enumerate() {
            match *byte {
                b'\\' => backslashes += 1,
                // Each level of escapes doubles the backslashes and adds one before a quote.
                byte if byte == quote && backslashes % (2 * escapes + 2) == escapes => {
                    return start + at - escapes;
                }
                b'\n' => return start + at,
                _ => backslashes = 0,
            }
        }
        text.len()
    }
}

const fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'')
}

const fn ends_word(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'"' | b'\'' | b'&' | b',' | b';' | b'\n' | b'\r' | b'\t' | b'}' | b')' | b'\\'
    )
}

fn is_literal(value: &str) -> bool {
    ["true", "false", "null", "none", "undefined"]
        .iter()
        .any(|word| value.eq_ignore_ascii_case(word))
}
