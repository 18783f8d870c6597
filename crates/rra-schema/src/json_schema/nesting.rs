//! The bounds of what callers may add to `details`: keys, texts, lists and their depth.
//!
//! A schema cannot count depth, so there is one definition for each level that is left.

use serde_json::{Map, Value, json};

use super::kinds::refer;
use crate::limits;

/// The definition that bounds the whole `details` object.
pub(super) const OUTERMOST: &str = "object_1";

/// One definition for objects and one for values of every level.
pub(super) fn definitions() -> Map<String, Value> {
    (1..=limits::DETAILS_DEPTH)
        .flat_map(|level| {
            [
                (format!("object_{level}"), object(level)),
                (format!("value_{level}"), value(level)),
            ]
        })
        .collect()
}

fn object(level: usize) -> Value {
    json!({
        "type": "object",
        "maxProperties": limits::DETAILS_KEYS,
        "propertyNames": { "maxLength": limits::DETAILS_KEY_CHARS },
        "additionalProperties": refer(&format!("value_{level}")),
    })
}

/// What may stand inside an object of this level. A list keeps the null of another writer,
/// because leaving it out would move the rest.
fn value(level: usize) -> Value {
    let mut forms = vec![
        json!({ "type": ["boolean", "number"] }),
        json!({ "type": "string", "minLength": 1, "maxLength": limits::DETAILS_TEXT_CHARS }),
    ];
    if level < limits::DETAILS_DEPTH {
        let inner = refer(&format!("value_{}", level + 1));
        forms.push(json!({
            "type": "array",
            "maxItems": limits::DETAILS_LIST_ITEMS,
            "items": { "anyOf": [{ "type": "null" }, inner] },
        }));
        forms.push(refer(&format!("object_{}", level + 1)));
    }
    json!({ "anyOf": forms })
}
