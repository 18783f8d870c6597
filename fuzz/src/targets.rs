//! What must hold for any bytes. libFuzzer runs these functions with bytes it evolves, the tests
//! of `rra-schema` with bytes drawn at random.

use rra_schema::events::custom::{Custom, CustomName, Value};
use rra_schema::{
    AgentId, Event, Instance, LineBuffer, Origin, RequestId, Seal, SecurityEvent, Severity,
    Timestamp, UserId, limits, read, read_strict,
};

/// Any line is refused, or read and written again as one valid line.
pub fn read_lenient(data: &[u8]) {
    let line = String::from_utf8_lossy(data);
    if let Ok(event) = read(&line) {
        check_line(&event);
    }
    if let Ok(event) = read_strict(&line) {
        check_line(&event);
    }
}

/// Any custom event is written as one valid line, whatever its texts and numbers are.
pub fn write_custom(data: &[u8]) {
    let texts: Vec<String> = data
        .split(|byte| *byte == 0xff)
        .map(|piece| String::from_utf8_lossy(piece).into_owned())
        .collect();
    let text = |at: usize| texts.get(at).map_or("", String::as_str);
    let items: Vec<Value<'_>> = texts.iter().map(|text| value(text)).collect();
    let inner: Vec<(&str, Value<'_>)> = texts
        .iter()
        .map(|text| (text.as_str(), value(text)))
        .collect();
    let mut members = inner.clone();
    members.push((text(1), Value::List(&items)));
    members.push((text(2), Value::Map(&inner)));
    let name = CustomName::new("x.fuzz.custom").expect("the name fits the grammar");
    let event = Event::new(Custom::new(name, Severity::Warning, text(0)).details(&members))
        .message(text(3))
        .user_id(UserId::lossy(text(4)))
        .agent_id(AgentId::lossy(text(5)))
        .request_id(RequestId::lossy(text(6)));
    check_line(&event);
}

/// A secret does not reach the log, whatever stands around it: as text, as a key, and twice.
pub fn redact(data: &[u8]) {
    const SECRETS: [&str; 5] = [
        "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318",
        "AKIAIOSFODNN7EXAMPLE",
        "xoxb-1234567890-abcdefghij",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        "legal winner thank year wave sausage worth useful legal winner thank yellow",
    ];
    let around = String::from_utf8_lossy(data);
    let at = around.floor_char_boundary(around.len() / 2);
    let (before, after) = around.split_at(at);
    for secret in SECRETS {
        // A digit right beside the key would make it part of a longer run, which is redacted as well.
        let text = format!("{before}\n{secret}\n{after} {secret}");
        let members = [("note", Value::Text(&text)), (secret, Value::Text(&text))];
        let name = CustomName::new("x.fuzz.redact").expect("the name fits the grammar");
        let event = Event::new(Custom::new(name, Severity::Info, "redact").details(&members))
            .message(&text)
            .user_id(UserId::lossy(&text));
        let line = check_line(&event);
        assert!(!line.contains(secret), "{line}");
        let clean = rra_schema::redact(&text).unwrap_or(text);
        assert!(!clean.contains(secret), "{clean}");
    }
}

/// The first byte decides which kind of value the text becomes.
fn value(text: &str) -> Value<'_> {
    let number = text.bytes().fold(0_i64, |sum, byte| {
        sum.wrapping_mul(257).wrapping_add(byte.into())
    });
    match text.bytes().next().unwrap_or(0) % 4 {
        0 => Value::Text(text),
        1 => Value::Integer(number),
        2 => Value::Float(f64::from_bits(number.cast_unsigned())),
        _ => Value::Boolean(number % 2 == 0),
    }
}

/// One line, within its limit, that the strict reader takes.
fn check_line(event: &impl SecurityEvent) -> String {
    let origin = Origin::new("fuzz", "test", Instance::from_bits(7)).expect("both names are short");
    let seal = Seal::new(&origin, Timestamp::from_unix_millis(0), 1);
    let mut room = [0; limits::LINE_BYTES];
    let mut out = LineBuffer::new(&mut room);
    event.write_line(&seal, &mut out);
    assert!(out.len() <= limits::LINE_BYTES, "{} bytes", out.len());
    let line = String::from_utf8(out.as_bytes().into()).expect("a line is UTF-8");
    assert_eq!(line.matches('\n').count(), 1, "{line}");
    if let Err(error) = read_strict(&line) {
        panic!("{error}: {line}");
    }
    line
}
