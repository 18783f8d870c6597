//! Words to filter by.

use super::Id;
use crate::error::Error;
use crate::redaction::SHORTEST_TOKEN;

/// A word to filter by: a lower-case letter, then up to 31 lower-case letters, digits, hyphens and
/// underscores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tag<'a>(&'a str);

impl<'a> Tag<'a> {
    /// Checks the form.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the refused word.
    pub fn new(word: &'a str) -> Result<Self, Error> {
        if is_tag(word.as_bytes()) {
            Ok(Self(word))
        } else {
            Err(Error::invalid(
                "tags",
                word,
                "a lower-case letter, then up to 31 of a-z 0-9 - _",
            ))
        }
    }

    /// A tag known when the program is written.
    ///
    /// ```
    /// use rra_schema::Tag;
    ///
    /// const TAGS: [Tag; 2] = [Tag::literal("security"), Tag::literal("auth")];
    /// # let _ = TAGS;
    /// ```
    ///
    /// # Panics
    /// When the word does not fit; in a constant that is a compile error.
    pub const fn literal(word: &'static str) -> Tag<'static> {
        assert!(
            is_tag(word.as_bytes()),
            "a tag is a lower-case letter, then up to 31 of a-z 0-9 - _"
        );
        Tag(word)
    }

    /// The word.
    pub const fn as_str(&self) -> &'a str {
        self.0
    }

    /// The word, which its form keeps free of everything but a vendor's token: those are longer.
    pub(crate) fn id(&self) -> Id<'a> {
        Id::known(self.0, self.0.len() < SHORTEST_TOKEN)
    }
}

pub(crate) const fn is_tag(word: &[u8]) -> bool {
    if word.is_empty() || word.len() > 32 || !word[0].is_ascii_lowercase() {
        return false;
    }
    let mut at = 1;
    while at < word.len() {
        let byte = word[at];
        if !(byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_') {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_one_lower_case_word() {
        assert!(Tag::new("rate-limit_2").is_ok());
        for word in ["", "Security", "2fa", "a b", "ä", &"a".repeat(33)] {
            assert!(Tag::new(word).is_err(), "{word}");
        }
    }
}
