//! JSON Schemas (2020-12) of the JSON line, rendered from the catalogue: [`writer`] describes what
//! this library writes, [`reader`] what a consumer should be ready to accept.
//!
//! Owns the rendering and the addresses of the schemas. A schema sees one line as a document, so
//! the order of keys, the escapes and the absence of spaces are not its business: the strict mode
//! of the reader checks those.
//!
//! `format` is a note in 2020-12 unless a validator is told to assert it, so every format we use
//! stands beside a pattern that holds on its own. No pattern looks ahead or behind: such patterns
//! do not exist in every validator.

mod details;
mod envelope;
mod kinds;
mod nesting;

use serde_json::{Map, Value, json};

use crate::spec::EventSpec;

/// The dialect both schemas are written in.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The strict schema: every line of this library is valid by it.
///
/// Lines marked `imported` come from another writer; of them only the envelope is bound.
///
/// ```
/// let schema = rra_schema::json_schema::writer(rra_schema::events::CATALOGUE);
/// assert_eq!(schema["type"], "object");
/// ```
pub fn writer(catalogue: &[EventSpec]) -> Value {
    let mut defs = kinds::definitions();
    defs.extend(nesting::definitions());
    defs.extend(details::definitions(catalogue));
    let mut schema = head("writer", "A security event as rra-observability writes it");
    schema.extend(envelope::strict());
    schema.insert("$defs".to_owned(), Value::Object(defs));
    schema.insert("if".to_owned(), envelope::is_imported());
    schema.insert("then".to_owned(), json!(true));
    schema.insert("else".to_owned(), details::native(catalogue));
    Value::Object(schema)
}

/// The lenient schema: what a consumer must be ready to accept from any 1.x writer and from the
/// RRA Module. Types, severities and keys it does not name are allowed.
pub fn reader() -> Value {
    let mut schema = head("reader", "A security event as consumers must accept it");
    schema.extend(envelope::lenient());
    Value::Object(schema)
}

fn head(role: &str, title: &str) -> Map<String, Value> {
    let version = crate::SCHEMA_VERSION;
    let mut head = Map::new();
    head.insert("$schema".to_owned(), json!(DIALECT));
    // A URN names the schema without promising that a server answers at some address.
    head.insert(
        "$id".to_owned(),
        json!(format!(
            "urn:rra-observability:security-event:{version}:{role}"
        )),
    );
    head.insert("title".to_owned(), json!(title));
    head.insert("type".to_owned(), json!("object"));
    head
}

#[cfg(test)]
mod tests;
