//! What each [`FieldKind`] means as a schema. Owns the patterns; the values of enums come from
//! their rows.

use serde_json::{Map, Value, json};

use crate::limits;
use crate::spec::FieldKind;

/// Text without control, direction-changing, zero-width or line-separating characters.
const IDENTIFIER: &str = "^[^\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff\\ufff9-\\ufffb]+$";
const TIMESTAMP: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$";

/// The definitions that field schemas refer to, by name.
pub(super) fn definitions() -> Map<String, Value> {
    let rows = [
        ("text", json!({ "type": "string", "minLength": 1 })),
        (
            "identifier",
            json!({ "type": "string", "minLength": 1, "pattern": IDENTIFIER }),
        ),
        ("url", json!({ "type": "string", "pattern": "^[^@?#]+$" })),
        (
            "ip_address",
            json!({
                "type": "string",
                "anyOf": [
                    { "format": "ipv4", "pattern": "^[0-9]{1,3}(\\.[0-9]{1,3}){3}$" },
                    { "format": "ipv6", "pattern": "^[0-9a-f:.]*:[0-9a-f:.]*$", "maxLength": 45 },
                ],
            }),
        ),
        (
            "integer",
            json!({ "type": "integer", "minimum": 0, "maximum": limits::INTEGER_MAX }),
        ),
        (
            "ratio",
            json!({ "type": "number", "minimum": 0, "maximum": 1 }),
        ),
        ("boolean", json!({ "type": "boolean" })),
        (
            "timestamp",
            json!({ "type": "string", "format": "date-time", "pattern": TIMESTAMP }),
        ),
        (
            "chain_id",
            json!({ "type": "string", "pattern": "^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}$" }),
        ),
        (
            "decimal",
            json!({ "type": "string", "pattern": "^(0|[1-9][0-9]{0,59})(\\.[0-9]{1,30})?$" }),
        ),
        (
            "token_id",
            json!({ "type": "string", "pattern": "^[0-9]{1,78}$" }),
        ),
        (
            "transaction_hash",
            json!({ "type": "string", "pattern": "^[0-9A-Za-z]{1,128}$" }),
        ),
        (
            "sha256",
            json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" }),
        ),
    ];
    rows.into_iter()
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect()
}

/// The schema of one field.
pub(super) fn schema(kind: &FieldKind) -> Value {
    match kind {
        FieldKind::Text { max_chars } => limited("text", *max_chars),
        FieldKind::Identifier { max_chars } => limited("identifier", *max_chars),
        FieldKind::Url { max_chars } => limited("url", *max_chars),
        FieldKind::IpAddress => refer("ip_address"),
        FieldKind::Integer { minimum: 0 } => refer("integer"),
        FieldKind::Integer { minimum } => {
            json!({ "$ref": "#/$defs/integer", "minimum": minimum })
        }
        FieldKind::Ratio => refer("ratio"),
        FieldKind::Boolean => refer("boolean"),
        FieldKind::Timestamp => refer("timestamp"),
        FieldKind::ChainId => refer("chain_id"),
        FieldKind::Decimal => refer("decimal"),
        FieldKind::TokenId => refer("token_id"),
        FieldKind::TransactionHash => refer("transaction_hash"),
        FieldKind::Sha256 => refer("sha256"),
        FieldKind::Enum(list) => json!({ "enum": list.values }),
    }
}

/// A reference to a definition.
pub(super) fn refer(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// A reference to a text definition with its longest value in characters.
pub(super) fn limited(name: &str, max_chars: usize) -> Value {
    json!({ "$ref": format!("#/$defs/{name}"), "maxLength": max_chars })
}
