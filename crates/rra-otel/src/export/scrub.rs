//! Takes secrets out of a span before it leaves the process, as the security log does: by the name
//! of an attribute, and by the form of any text. Runs on the exporting thread, where it delays
//! nobody.

use std::collections::HashMap;

use opentelemetry::{KeyValue, Value};
use opentelemetry_sdk::trace::SpanData;
use rra_schema::{is_secret_key, redact};

use crate::texts;

/// What stands in the place of a value whose key says that it is secret.
const BY_KEY: &str = "[redacted:key]";
/// Most keys that are remembered. A service has some dozens; one that invents keys pays for a look at
/// each.
const MAX_KEYS: usize = 1_024;

/// Takes secrets out of spans, and remembers which keys are secret: to look at a key takes longer
/// than everything else about an attribute.
#[derive(Debug, Default)]
pub(crate) struct Scrubber {
    keys: HashMap<Box<str>, bool>,
}

impl Scrubber {
    pub(super) fn scrub(&mut self, span: &mut SpanData) {
        texts::for_each_attribute(span, |attribute| self.scrub_by_key(attribute));
        texts::replace(span, &redact);
    }

    fn scrub_by_key(&mut self, attribute: &mut KeyValue) {
        let key = attribute.key.as_str();
        let is_number = !matches!(attribute.value, Value::String(_) | Value::Array(_));
        // How many tokens a language model used is no secret.
        let is_count = is_number && key.ends_with("tokens");
        if self.is_secret(key) && !is_count {
            attribute.value = BY_KEY.into();
        }
    }

    fn is_secret(&mut self, key: &str) -> bool {
        if let Some(known) = self.keys.get(key) {
            return *known;
        }
        let is_secret = is_secret_key(key);
        if self.keys.len() < MAX_KEYS {
            self.keys.insert(key.into(), is_secret);
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
        let mut scrubber = Scrubber::default();
        for _ in 0..2 {
            check(&mut scrubber, "api_key", true);
            check(&mut scrubber, "http.route", false);
        }
    }

    #[test]
    fn invented_keys_are_looked_at_and_do_not_fill_the_memory() {
        let mut scrubber = Scrubber::default();
        for number in 0..2 * MAX_KEYS {
            check(&mut scrubber, &format!("a{number}"), false);
        }
        assert_eq!(scrubber.keys.len(), MAX_KEYS);
        check(&mut scrubber, "api_key", true);
    }
}
