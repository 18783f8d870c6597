//! What the writer makes of every kind of input, byte for byte.

use serde_json::Value as Json;

use crate::events::attack::{AttackType, InjectionBlocked, SsrfBlocked};
use crate::events::auth::{AuthFailureReason, Failure};
use crate::events::contract::PaymentReceived;
use crate::events::custom::{Custom, CustomName, Value};
use crate::limits;
use crate::values::{
    AgentId, ChainId, Decimal, Instance, RequestId, Tag, Timestamp, TransactionHash, UserId,
};
use crate::{Details, Event, LineBuffer, Origin, RequestFacts, Seal, SecurityEvent, Severity};

fn origin() -> Origin {
    Origin::new(
        "rra-module",
        "production",
        Instance::from_bits(0x0123_4567_89ab_cdef),
    )
    .expect("valid")
}

fn line<D: Details>(event: &Event<'_, D>) -> String {
    let origin = origin();
    let time = Timestamp::parse("2025-12-20T10:30:00.000Z").expect("valid");
    let mut room = [0; limits::LINE_BYTES];
    let mut out = LineBuffer::new(&mut room);
    event.write_line(&Seal::new(&origin, time, 42), &mut out);
    String::from_utf8(out.as_bytes().into()).expect("UTF-8")
}

fn parsed<D: Details>(event: &Event<'_, D>) -> Json {
    let line = line(event);
    crate::read_strict(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
    serde_json::from_str(&line).expect("valid JSON")
}

fn custom<'a>(members: &'a [(&'a str, Value<'a>)]) -> Event<'a, Custom<'a>> {
    let name = CustomName::new("x.acme.door_opened").expect("valid");
    Event::new(Custom::new(name, Severity::Info, "Door opened").details(members))
}

#[track_caller]
fn check_detail(members: &[(&str, Value<'_>)], key: &str, expected: &Json) {
    assert_eq!(parsed(&custom(members))["details"][key], *expected);
}

#[test]
fn the_sample_of_the_guide_is_written_byte_for_byte() {
    const TAGS: [Tag; 2] = [Tag::literal("security"), Tag::literal("auth")];
    let event = Event::new(Failure::new(AuthFailureReason::InvalidKey).attempts(3_u64))
        .message("Authentication failed: Invalid API key")
        .source_ip("192.0.2.1".parse::<std::net::IpAddr>().ok())
        .user_id(UserId::lossy("user_abc123"))
        .agent_id(AgentId::lossy("repo_xyz789"))
        .request_id(RequestId::lossy("req_123456"))
        .tags(&TAGS);
    let sample = concat!(
        r#"{"timestamp":"2025-12-20T10:30:00.000Z","service":"rra-module","environment":"production","#,
        r#""event_type":"auth.failure","severity":"warning","message":"Authentication failed: Invalid API key","#,
        r#""source_ip":"192.0.2.1","user_id":"user_abc123","agent_id":"repo_xyz789","request_id":"req_123456","#,
        r#""details":{"reason":"invalid_key","attempts":3},"tags":["security","auth"]"#,
    );
    let ours = r#","schema_version":"1.0","event_id":"0123456789abcdef-42","outcome":"failure"}"#;
    assert_eq!(line(&event), format!("{sample}{ours}\n"));
}

/// What a line says of client, user, agent and request, in a request that knows all four.
#[track_caller]
fn check_request<D: Details>(event: &Event<'_, D>, expected: [&str; 4]) {
    let (origin, mut room) = (origin(), [0; limits::LINE_BYTES]);
    let mut out = LineBuffer::new(&mut room);
    let time = Timestamp::parse("2025-12-20T10:30:00.000Z").expect("valid");
    let request = RequestFacts {
        source_ip: Some([203, 0, 113, 9].into()),
        user_id: UserId::lossy("user-1"),
        agent_id: AgentId::lossy("agent-1"),
        request_id: RequestId::lossy("req-1"),
    };
    let seal = Seal::new(&origin, time, 42).request(&request);
    event.write_line(&seal, &mut out);
    let line: Json = serde_json::from_slice(out.as_bytes()).expect("valid JSON");
    let keys = ["source_ip", "user_id", "agent_id", "request_id"];
    assert_eq!(
        keys.map(|key| line[key].as_str().unwrap_or_default()),
        expected
    );
}

#[test]
fn what_an_event_does_not_say_its_request_says() {
    let request = ["203.0.113.9", "user-1", "agent-1", "req-1"];
    check_request(&custom(&[]), request);
    let event = custom(&[])
        .source_ip("192.0.2.1".parse::<std::net::IpAddr>().ok())
        .user_id(UserId::lossy("user-2"))
        .agent_id(AgentId::lossy("agent-2"))
        .request_id(RequestId::lossy("req-2"));
    check_request(&event, ["192.0.2.1", "user-2", "agent-2", "req-2"]);
}

#[test]
fn what_is_not_known_is_left_out() {
    let event = parsed(&custom(&[]));
    for key in [
        "source_ip",
        "user_id",
        "agent_id",
        "request_id",
        "details",
        "tags",
        "outcome",
        "truncated",
    ] {
        assert!(event.get(key).is_none(), "{key}");
    }
}

#[test]
fn details_that_say_nothing_are_left_out() {
    for members in [&[][..], &[("note", Value::Text(""))]] {
        assert!(parsed(&custom(members)).get("details").is_none());
    }
}

#[test]
fn severity_is_raised_and_never_lowered() {
    let event = Event::new(Failure::new(AuthFailureReason::Locked));
    assert_eq!(
        parsed(&event.raise_to(Severity::Critical))["severity"],
        "critical"
    );
    assert_eq!(
        parsed(&event.raise_to(Severity::Debug))["severity"],
        "warning"
    );
}

#[test]
fn hostile_text_stays_on_its_line_and_reads_back() {
    let hostile = "a\r\n{\"forged\":1}\u{1b}[31m\u{202e}\u{200b}\u{85}\u{2028}\u{7f}\u{e0041}\\\"";
    let event =
        Event::new(InjectionBlocked::new(AttackType::Log).input_preview(hostile)).message(hostile);
    let line = line(&event);
    assert_eq!(line.matches('\n').count(), 1);
    assert!(
        line.is_ascii()
            && line
                .trim_end()
                .bytes()
                .all(|byte| byte >= 0x20 && byte != 0x7F)
    );
    assert_eq!(parsed(&event)["message"], hostile);
    assert_eq!(parsed(&event)["details"]["input_preview"], hostile);
}

#[test]
fn a_hostile_id_loses_what_cannot_be_seen_and_is_cut() {
    let long = format!("user\u{202e}\n{}", "x".repeat(500));
    let event =
        Event::new(Failure::new(AuthFailureReason::UnknownUser)).user_id(UserId::lossy(&long));
    let event = parsed(&event);
    assert!(
        event["user_id"]
            .as_str()
            .is_some_and(|id| id.starts_with("user\u{fffd}\u{fffd}x") && id.chars().count() == 128)
    );
    assert_eq!(event["truncated"], serde_json::json!(["/user_id"]));
}

#[test]
fn a_mapped_address_is_written_as_what_it_is() {
    let address = |text: &str| {
        let event = Event::new(Failure::new(AuthFailureReason::Other))
            .source_ip(text.parse::<std::net::IpAddr>().ok());
        parsed(&event)["source_ip"].clone()
    };
    assert_eq!(address("::ffff:192.0.2.1"), "192.0.2.1");
    assert_eq!(address("2001:db8:0:0::1"), "2001:db8::1");
}

#[test]
fn a_transaction_hash_is_kept_and_the_same_digits_in_text_are_not() {
    let hash = "0x8d0d18bd0bc2d0a7e7e0852d032fb8c25fedf5f4adbf4be519fe9f284f1bb541";
    let payment = PaymentReceived::new(
        ChainId::new("eip155:1").expect("valid"),
        "USDC",
        Decimal::new("11.465585").expect("valid"),
        TransactionHash::new(hash).expect("valid"),
    );
    let event = parsed(&Event::new(payment).message(hash));
    assert_eq!(event["details"]["tx_hash"], hash);
    assert_eq!(event["message"], "0x[redacted:hex]");
}

#[test]
fn a_secret_is_replaced_whatever_the_cut() {
    let key = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";
    for padding in 0..200 {
        let message = format!("{} {key}", "x ".repeat(400 + padding));
        let line = line(&Event::new(Failure::new(AuthFailureReason::Other)).message(&message));
        assert!(!line.contains(&key[..16]), "{line}");
    }
}

#[test]
fn a_url_is_written_without_its_secret_parts() {
    let url = "https://user:hunter2@169.254.169.254/latest?token=abc#frag";
    let event = parsed(&Event::new(
        SsrfBlocked::new("link-local address").blocked_url(url),
    ));
    assert_eq!(
        event["details"]["blocked_url"],
        "https://169.254.169.254/latest"
    );
}

#[test]
fn a_secret_key_hides_its_value_at_every_depth() {
    let inner = [
        ("password", Value::Text("hunter2")),
        ("hint", Value::Text("dog")),
    ];
    let expected = serde_json::json!({"password": "[redacted:key]", "hint": "dog"});
    check_detail(&[("login", Value::Map(&inner))], "login", &expected);
    check_detail(
        &[("api_key", Value::List(&[Value::Integer(1)]))],
        "api_key",
        &"[redacted:key]".into(),
    );
}

#[test]
fn numbers_that_json_would_bend_are_written_as_text() {
    check_detail(
        &[("n", Value::Integer(i64::MAX))],
        "n",
        &"9223372036854775807".into(),
    );
    check_detail(
        &[("n", Value::Integer(-9_007_199_254_740_991))],
        "n",
        &(-9_007_199_254_740_991_i64).into(),
    );
    check_detail(&[("n", Value::Float(f64::NAN))], "n", &"NaN".into());
    check_detail(&[("n", Value::Float(1e300))], "n", &1e300.into());
}

#[test]
fn too_much_is_cut_and_named() {
    let keys: Vec<String> = (0..100).map(|at| format!("key_{at}")).collect();
    let members: Vec<_> = keys
        .iter()
        .map(|key| (key.as_str(), Value::Boolean(true)))
        .collect();
    let event = parsed(&custom(&members));
    assert_eq!(
        event["details"].as_object().map(serde_json::Map::len),
        Some(limits::DETAILS_KEYS)
    );
    let truncated = event["truncated"].as_array().expect("a list");
    assert_eq!(
        (truncated.len(), truncated[0].as_str()),
        (limits::TRUNCATED_PATHS, Some("/details/key_32"))
    );
    assert_eq!(truncated[15], "*");
}

#[test]
fn a_deep_tree_is_cut_at_the_fourth_level() {
    let mut tree = vec![[("deep", Value::Boolean(true))]];
    for _ in 0..100 {
        let inner = Vec::leak(vec![*tree.last().expect("one")]);
        tree.push([("deep", Value::Map(&inner[0]))]);
    }
    let event = parsed(&custom(tree.last().expect("one")));
    assert_eq!(
        event["details"]["deep"]["deep"]["deep"]["deep"],
        "[too deep]"
    );
    assert_eq!(event["truncated"], serde_json::json!(["/details/deep"]));
}

#[test]
fn a_repeated_key_is_written_once() {
    let long = "k".repeat(limits::DETAILS_KEY_CHARS);
    let longer = format!("{long}k");
    let line = line(&custom(&[
        ("a", Value::Integer(1)),
        ("a", Value::Integer(2)),
        (&long, Value::Integer(3)),
        (&longer, Value::Integer(4)),
    ]));
    assert!(
        line.contains(&format!(r#""details":{{"a":1,"{long}":3}}"#)),
        "{line}"
    );
}

#[test]
fn the_largest_event_stays_within_its_line() {
    let text = "\u{e0041}".repeat(1 << 18);
    let keys: Vec<String> = (0..64)
        .map(|at| format!("{at}{}", "\u{e0042}".repeat(100)))
        .collect();
    let members: Vec<_> = keys
        .iter()
        .map(|key| (key.as_str(), Value::Text(&text)))
        .collect();
    let tags = [Tag::literal("a"); 40];
    let event = custom(&members)
        .message(&text)
        .user_id(UserId::lossy(&text))
        .agent_id(AgentId::lossy(&text))
        .request_id(RequestId::lossy(&text))
        .tags(&tags);
    let line = line(&event);
    assert!(line.len() <= limits::LINE_BYTES, "{} bytes", line.len());
    crate::read_strict(&line).expect("a valid line");
}

#[test]
fn a_key_that_is_a_secret_is_not_named_where_it_was_cut() {
    let key = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";
    let long = "a".repeat(3000);
    let members = [(key, Value::Text(&long)), ("b", Value::Text(&long))];
    let line = parsed(&custom(&members));
    assert_eq!(
        line["truncated"],
        serde_json::json!(["/details", "/details/b"])
    );
    assert!(!line.to_string().contains(key));
}

#[test]
fn cuts_that_are_named_alike_are_named_once() {
    let long = "a".repeat(3000);
    let cjk = "\u{540d}".repeat(63);
    let keys = ["a\u{200b}", "a\u{200c}", &(cjk.clone() + "1"), &(cjk + "2")];
    let members = keys.map(|key| (key, Value::Text(&long)));
    let cuts = parsed(&custom(&members))["truncated"].clone();
    let cuts = cuts.as_array().expect("a list");
    assert_eq!((cuts.len(), &cuts[0]), (2, &"/details/a\u{fffd}".into()));
}

#[test]
fn what_debug_shows_of_an_event_is_free_of_secrets() {
    let secret = "AKIAIOSFODNN7EXAMPLE";
    let url = format!("https://u:{secret}@example.org/{secret}?{secret}");
    let members = [
        ("password", Value::Text("hunter2")),
        (secret, Value::Text(secret)),
    ];
    let ssrf = SsrfBlocked::new(secret)
        .blocked_url(&*url)
        .target_host(secret);
    let events = [
        format!(
            "{:?}",
            Event::new(ssrf)
                .message(secret)
                .user_id(UserId::lossy(secret))
        ),
        format!("{:?}", custom(&members).message(secret)),
        format!(
            "{:?}",
            crate::read(&line(&custom(&members)).replace("Door opened", secret))
        ),
    ];
    for event in events {
        assert!(
            !event.contains(secret) && !event.contains("hunter2"),
            "{event}"
        );
        assert!(event.contains("[redacted:token]"), "{event}");
    }
}
