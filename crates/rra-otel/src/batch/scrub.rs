//! Takes secrets out of what leaves the process with a span, as the security log does: by the name
//! of an attribute, and by the form of any text.

use std::borrow::Cow;

use opentelemetry::Value;
use rra_schema::{is_secret_key, redact};

use crate::texts;

/// What stands in the place of a value whose key says that it is secret.
const BY_KEY: &str = "[redacted:key]";
/// Most keys that are remembered. A service has some dozens; one that invents keys pays for a look at
/// each.
const MAX_KEYS: usize = 256;
/// Longest key that is remembered: whoever invents long ones fills no memory with them.
const MAX_KEY_BYTES: usize = 128;
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

    /// Gives `write` the key as it may be shown, and tells what stands in the place of the value, if
    /// the key says that it is secret.
    #[inline]
    pub(super) fn key(
        &mut self,
        key: &str,
        value: &Value,
        write: impl FnOnce(&str),
    ) -> Option<&'static str> {
        let is_secret = if let Some(is_secret) = self.known(key) {
            write(key);
            is_secret
        } else {
            let (shown, is_secret) = self.judge(key);
            write(&shown);
            is_secret
        };
        if !is_secret {
            return None;
        }
        let is_number = !matches!(value, Value::String(_) | Value::Array(_));
        // How many tokens a language model used is no secret.
        let is_count = is_number && key.ends_with("tokens");
        (!is_count).then_some(BY_KEY)
    }

    /// Whether a key is secret, if it is remembered.
    fn known(&mut self, key: &str) -> Option<bool> {
        let (before, after) = self.keys.split_at(self.next);
        let from_here = after.iter().zip(self.next..);
        let mut known = from_here.chain(before.iter().zip(0..));
        let ((_, is_secret), at) = known.find(|((known, _), _)| **known == *key)?;
        self.next = at + 1;
        Some(*is_secret)
    }

    /// Looks at a key, and remembers it where there is nothing to hide of it.
    #[cold]
    fn judge<'k>(&mut self, key: &'k str) -> (Cow<'k, str>, bool) {
        let (shown, is_secret) = (self.text(key), is_secret_key(key));
        let is_whole = *shown == *key && key.len() <= MAX_KEY_BYTES;
        if is_whole && self.keys.len() < MAX_KEYS {
            self.keys.push((key.into(), is_secret));
        }
        (shown, is_secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(scrubber: &mut Scrubber, key: &str, shown: &str, is_secret: bool) {
        let mut found = String::new();
        let by_key = scrubber.key(key, &"value".into(), |key| key.clone_into(&mut found));
        assert_eq!((&*found, by_key.is_some()), (shown, is_secret), "{key}");
    }

    #[test]
    fn a_key_is_secret_every_time() {
        let mut scrubber = Scrubber::new(50);
        for _ in 0..2 {
            check(&mut scrubber, "api_key", "api_key", true);
            check(&mut scrubber, "http.route", "http.route", false);
        }
    }

    #[test]
    fn invented_keys_are_looked_at_and_do_not_fill_the_memory() {
        let mut scrubber = Scrubber::new(50);
        for number in 0..2 * MAX_KEYS {
            let key = format!("a{number}");
            check(&mut scrubber, &key, &key, false);
        }
        assert_eq!(scrubber.keys.len(), MAX_KEYS);
        check(&mut scrubber, "api_key", "api_key", true);
    }

    #[test]
    fn a_key_that_is_a_secret_is_not_shown() {
        let mut scrubber = Scrubber::new(50);
        let token = format!("ghp_{}", "a1".repeat(18));
        for _ in 0..2 {
            check(&mut scrubber, &token, "[redacted:token]", false);
        }
    }

    #[test]
    fn a_long_key_is_cut_and_not_remembered() {
        let mut scrubber = Scrubber::new(50);
        check(&mut scrubber, &"k".repeat(100_000), &"k".repeat(50), false);
        scrubber.text_chars = 200_000;
        let long = "k".repeat(100_000);
        check(&mut scrubber, &long, &long, false);
        assert!(scrubber.keys.is_empty());
    }
}
