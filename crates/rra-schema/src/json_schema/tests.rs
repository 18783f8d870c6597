//! What can be said of the schemas without a validator; `cargo xtask check-schema` judges lines by
//! them.

use serde_json::Value;

use super::{reader, writer};
use crate::events::CATALOGUE;
use crate::writer::KEYS;

/// Every object of the schema, however deep.
fn objects<'v>(value: &'v Value, found: &mut Vec<&'v serde_json::Map<String, Value>>) {
    match value {
        Value::Object(members) => {
            found.push(members);
            members.values().for_each(|inner| objects(inner, found));
        }
        Value::Array(items) => items.iter().for_each(|inner| objects(inner, found)),
        _ => {}
    }
}

#[track_caller]
fn check_every_object(fits: impl Fn(&serde_json::Map<String, Value>) -> bool) {
    for schema in [writer(CATALOGUE), reader()] {
        let mut found = Vec::new();
        objects(&schema, &mut found);
        for object in found {
            assert!(fits(object), "{object:?}");
        }
    }
}

#[test]
fn the_strict_schema_knows_every_key_of_the_line_and_no_other() {
    let schema = writer(CATALOGUE);
    let properties = schema["properties"].as_object().expect("an object");
    assert_eq!(properties.len(), KEYS.len());
    assert!(KEYS.iter().all(|key| properties.contains_key(*key)));
}

#[test]
fn the_strict_schema_knows_every_field_of_every_type() {
    let schema = writer(CATALOGUE);
    for event in CATALOGUE {
        let details = &schema["$defs"][format!("details.{}", event.name)]["properties"];
        for field in event.fields {
            assert!(
                details[field.name].is_object(),
                "{} of {}",
                field.name,
                event.name
            );
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let schema = writer(CATALOGUE);
    check_every_object(|object| match object.get("$ref").and_then(Value::as_str) {
        Some(place) => schema.pointer(place.trim_start_matches('#')).is_some(),
        None => true,
    });
}

#[test]
fn no_pattern_looks_around() {
    check_every_object(|object| {
        let pattern = object.get("pattern").and_then(Value::as_str);
        pattern.is_none_or(|pattern| !pattern.contains("(?"))
    });
}

#[test]
fn every_format_stands_beside_a_pattern() {
    check_every_object(|object| {
        let is_schema = object.get("format").is_some_and(Value::is_string);
        !is_schema || object.contains_key("pattern")
    });
}
