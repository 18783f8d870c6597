//! The `Forwarded` header (RFC 7239), read from its end.
//!
//! Reading from the end matters: a client may leave a quotation mark open in what it writes, and
//! whoever reads from the start would take what a proxy added behind it for quoted text.

use std::borrow::Cow;

/// The elements of one header line, last first, split at commas that are not quoted.
pub(crate) fn elements(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    split_from_end(line, b',')
}

/// The value of a parameter of one element, without its quotation marks. `None` when it is missing
/// or stands there twice.
pub(crate) fn parameter<'e>(element: &'e [u8], name: &str) -> Option<Cow<'e, [u8]>> {
    let mut values = split_from_end(element, b';').filter_map(|pair| {
        let equals = pair.iter().position(|byte| *byte == b'=')?;
        let (found, value) = (pair[..equals].trim_ascii(), pair[equals + 1..].trim_ascii());
        found.eq_ignore_ascii_case(name.as_bytes()).then_some(value)
    });
    let value = values.next()?;
    values.next().is_none().then(|| unquoted(value))
}

/// The parts between separators that are not quoted, last first.
fn split_from_end(text: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let at = last_unquoted(text, separator);
        rest = at.map(|at| &text[..at]);
        Some(at.map_or(text, |at| &text[at + 1..]))
    })
}

/// Where the last separator outside of quotation marks stands.
fn last_unquoted(text: &[u8], separator: u8) -> Option<usize> {
    let mut is_quoted = false;
    for at in (0..text.len()).rev() {
        match text[at] {
            b'"' if !is_escaped(&text[..at]) => is_quoted = !is_quoted,
            byte if byte == separator && !is_quoted => return Some(at),
            _ => {}
        }
    }
    None
}

/// Whether what follows is escaped: an odd number of backslashes stands before it.
fn is_escaped(before: &[u8]) -> bool {
    before
        .iter()
        .rev()
        .take_while(|byte| **byte == b'\\')
        .count()
        % 2
        == 1
}

fn unquoted(value: &[u8]) -> Cow<'_, [u8]> {
    let inner = value
        .strip_prefix(b"\"")
        .and_then(|rest| rest.strip_suffix(b"\""));
    match inner {
        None => Cow::Borrowed(value),
        Some(inner) if !inner.contains(&b'\\') => Cow::Borrowed(inner),
        Some(inner) => {
            let mut bytes = inner.iter().copied();
            let mut text = Vec::with_capacity(inner.len());
            while let Some(byte) = bytes.next() {
                let byte = if byte == b'\\' {
                    bytes.next()
                } else {
                    Some(byte)
                };
                text.extend(byte);
            }
            Cow::Owned(text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value of `for` in every element, last first.
    #[track_caller]
    fn check(line: &str, expected: &[Option<&str>]) {
        let found: Vec<Option<String>> = elements(line.as_bytes())
            .map(|element| parameter(element, "for"))
            .map(|value| value.map(|value| String::from_utf8_lossy(&value).into_owned()))
            .collect();
        let found: Vec<Option<&str>> = found.iter().map(Option::as_deref).collect();
        assert_eq!(found, expected, "{line}");
    }

    #[test]
    fn the_examples_of_the_standard_are_read() {
        check(r#"for="_gazonk""#, &[Some("_gazonk")]);
        check(
            r#"For="[2001:db8:cafe::17]:4711""#,
            &[Some("[2001:db8:cafe::17]:4711")],
        );
        check(
            "for=192.0.2.60;proto=http;by=203.0.113.43",
            &[Some("192.0.2.60")],
        );
        check(
            "for=192.0.2.43, for=198.51.100.17",
            &[Some("198.51.100.17"), Some("192.0.2.43")],
        );
    }

    #[test]
    fn commas_and_semicolons_in_quotes_separate_nothing() {
        check(r#"host="a, for=9;x";for=192.0.2.1"#, &[Some("192.0.2.1")]);
        check(r#"host="a\", for=9\\";for=192.0.2.1"#, &[Some("192.0.2.1")]);
    }

    #[test]
    fn an_open_quotation_mark_hides_only_what_stands_before_it() {
        check(
            r#"for="x, for=192.0.2.1"#,
            &[Some("192.0.2.1"), Some("\"x")],
        );
    }

    #[test]
    fn an_address_that_is_missing_or_given_twice_is_none() {
        check("proto=https", &[None]);
        check("for=192.0.2.1;for=192.0.2.2", &[None]);
        check("", &[None]);
    }
}
