//! Takes secrets out of what leaves the process with a span, as the security log does: by the name
//! of an attribute, and by the form of any text.

use std::borrow::Cow;

use opentelemetry::{KeyValue, Value};
use rra_schema::{is_secret_key, redact};

use crate::texts;

/// What stands in the place of a value whose key says that it is secret.
const BY_KEY: &str = "[redacted:key]";
/// Most keys that are remembered. A service has some dozens; one that invents keys pays for a look at
/// each.
const MAX_KEYS: usize = 256;
/// So much longer than in the end may a text be that is looked through: a secret that reaches over the
/// cut is found whole.
const MARGIN_CHARS: usize = 1_024;

/// Takes secrets out, and remembers which keys are secret: to look at a key takes longer than
/// everything else about an attribute.
#[derive(Debug)]
pub(crate) struct Scrubber {
    keys: Vec<(Box<str>, bool)>,
    /// Behind the one that was asked for last: spans of one kind have their keys in the same order.
    next: usize,
    /// How many characters texts may have.
    pub(crate) text_chars: usize,
}

impl Scrubber {
    /// One that knows no keys, and lets texts have so many characters.
    pub(crate) const fn new(text_chars: usize) -> Self {
        Self {
            keys: Vec::new(),
            next: 0,
            text_chars,
        }
    }

    /// The text without secrets, and then cut to its bound.
    pub(super) fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let text = texts::front(text, self.text_chars.saturating_add(MARGIN_CHARS));
        match redact(text) {
            None => Cow::Borrowed(texts::front(text, self.text_chars)),
            Some(clean) => Cow::Owned(texts::front(&clean, self.text_chars).to_owned()),
        }
    }

    /// What stands in the place of the value, if its key says that it is secret.
    pub(super) fn by_key(&mut self, attribute: &KeyValue) -> Option<&'static str> {
        let key = attribute.key.as_str();
        let is_number = !matches!(attribute.value, Value::String(_) | Value::Array(_));
        // How many tokens a language model used is no secret.
        let is_count = is_number && key.ends_with("tokens");
        (self.is_secret(key) && !is_count).then_some(BY_KEY)
    }

    fn is_secret(&mut self, key: &str) -> bool {
        let (before, after) = self.keys.split_at(self.next);
        let from_here = after.iter().zip(self.next..);
        let mut known = from_here.chain(before.iter().zip(0..));
        if let Some(((_, is_secret), at)) = known.find(|((known, _), _)| **known == *key) {
            self.next = at + 1;
            return *is_secret;
        }
        let is_secret = is_secret_key(key);
        if self.keys.len() < MAX_KEYS {
            self.keys.push((key.into(), is_secret));
        }
        is_secret
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(scrubber: &mut Scrubber, key: &str, is_secret: bool) {
        assert_eq!(scrubber.is_secret(key), is_secret, "{key}");
    }

    #[test]
    fn a_key_is_secret_every_time() {
        let mut scrubber = Scrubber::new(50);
        for _ in 0..2 {
            check(&mut scrubber, "api_key", true);
            check(&mut scrubber, "http.route", false);
        }
    }

    #[test]
    fn invented_keys_are_looked_at_and_do_not_fill_the_memory() {
        let mut scrubber = Scrubber::new(50);
        for number in 0..2 * MAX_KEYS {
            check(&mut scrubber, &format!("a{number}"), false);
        }
        assert_eq!(scrubber.keys.len(), MAX_KEYS);
        check(&mut scrubber, "api_key", true);
    }
}
