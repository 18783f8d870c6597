//! Mistakes around `details`.

use serde_json::{Value, json};

use super::Mistake;
use crate::check_schema::node::Node;

/// Keys that every line has.
const ALWAYS_THERE: [&str; 8] = [
    "timestamp",
    "service",
    "environment",
    "event_type",
    "severity",
    "message",
    "schema_version",
    "event_id",
];

/// Every mistake that this line can have.
pub(super) fn mistakes(line: &Node) -> Vec<Mistake> {
    let mut mistakes: Vec<Mistake> = ALWAYS_THERE
        .iter()
        .map(|key| (format!("{key} is missing"), line.without(key)))
        .collect();
    for (key, values) in given_keys().into_iter().chain(added_keys()) {
        for value in values {
            let why = format!("{key} is {}", shortened(&value));
            mistakes.push((why, line.with(key, value)));
        }
    }
    for (gone, left) in [("trace_id", "span_id"), ("span_id", "trace_id")] {
        mistakes.push((format!("{left} stands without {gone}"), line.without(gone)));
    }
    let stray = line.with("original_timestamp", json!("2025-12-20T10:30:00Z"));
    mistakes.push((
        "original_timestamp stands without imported".to_owned(),
        stray,
    ));
    mistakes
}

/// Values that the keys of the RRA Module's format do not take.
fn given_keys() -> Vec<(&'static str, Vec<Value>)> {
    vec![
        ("timestamp", timestamps()),
        ("service", names()),
        ("environment", names()),
        (
            "event_type",
            texts(&[
                "",
                "auth",
                "auth.unheard_of",
                "x.acme",
                "x.Acme.door",
                "x.acme.a.b.c.d",
            ]),
        ),
        ("severity", texts(&["", "fatal", "INFO", "3"])),
        (
            "message",
            vec![
                json!(""),
                json!(null),
                json!(false),
                json!("x".repeat(1025)),
            ],
        ),
        (
            "source_ip",
            texts(&[
                "",
                "192.0.2.1:443",
                "192.0.2.256",
                "localhost",
                "2001:db8::1%eth0",
            ]),
        ),
        ("user_id", ids()),
        ("agent_id", ids()),
        ("request_id", ids()),
        (
            "details",
            vec![json!(null), json!({}), json!([]), json!("none")],
        ),
        ("tags", tags()),
    ]
}

/// Values that the keys we add do not take, and a key that nobody knows.
fn added_keys() -> Vec<(&'static str, Vec<Value>)> {
    vec![
        ("schema_version", texts(&["", "0.9", "1", "2.0"])),
        (
            "event_id",
            texts(&[
                "",
                "5eed000000000001",
                "5EED000000000001-1",
                "5eed000000000001-01",
                "5eed000000000001--1",
            ]),
        ),
        ("outcome", texts(&["", "unknown", "denied"])),
        (
            "trace_id",
            texts(&[
                "00000000000000000000000000000000",
                "4BF92F3577B34DA6A3CE929D0E0E4736",
                "4bf9",
            ]),
        ),
        (
            "span_id",
            texts(&["0000000000000000", "00F067AA0BA902B7", "00f0"]),
        ),
        (
            "truncated",
            vec![json!([]), json!(true), json!(["details"]), json!([7])],
        ),
        ("imported", vec![json!(false), json!("true"), json!(null)]),
        ("prev", texts(&["", "ab", "0x88df"])),
        ("colour", texts(&["red"])),
    ]
}

/// The texts, and two values that are no text.
fn texts(texts: &[&str]) -> Vec<Value> {
    let texts = texts.iter().map(|text| json!(text));
    texts.chain([json!(null), json!(7)]).collect()
}

fn names() -> Vec<Value> {
    let mut values = texts(&["", "a\u{7f}"]);
    values.push(json!("x".repeat(65)));
    values
}

fn ids() -> Vec<Value> {
    let mut values = texts(&["", "a\nb", "a\u{202e}b"]);
    values.push(json!("x".repeat(129)));
    values
}

fn timestamps() -> Vec<Value> {
    texts(&[
        "",
        "2025-12-20T10:30:00Z",
        "2025-12-20T10:30:00.0Z",
        "2025-12-20T10:30:00.000000Z",
        "2025-12-20T10:30:00.000+00:00",
        "2025-12-20 10:30:00.000Z",
        "2025-12-20t10:30:00.000z",
        "2025-13-20T10:30:00.000Z",
        "2025-02-30T10:30:00.000Z",
        "2025-12-20T25:30:00.000Z",
        "1766226600000",
    ])
}

fn tags() -> Vec<Value> {
    let many: Vec<String> = (0..17).map(|number| format!("tag-{number}")).collect();
    vec![
        json!(null),
        json!([]),
        json!([""]),
        json!(["a", "a"]),
        json!(["Upper"]),
        json!("a"),
        json!(many),
    ]
}

/// A value as a reason names it.
pub(super) fn shortened(value: &Value) -> String {
    let text = value.to_string();
    match text.chars().count() {
        0..=48 => text,
        long => format!("{long} characters long"),
    }
}
