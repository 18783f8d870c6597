//! How text from outside becomes a label value: short, printable, and unlike a reserved one.

use std::borrow::Cow;

use rra_schema::metrics::UNKNOWN;

/// Longest label value in bytes. Prometheus drops a whole scrape over one value longer than its
/// `label_value_length_limit`; the limit we recommend for it is 200.
pub(crate) const MAX_BYTES: usize = 128;

/// The label value for a name given from outside.
///
/// Control characters would break a line of the exposition. A backslash is escaped ambiguously by
/// the exporter, so that two names could become one series and lose one's count. An underscore in
/// front is doubled, since it marks reserved values. To Prometheus an empty value is no label at
/// all, so it becomes `unknown`.
pub(crate) fn label_value(raw: &str) -> Cow<'_, str> {
    if raw.is_empty() {
        return Cow::Borrowed(UNKNOWN);
    }
    let plain = !raw.starts_with('_') && !raw.contains(is_unfit);
    if plain {
        return Cow::Borrowed(cut(raw));
    }
    let escape = if raw.starts_with('_') { "_" } else { "" };
    let fit: String = raw
        .chars()
        .take(MAX_BYTES)
        .map(|c| {
            if is_unfit(c) {
                char::REPLACEMENT_CHARACTER
            } else {
                c
            }
        })
        .collect();
    Cow::Owned(cut(&format!("{escape}{fit}")).to_owned())
}

/// The longest start of `text` that ends on a character boundary within [`MAX_BYTES`].
pub(crate) fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_BYTES)]
}

fn is_unfit(c: char) -> bool {
    c.is_control() || c == '\\'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, expected: &str) {
        assert_eq!(label_value(raw), expected);
    }

    #[test]
    fn an_ordinary_name_stays_as_it_is() {
        check("agent-7 ü", "agent-7 ü");
    }

    #[test]
    fn control_characters_and_backslashes_are_replaced() {
        check("a\nb\u{7f}c\\d", "a\u{fffd}b\u{fffd}c\u{fffd}d");
    }

    #[test]
    fn a_name_that_looks_reserved_is_escaped() {
        check("_other", "__other");
    }

    #[test]
    fn an_empty_name_is_unknown() {
        check("", "unknown");
    }

    #[test]
    fn a_long_name_is_cut() {
        check(&"x".repeat(500), &"x".repeat(128));
    }

    #[test]
    fn a_long_name_is_cut_between_characters() {
        check(&"€".repeat(100), &"€".repeat(42));
    }

    #[test]
    fn a_long_escaped_name_is_cut() {
        check(&"_".repeat(500), &"_".repeat(128));
    }

    proptest::proptest! {
        #[test]
        fn any_text_becomes_a_short_printable_value(raw in "\\PC*|(?s).*") {
            let value = label_value(&raw);
            assert!(value.len() <= MAX_BYTES);
            assert!(!value.contains(is_unfit));
            assert!(!value.is_empty());
            assert!(!value.starts_with('_') || value.starts_with("__"));
        }
    }
}
