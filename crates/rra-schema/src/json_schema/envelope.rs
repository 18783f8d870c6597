//! The keys around `details`, strictly as we write them and leniently as others may.

use serde_json::{Map, Value, json};

use super::kinds::{limited, refer};
use super::nesting;
use crate::limits;
use crate::severity::Severity;
use crate::spec::Outcome;

/// Keys without which a line is no event, for writers and readers alike.
const BASIS: [&str; 6] = [
    "timestamp",
    "service",
    "environment",
    "event_type",
    "severity",
    "message",
];

/// An RFC 3339 time: any fraction, any offset, either case of its letters.
const ANY_TIMESTAMP: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$";

/// The members of the strict schema that concern the envelope.
pub(super) fn strict() -> Map<String, Value> {
    let required: Vec<&str> = BASIS
        .into_iter()
        .chain(["schema_version", "event_id"])
        .collect();
    members([
        ("required", json!(required)),
        ("properties", Value::Object(strict_properties())),
        ("additionalProperties", json!(false)),
        (
            "dependentRequired",
            json!({
                "span_id": ["trace_id"],
                "trace_id": ["span_id"],
                "original_timestamp": ["imported"],
            }),
        ),
    ])
}

/// The condition that a line was converted from another writer's.
pub(super) fn is_imported() -> Value {
    json!({ "properties": { "imported": { "const": true } }, "required": ["imported"] })
}

/// The members of the lenient schema.
pub(super) fn lenient() -> Map<String, Value> {
    let text = json!({ "type": "string" });
    let optional_text = json!({ "type": ["string", "null"] });
    let properties = members([
        (
            "timestamp",
            json!({ "type": "string", "pattern": ANY_TIMESTAMP }),
        ),
        ("service", text.clone()),
        ("environment", text.clone()),
        ("event_type", json!({ "type": "string", "minLength": 1 })),
        ("severity", text.clone()),
        ("message", text),
        ("source_ip", optional_text.clone()),
        ("user_id", optional_text.clone()),
        ("agent_id", optional_text.clone()),
        ("request_id", optional_text),
        ("details", json!({ "type": ["object", "null"] })),
        (
            "tags",
            json!({ "type": ["array", "null"], "items": { "type": "string" } }),
        ),
    ]);
    members([
        ("required", json!(BASIS)),
        ("properties", Value::Object(properties)),
    ])
}

fn strict_properties() -> Map<String, Value> {
    let mut properties = given();
    properties.extend(added());
    properties
}

/// The keys that the RRA Module's format has.
fn given() -> Map<String, Value> {
    members([
        ("timestamp", refer("timestamp")),
        ("service", limited("identifier", limits::NAME_CHARS)),
        ("environment", limited("identifier", limits::NAME_CHARS)),
        ("event_type", limited("identifier", limits::ID_CHARS)),
        (
            "severity",
            json!({ "enum": Severity::ALL.map(Severity::as_str) }),
        ),
        ("message", limited("text", limits::MESSAGE_CHARS)),
        ("source_ip", refer("ip_address")),
        ("user_id", limited("identifier", limits::ID_CHARS)),
        ("agent_id", limited("identifier", limits::ID_CHARS)),
        ("request_id", limited("identifier", limits::ID_CHARS)),
        ("details", details()),
        ("tags", tags()),
    ])
}

/// The keys that we add after `tags`.
fn added() -> Map<String, Value> {
    members([
        ("schema_version", json!({ "const": crate::SCHEMA_VERSION })),
        (
            "event_id",
            json!({ "type": "string", "pattern": "^[0-9a-f]{16}-(0|[1-9][0-9]{0,15})$" }),
        ),
        (
            "outcome",
            json!({ "enum": [Outcome::Success.as_str(), Outcome::Failure.as_str()] }),
        ),
        ("trace_id", trace(32)),
        ("span_id", trace(16)),
        ("truncated", truncated()),
        ("imported", json!({ "const": true })),
        (
            "original_timestamp",
            limited("identifier", limits::NAME_CHARS),
        ),
        ("prev", refer("sha256")),
    ])
}

fn details() -> Value {
    json!({ "$ref": format!("#/$defs/{}", nesting::OUTERMOST), "minProperties": 1 })
}

fn tags() -> Value {
    json!({
        "type": "array",
        "minItems": 1,
        "maxItems": limits::TAGS,
        "uniqueItems": true,
        "items": limited("identifier", limits::ID_CHARS),
    })
}

fn truncated() -> Value {
    json!({
        "type": "array",
        "minItems": 1,
        "maxItems": limits::TRUNCATED_PATHS,
        "uniqueItems": true,
        "items": { "type": "string", "pattern": "^(\\*|(/.*)?)$" },
    })
}

/// A trace or span id: lower-case hexadecimal digits, not all of them zero (W3C Trace Context).
fn trace(digits: usize) -> Value {
    json!({
        "type": "string",
        "pattern": format!("^[0-9a-f]{{{digits}}}$"),
        "not": { "const": "0".repeat(digits) },
    })
}

fn members<const N: usize>(rows: [(&str, Value); N]) -> Map<String, Value> {
    rows.into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}
