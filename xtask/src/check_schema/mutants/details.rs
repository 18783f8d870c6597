//! Mistakes inside `details`.

use rra_schema::limits;
use rra_schema::spec::{EventSpec, FieldKind, Presence};
use serde_json::{Map, Value, json};

use super::Mistake;
use super::envelope::shortened;
use crate::check_schema::node::Node;

/// Every mistake that this line can have.
pub(super) fn mistakes(line: &Node, spec: Option<&EventSpec>) -> Vec<Mistake> {
    let mut mistakes = beyond_bounds(line);
    for field in spec.into_iter().flat_map(|spec| spec.fields) {
        if field.presence == Presence::Required {
            let lacking = inside(line, |details| details.without(field.name));
            mistakes.push((format!("details.{} is missing", field.name), lacking));
        }
        for value in wrong_values(&field.kind) {
            let why = format!("details.{} is {}", field.name, shortened(&value));
            mistakes.push((why, inside(line, |details| details.with(field.name, value))));
        }
    }
    mistakes
}

fn inside(line: &Node, change: impl FnOnce(&Node) -> Node) -> Node {
    let none = Node::Object(Vec::new());
    line.with("details", change(line.get("details").unwrap_or(&none)))
}

/// What no type allows: too many keys, too much text, too long a list, too deep a nesting.
fn beyond_bounds(line: &Node) -> Vec<Mistake> {
    let keys: Map<String, Value> = (0..=limits::DETAILS_KEYS)
        .map(|number| (format!("key_{number}"), json!(1)))
        .collect();
    let deep = (0..limits::DETAILS_DEPTH).fold(json!(1), |inner, _| json!({ "deeper": inner }));
    let wrong = [
        ("text", json!("x".repeat(limits::DETAILS_TEXT_CHARS + 1))),
        ("list", vec![1; limits::DETAILS_LIST_ITEMS + 1].into()),
        ("object", Value::Object(keys)),
        ("nesting", deep),
    ];
    wrong
        .into_iter()
        .map(|(key, value)| {
            (
                format!("details.{key} is beyond its bound"),
                inside(line, |details| details.with(key, value)),
            )
        })
        .collect()
}

/// Values that a field of this kind does not take.
fn wrong_values(kind: &FieldKind) -> Vec<Value> {
    match kind {
        FieldKind::Text { max_chars } | FieldKind::Url { max_chars } => vec![
            json!(""),
            json!(null),
            json!(7),
            json!("x".repeat(max_chars + 1)),
        ],
        FieldKind::Identifier { max_chars } => vec![
            json!(""),
            json!(null),
            json!(true),
            json!("a\rb"),
            json!("x".repeat(max_chars + 1)),
        ],
        FieldKind::IpAddress => vec![
            json!(""),
            json!("192.0.2"),
            json!("192.0.2.1/32"),
            json!(3_221_225_985_u32),
        ],
        FieldKind::Integer { .. } => vec![
            json!(-1),
            json!(1.5),
            json!("7"),
            json!(null),
            json!(limits::INTEGER_MAX + 1),
        ],
        FieldKind::Ratio => vec![json!(-0.1), json!(1.1), json!("0.5")],
        FieldKind::Boolean => vec![json!("true"), json!(1)],
        FieldKind::Timestamp => vec![json!("2025-12-20"), json!("2025-12-20T10:30:00Z"), json!(0)],
        FieldKind::ChainId => vec![json!("ethereum"), json!("eip155:"), json!(1)],
        FieldKind::Decimal => vec![json!("1e3"), json!("-1"), json!("01"), json!(12.5)],
        FieldKind::TokenId => vec![json!("0x2a"), json!(42), json!("9".repeat(79))],
        FieldKind::TransactionHash => vec![json!(""), json!("0x 88"), json!("a".repeat(129))],
        FieldKind::Sha256 => vec![json!("ab"), json!("AB".repeat(32)), json!(0)],
        FieldKind::Enum(_) => vec![json!("unheard_of"), json!(""), json!(null), json!(1)],
        _ => Vec::new(),
    }
}
