//! Takes secrets out of a span before it leaves the process, as the security log does: by the name
//! of an attribute, and by the form of any text. Runs on the exporting thread, where it delays
//! nobody.

use opentelemetry::{KeyValue, Value};
use opentelemetry_sdk::trace::SpanData;
use rra_schema::{is_secret_key, redact};

use crate::texts;

/// What stands in the place of a value whose key says that it is secret.
const BY_KEY: &str = "[redacted:key]";

pub(super) fn scrub(span: &mut SpanData) {
    texts::for_each_attribute(span, scrub_by_key);
    texts::replace(span, &redact);
}

fn scrub_by_key(attribute: &mut KeyValue) {
    let key = attribute.key.as_str();
    let is_number = !matches!(attribute.value, Value::String(_) | Value::Array(_));
    // How many tokens a language model used is no secret.
    let is_count = is_number && key.ends_with("tokens");
    if is_secret_key(key) && !is_count {
        attribute.value = BY_KEY.into();
    }
}
