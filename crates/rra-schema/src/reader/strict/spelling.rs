//! How a line is spelled: the same values can be written in many ways, and our writer knows one.

use crate::json::Json;
use crate::writer::{CHAR_BYTES_MAX, spelling};

/// Whether the line says these members as our writer would: no spaces, and escapes where they have to be
/// and nowhere else. Numbers are judged by their kinds.
pub(super) fn is_ours(line: &str, members: &[(String, Json)]) -> bool {
    let mut rest = Rest(line.as_bytes());
    rest.object(members) && rest.0.is_empty()
}

/// What was not compared yet.
struct Rest<'l>(&'l [u8]);

impl Rest<'_> {
    fn is(&mut self, expected: &[u8]) -> bool {
        let rest = self.0.strip_prefix(expected);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    fn value(&mut self, value: &Json) -> bool {
        match value {
            Json::Null => self.is(b"null"),
            Json::Boolean(true) => self.is(b"true"),
            Json::Boolean(false) => self.is(b"false"),
            Json::Number(digits) => self.is(digits.as_bytes()),
            Json::Text(text) => self.text(text),
            Json::List(items) => self.list(*b"[]", items, Self::value),
            Json::Map(members) => self.object(members),
        }
    }

    fn object(&mut self, members: &[(String, Json)]) -> bool {
        self.list(*b"{}", members, |rest, (key, value)| {
            rest.text(key) && rest.is(b":") && rest.value(value)
        })
    }

    fn list<T>(
        &mut self,
        [open, close]: [u8; 2],
        items: &[T],
        item: impl Fn(&mut Self, &T) -> bool,
    ) -> bool {
        self.is(&[open])
            && (items.iter().enumerate())
                .all(|(at, of)| (at == 0 || self.is(b",")) && item(self, of))
            && self.is(&[close])
    }

    fn text(&mut self, text: &str) -> bool {
        let mut room = [0; CHAR_BYTES_MAX];
        self.is(b"\"")
            && (text.chars()).all(|character| self.is(spelling(character, &mut room)))
            && self.is(b"\"")
    }
}
