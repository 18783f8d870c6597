//! Every text of a span: what may replace it, and the bound on its length. Pure.

use std::borrow::Cow;

use opentelemetry::trace::Status;
use opentelemetry::{Array, KeyValue, StringValue, Value};
use opentelemetry_sdk::trace::SpanData;

/// Cuts every text of the span that is longer than `chars` characters.
pub(crate) fn trim(span: &mut SpanData, chars: usize) {
    replace(span, &|text| cut(text, chars));
}

/// Replaces every text of the span for which `change` has another.
pub(crate) fn replace(span: &mut SpanData, change: &dyn Fn(&str) -> Option<String>) {
    replace_name(&mut span.name, change);
    if let Status::Error { description } = &mut span.status {
        replace_name(description, change);
    }
    for event in &mut span.events.events {
        replace_name(&mut event.name, change);
    }
    for_each_attribute(span, |attribute| replace_value(attribute, change));
}

/// Calls `work` with every attribute of the span, its events and links.
pub(crate) fn for_each_attribute(span: &mut SpanData, mut work: impl FnMut(&mut KeyValue)) {
    span.attributes.iter_mut().for_each(&mut work);
    for event in &mut span.events.events {
        event.attributes.iter_mut().for_each(&mut work);
    }
    for link in &mut span.links.links {
        link.attributes.iter_mut().for_each(&mut work);
    }
}

fn replace_name(name: &mut Cow<'static, str>, change: &dyn Fn(&str) -> Option<String>) {
    if let Some(other) = change(name) {
        *name = Cow::Owned(other);
    }
}

fn replace_value(attribute: &mut KeyValue, change: &dyn Fn(&str) -> Option<String>) {
    match &mut attribute.value {
        Value::String(text) => replace_text(text, change),
        Value::Array(Array::String(texts)) => {
            for text in texts {
                replace_text(text, change);
            }
        }
        _ => {}
    }
}

fn replace_text(text: &mut StringValue, change: &dyn Fn(&str) -> Option<String>) {
    if let Some(other) = change(text.as_str()) {
        *text = other.into();
    }
}

/// The first `chars` characters, if there are more.
fn cut(text: &str, chars: usize) -> Option<String> {
    // No text has more characters than bytes.
    if text.len() <= chars {
        return None;
    }
    let (end, _) = text.char_indices().nth(chars)?;
    Some(text[..end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(cut("añb", 2).as_deref(), Some("añ"));
        assert_eq!(cut("añ", 2), None);
        assert_eq!(cut("", 0), None);
    }
}
