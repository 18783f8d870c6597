//! Every text of a span, and the bound on its length. Pure.

use std::borrow::Cow;

use opentelemetry::trace::Status;
use opentelemetry::{Array, KeyValue, StringValue, Value};
use opentelemetry_sdk::trace::SpanData;

/// Cuts every text of the span that is longer than `chars` characters.
pub(crate) fn trim(span: &mut SpanData, chars: usize) {
    trim_name(&mut span.name, chars);
    if let Status::Error { description } = &mut span.status {
        trim_name(description, chars);
    }
    trim_values(&mut span.attributes, chars);
    for event in &mut span.events.events {
        trim_name(&mut event.name, chars);
        trim_values(&mut event.attributes, chars);
    }
    for link in &mut span.links.links {
        trim_values(&mut link.attributes, chars);
    }
}

/// The first `chars` characters, if there are more.
pub(crate) fn cut(text: &str, chars: usize) -> Option<String> {
    // No text has more characters than bytes.
    if text.len() <= chars {
        return None;
    }
    let (end, _) = text.char_indices().nth(chars)?;
    Some(text[..end].to_owned())
}

fn trim_name(name: &mut Cow<'static, str>, chars: usize) {
    if let Some(shorter) = cut(name, chars) {
        *name = Cow::Owned(shorter);
    }
}

fn trim_values(attributes: &mut [KeyValue], chars: usize) {
    for attribute in attributes {
        match &mut attribute.value {
            Value::String(text) => trim_text(text, chars),
            Value::Array(Array::String(texts)) => {
                for text in texts {
                    trim_text(text, chars);
                }
            }
            _ => {}
        }
    }
}

fn trim_text(text: &mut StringValue, chars: usize) {
    if let Some(shorter) = cut(text.as_str(), chars) {
        *text = shorter.into();
    }
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
