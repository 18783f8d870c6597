//! The bound on the length of a text. Pure.

/// The first `chars` characters.
pub(crate) fn front(text: &str, chars: usize) -> &str {
    // No text has more characters than bytes.
    if text.len() <= chars {
        return text;
    }
    let end = text.char_indices().nth(chars);
    end.map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(front("añb", 2), "añ");
        assert_eq!(front("añ", 2), "añ");
        assert_eq!(front("", 0), "");
    }
}
