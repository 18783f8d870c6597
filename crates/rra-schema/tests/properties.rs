//! What holds for any input: one line, valid, bounded, without secrets, read back as it was meant.

use proptest::prelude::*;
use rra_schema::events::auth::{AuthFailureReason, Failure};
use rra_schema::events::custom::{Custom, CustomName, Value};
use rra_schema::{
    Event, Instance, LineBuffer, Origin, Seal, SecurityEvent, Severity, Timestamp, UserId, limits,
};

/// A tree that owns its text, to lend [`Value`]s from.
#[derive(Clone, Debug)]
enum Tree {
    Text(String),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

fn hostile_text() -> impl Strategy<Value = String> {
    let hostile = prop::sample::select(vec![
        "\u{202e}",
        "\u{200b}",
        "\0",
        "\u{7f}",
        "\u{9b}",
        "\u{2028}",
        "\r\n",
        "\"}",
        "\\",
        "\u{e0041}",
        "{\"a\":",
        "\u{feff}",
    ]);
    prop_oneof![
        any::<String>(),
        "[ -~]{0,80}",
        (any::<String>(), hostile, any::<String>()).prop_map(|(a, b, c)| a + b + &c)
    ]
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        hostile_text().prop_map(Tree::Text),
        any::<i64>().prop_map(Tree::Integer),
        any::<f64>().prop_map(Tree::Float),
        any::<bool>().prop_map(Tree::Boolean),
    ];
    leaf.prop_recursive(6, 60, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Tree::List),
            prop::collection::vec((hostile_text(), inner), 0..8).prop_map(Tree::Map),
        ]
    })
}

/// Lends the tree for one call. What is lent from inner levels has to live as long as the call, so
/// it is leaked: a test process is short.
fn lend(tree: &Tree) -> Value<'_> {
    match tree {
        Tree::Text(text) => Value::Text(text),
        Tree::Integer(number) => Value::Integer(*number),
        Tree::Float(number) => Value::Float(*number),
        Tree::Boolean(flag) => Value::Boolean(*flag),
        Tree::List(items) => Value::List(Vec::leak(items.iter().map(lend).collect())),
        Tree::Map(members) => Value::Map(Vec::leak(
            members
                .iter()
                .map(|(key, value)| (key.as_str(), lend(value)))
                .collect(),
        )),
    }
}

fn write(event: &impl SecurityEvent) -> String {
    let origin = Origin::new("rra-module", "test", Instance::from_bits(1)).expect("valid");
    let mut room = [0; limits::LINE_BYTES];
    let mut out = LineBuffer::new(&mut room);
    event.write_line(
        &Seal::new(&origin, Timestamp::from_unix_millis(0), 1),
        &mut out,
    );
    String::from_utf8(out.as_bytes().into()).expect("UTF-8")
}

#[track_caller]
fn check_line(line: &str) {
    assert!(line.len() <= limits::LINE_BYTES);
    assert_eq!(line.find('\n'), Some(line.len() - 1), "one line");
    serde_json::from_str::<serde_json::Value>(line).expect("valid JSON");
    rra_schema::read_strict(line).unwrap_or_else(|error| panic!("{error}: {line}"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_custom_event_is_one_valid_line(
        message in hostile_text(),
        user in hostile_text(),
        members in prop::collection::vec((hostile_text(), tree()), 0..12),
    ) {
        let members: Vec<_> = members.iter().map(|(key, value)| (key.as_str(), lend(value))).collect();
        let name = CustomName::new("x.acme.any").expect("valid");
        let event = Event::new(Custom::new(name, Severity::Info, &message).details(&members)).user_id(UserId::lossy(&user));
        check_line(&write(&event));
    }

    #[test]
    fn text_within_its_limit_reads_back_as_it_was(message in "[^\u{0}]{1,200}") {
        let event = Event::new(Failure::new(AuthFailureReason::Other)).message(&message);
        let line = write(&event);
        let read = rra_schema::read_strict(&line).expect("valid");
        if !line.contains("[redacted:") {
            prop_assert_eq!(read.message(), message);
        }
    }

    #[test]
    fn any_object_that_is_read_is_written_as_one_valid_line(
        details in tree(),
        text in hostile_text(),
        key in hostile_text(),
        kind in prop::sample::select(vec!["auth.failure", "contract.payment_received", "robot.escaped", "x.a.b", "\u{202e}"]),
    ) {
        let line = serde_json::json!({
            "timestamp": "2015-05-17T13:05:42.1Z", "event_type": kind, "message": text, "user_id": text,
            "source_ip": text, "details": json(&details), "tags": [text, text], key: text,
        });
        // The arbitrary key may have taken the place of one of the two that an event needs.
        if let Ok(event) = rra_schema::read(&line.to_string()) {
            check_line(&write(&event));
        }
    }

    #[test]
    fn no_bytes_make_the_readers_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let text = String::from_utf8_lossy(&bytes);
        let _ = (rra_schema::read(&text), rra_schema::read_strict(&text));
    }

    #[test]
    fn a_planted_secret_never_reaches_the_line(
        before in hostile_text(),
        after in hostile_text(),
        kind in 0_usize..8,
        hex in "[0-9a-f]{64}",
    ) {
        // Random digits that show eight or fewer different ones would be taken for filler.
        prop_assume!(hex.chars().collect::<std::collections::BTreeSet<_>>().len() > 8);
        let text = format!("{before} {} {after}", planted(kind, &hex));
        let members = [("note", Value::Text(&text)), ("list", Value::List(&[Value::Text("x")]))];
        let name = CustomName::new("x.acme.any").expect("valid");
        let event = Event::new(Custom::new(name, Severity::Info, &text).details(&members)).user_id(UserId::lossy(&text));
        let line = write(&event);
        prop_assert!(!line.contains(&hex[..20]), "{}", line);
    }
}

/// A secret of the `kind`th form around 64 random hexadecimal digits.
fn planted(kind: usize, hex: &str) -> String {
    match kind {
        0 => hex.to_owned(),
        1 => format!("0x{hex}"),
        2 => format!("Bearer {hex}"),
        3 => format!("password={hex}"),
        4 => format!("https://user:{hex}@example.org/"),
        5 => format!("-----BEGIN PRIVATE KEY-----\n{hex}\n-----END PRIVATE KEY-----"),
        6 => format!("eyJ{}.eyJ{}.{}", &hex[..40], &hex[..40], hex),
        _ => format!("ghp_{}", &hex[..36]),
    }
}

fn json(tree: &Tree) -> serde_json::Value {
    match tree {
        Tree::Text(text) => text.as_str().into(),
        Tree::Integer(number) => (*number).into(),
        Tree::Float(number) => (*number).into(),
        Tree::Boolean(flag) => (*flag).into(),
        Tree::List(items) => items.iter().map(json).collect(),
        Tree::Map(members) => members
            .iter()
            .map(|(key, value)| (key.clone(), json(value)))
            .collect(),
    }
}
