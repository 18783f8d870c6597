//! What the readers accept, keep and refuse.

use crate::limits;
use crate::{
    Error, Instance, LineBuffer, Origin, Scalar, Seal, SecurityEvent, Severity, read, read_strict,
};

const MODULE_LINE: &str = r#"{"timestamp": "2015-05-17T13:05:42.306229Z", "service": "rra-module", "environment": "production", "event_type": "contract.license_issued", "severity": "info", "message": "Contract event: contract.license_issued", "agent_id": "repo_994d7d", "details": {"token_id": "174327575331306522308243808537327036514920700278577743020313", "transaction_hash": "0x8d0d18bd0bc2d0a7e7e0852d032fb8c25fedf5f4adbf4be519fe9f284f1bb541"}, "tags": ["blockchain", "contract"]}"#;

fn rewritten(line: &str) -> String {
    let event = read(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    let origin = Origin::new("rra-module", "production", Instance::from_bits(1)).expect("valid");
    let mut room = [0; crate::limits::LINE_BYTES];
    let mut out = LineBuffer::new(&mut room);
    event.write_line(&Seal::new(&origin, event.timestamp(), 7), &mut out);
    let text = String::from_utf8(out.as_bytes().into()).expect("UTF-8");
    read_strict(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    text
}

fn with(members: &str) -> String {
    format!(r#"{{"timestamp":"2015-05-17T13:05:42Z","event_type":"auth.failure",{members}}}"#)
}

#[track_caller]
fn check_details(members: &str, expected: &str) {
    let line = rewritten(&with(members));
    assert!(
        line.contains(&format!(r#""details":{expected},"#)),
        "{line}"
    );
}

#[track_caller]
fn check_refused(line: &str, expected: &str) {
    assert_eq!(read(line).expect_err(line).to_string(), expected);
}

#[test]
fn a_line_of_the_rra_module_is_written_in_our_form() {
    let expected = r#"{"timestamp":"2015-05-17T13:05:42.306Z","service":"rra-module","environment":"production","event_type":"contract.license_issued","severity":"info","message":"Contract event: contract.license_issued","agent_id":"repo_994d7d","details":{"token_id":"174327575331306522308243808537327036514920700278577743020313","tx_hash":"0x8d0d18bd0bc2d0a7e7e0852d032fb8c25fedf5f4adbf4be519fe9f284f1bb541"},"tags":["blockchain","contract"],"schema_version":"1.0","event_id":"0000000000000001-7","outcome":"success","imported":true,"original_timestamp":"2015-05-17T13:05:42.306229Z"}"#;
    assert_eq!(rewritten(MODULE_LINE).trim_end(), expected);
}

#[test]
fn the_names_of_the_rra_module_are_understood() {
    let event = read(r#"{"timestamp":"2015-05-17T13:05:42Z","event_type":"rate_limit.exceeded","details":{"limit":30,"window_minutes":5}}"#).expect("an event");
    assert_eq!(event.detail("window_seconds"), Some(Scalar::Integer(300)));
    assert_eq!(event.detail("window_minutes"), None);
    assert_eq!(event.severity(), Severity::Warning);
}

#[test]
fn a_reason_in_words_is_kept_beside_the_listed_one() {
    check_details(
        r#""details":{"reason":"backend unavailable"}"#,
        r#"{"reason":"other","reason_detail":"backend unavailable"}"#,
    );
    check_details(
        r#""details":{"reason":"invalid_key"}"#,
        r#"{"reason":"invalid_key"}"#,
    );
}

#[test]
fn the_number_of_a_token_is_no_key_however_long_it_is() {
    let number = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
    let line = MODULE_LINE.replace(
        "174327575331306522308243808537327036514920700278577743020313",
        number,
    );
    assert!(rewritten(&line).contains(&format!(r#""token_id":"{number}","#)));
}

#[test]
fn tags_that_look_alike_once_they_are_written_are_written_once() {
    let long = "x".repeat(limits::TAG_CHARS);
    for (tags, written) in [
        (format!(r#""{long}1","{long}2""#), format!(r#"["{long}"]"#)),
        (
            r#""a\u200b","a\u200c""#.to_owned(),
            "[\"a\u{fffd}\"]".to_owned(),
        ),
        (r#""","-","b""#.to_owned(), r#"["-","b"]"#.to_owned()),
        (
            r#""AKIAIOSFODNN7EXAMPLE","AKIAIOSFODNN7EXAMPLF""#.to_owned(),
            r#"["[redacted:token]"]"#.to_owned(),
        ),
    ] {
        let line = rewritten(&with(&format!(r#""tags":[{tags}]"#)));
        assert!(line.contains(&format!(r#""tags":{written}"#)), "{line}");
        assert_eq!(
            line.contains(r#""truncated":["/tags"]"#),
            tags.contains('x'),
            "{line}"
        );
    }
}

#[test]
fn a_number_is_bounded_and_no_key() {
    check_details(
        &format!(r#""details":{{"n":{}}}"#, "1".repeat(3000)),
        r#"{"n":"[too long]"}"#,
    );
    let key = "34461254875832341937461398365432175239852395838478938457234895723849572384";
    check_details(
        &format!(r#""details":{{"n":{key}}}"#),
        r#"{"n":"[redacted:hex]"}"#,
    );
    let line = MODULE_LINE.replace(
        "\"174327575331306522308243808537327036514920700278577743020313\"",
        key,
    );
    assert!(rewritten(&line).contains(&format!(r#""token_id":"{key}","#)));
}

#[test]
fn null_and_empty_mean_absent() {
    let line = rewritten(&with(
        r#""user_id":null,"agent_id":"","source_ip":null,"tags":[],"details":{"reason":"locked","note":null,"text":""}"#,
    ));
    assert!(
        !line.contains("user_id") && !line.contains("agent_id") && !line.contains("tags"),
        "{line}"
    );
    assert!(line.contains(r#""details":{"reason":"locked"}"#), "{line}");
}

#[test]
fn what_is_unknown_is_kept() {
    check_details(
        r#""zone":"eu","n":1e400"#,
        r#"{"unknown_fields":{"zone":"eu","n":1e400}}"#,
    );
    check_details(
        r#""details":{"reason":"locked","note":{"b":1,"a":[1,2]}}"#,
        r#"{"reason":"locked","note":{"b":1,"a":[1,2]}}"#,
    );
    check_details(
        r#""severity":"notice","source_ip":"unknown""#,
        r#"{"unknown_fields":{"severity":"notice","source_ip":"unknown"}}"#,
    );
    check_details(
        r#""details":"text","tags":"a,b""#,
        r#"{"unknown_fields":{"details":"text","tags":"a,b"}}"#,
    );
}

#[test]
fn an_unknown_type_is_kept_and_seen() {
    let line = r#"{"timestamp":"2015-05-17T13:05:42Z","event_type":"robot.escaped","message":"m"}"#;
    assert_eq!(read(line).expect("an event").severity(), Severity::Warning);
    assert!(rewritten(line).contains(r#""event_type":"robot.escaped""#));
    let line = rewritten(&line.replace("robot.escaped", "Robot escaped!"));
    assert!(line.contains(r#""event_type":"x.imported.unnamed""#));
    assert!(line.contains(r#""details":{"unknown_fields":{"event_type":"Robot escaped!"}}"#));
}

#[test]
fn our_own_line_survives_a_second_reading() {
    let once = rewritten(MODULE_LINE);
    let event = read(&once).expect("an event");
    assert_eq!(event.original_timestamp(), "2015-05-17T13:05:42.306229Z");
    assert_eq!(event.event_id().map(|id| id.seq), Some(7));
    assert!(rewritten(&once).contains(r#""unknown_fields":{"event_id":"0000000000000001-7"}"#));
}

#[test]
fn what_was_unknown_before_stays_beside_what_is_unknown_now() {
    check_details(
        r#""zone":1,"details":{"unknown_fields":{"zone":2}}"#,
        r#"{"unknown_fields":{"zone":1,"unknown_fields":{"zone":2}}}"#,
    );
}

#[test]
fn what_another_writer_means_by_our_keys_is_kept() {
    check_details(
        r#""schema_version":"7","outcome":"denied","imported":"yes","prev":"x""#,
        r#"{"unknown_fields":{"schema_version":"7","outcome":"denied","imported":"yes","prev":"x"}}"#,
    );
}

#[test]
fn what_python_writes_beyond_json_is_read_as_text() {
    check_details(
        r#""details":{"reason":"locked","a":NaN,"b":[-Infinity],"c":"x\udcff"}"#,
        r#"{"reason":"locked","a":"NaN","b":["-Infinity"],"c":"x\\udcff"}"#,
    );
}

#[test]
fn a_line_is_read_behind_a_mark_or_zeros_at_the_start_of_its_file() {
    for before in ["\u{feff}", "\0\0\0"] {
        assert!(read(&(before.to_owned() + MODULE_LINE)).is_ok());
    }
}

#[test]
fn an_empty_field_of_ours_does_not_hide_theirs() {
    let hash = "0x8d0d18bd0bc2d0a7e7e0852d032fb8c25fedf5f4adbf4be519fe9f284f1bb541";
    let line = MODULE_LINE.replace(
        "\"transaction_hash\"",
        "\"tx_hash\":null,\"transaction_hash\"",
    );
    assert!(rewritten(&line).contains(&format!(r#""tx_hash":"{hash}""#)));
}

/// A line that is full when the reader's own members come, and what it says of the first time.
#[track_caller]
fn check_full_line(original: &str, expected: &str) {
    let text = "a".repeat(limits::DETAILS_TEXT_CHARS);
    let details: Vec<_> = (0..9).map(|n| format!(r#""k{n}":"{text}""#)).collect();
    let details = details.join(",");
    let members = format!(r#""original_timestamp":"{original}","details":{{{details}}}"#);
    let line = rewritten(&with(&members));
    let end = format!(r#""imported":true,"original_timestamp":"{expected}"}}"#);
    assert!(line.contains("truncated") && line.trim_end().ends_with(&end));
}

#[test]
fn a_full_line_still_says_when_it_was_written_first() {
    check_full_line("2015-05-17T13:05:42.306229Z", "2015-05-17T13:05:42.306229Z");
    check_full_line(r"no \u202e time", "-");
}

#[test]
fn a_line_that_is_no_event_is_refused_with_the_reason() {
    check_refused(
        "",
        "the line is not one JSON object: EOF while parsing a value at line 1 column 0",
    );
    check_refused(
        "[]",
        "the line is not one JSON object: it is JSON, but no object",
    );
    check_refused(
        "{} {}",
        "the line is not one JSON object: trailing characters at line 1 column 4",
    );
    check_refused(
        r#"{"timestamp":"2015-05-17T13:05:42Z"}"#,
        "the event lacks event_type",
    );
    check_refused(
        r#"{"event_type":"auth.success"}"#,
        "an event of type auth.success needs timestamp",
    );
    check_refused(
        r#"{"timestamp":"yesterday","event_type":"auth.success"}"#,
        "timestamp cannot be \"yesterday\": expected RFC 3339, such as 2025-12-20T10:30:00.000Z",
    );
    check_refused(
        &" ".repeat(limits::READ_LINE_BYTES + 1),
        "the line is not one JSON object: it is longer than 1048576 bytes",
    );
}

/// Changes one part of a valid line and expects the strict reader to name the field.
#[track_caller]
fn check_strict(from: &str, to: &str, field: &str) {
    let valid = concat!(
        r#"{"timestamp":"2025-12-20T10:30:00.000Z","service":"rra-module","environment":"production","#,
        r#""event_type":"auth.failure","severity":"warning","message":"m","source_ip":"192.0.2.1","#,
        r#""details":{"reason":"invalid_key","attempts":3},"tags":["security"],"#,
        r#""schema_version":"1.0","event_id":"0123456789abcdef-42","outcome":"failure"}"#,
    );
    assert!(valid.contains(from), "{from}");
    read_strict(valid).expect("the line is valid before it is changed");
    match read_strict(&valid.replacen(from, to, 1)) {
        Err(Error::Strict { field: found, .. } | Error::Missing { field: found, .. }) => {
            assert_eq!(found, field);
        }
        other => panic!("{to}: {other:?}"),
    }
}

#[test]
fn the_strict_reader_names_the_field_that_is_wrong() {
    check_strict("00.000Z", "00.0Z", "timestamp");
    check_strict("00.000Z", "00.000+00:00", "timestamp");
    check_strict(r#""service":"rra-module""#, r#""service":"""#, "service");
    check_strict("auth.failure", "auth.fail", "event_type");
    check_strict(
        r#""severity":"warning""#,
        r#""severity":"fatal""#,
        "severity",
    );
    check_strict(
        r#""severity":"warning""#,
        r#""severity":"info""#,
        "severity",
    );
    check_strict(r#""message":"m""#, r#""message":"""#, "message");
    check_strict("192.0.2.1", "192.0.2.1:80", "source_ip");
    check_strict("192.0.2.1", "::ffff:192.0.2.1", "source_ip");
    check_strict("invalid_key", "because", "details.reason");
    check_strict(r#""reason":"invalid_key","#, "", "details.reason");
    check_strict(r#""attempts":3"#, r#""attempts":-3"#, "details.attempts");
    check_strict(
        r#""attempts":3"#,
        r#""attempts":9007199254740992"#,
        "details.attempts",
    );
    check_strict(r#""attempts":3"#, r#""attempts":null"#, "details.attempts");
    check_strict(r#"["security"]"#, "[]", "tags");
    check_strict(r#"["security"]"#, r#"["security","security"]"#, "tags");
    check_strict(r#""schema_version":"1.0","#, "", "schema_version");
    check_strict("cdef-42", "cdef-042", "event_id");
    check_strict(
        r#""outcome":"failure""#,
        r#""outcome":"success""#,
        "outcome",
    );
    check_strict(r#","outcome":"failure""#, "", "outcome");
}

#[test]
fn the_strict_reader_minds_how_a_line_is_spelled() {
    check_strict(r#""message":"m""#, r#""message": "m""#, "line");
    check_strict(r#""message":"m""#, r#""message":"\u006d""#, "line");
    check_strict(r#""message":"m""#, r#""message":"a\/b""#, "line");
    check_strict(r#""message":"m""#, r#""message":"a\u202Eb""#, "line");
    check_strict(r#""message":"m""#, r#""message":"\ud800""#, "line");
    check_strict(r#""failure"}"#, r#""failure"} "#, "line");
    let cut = |paths| format!(r#""outcome":"failure","truncated":{paths}"#);
    let failure = r#""outcome":"failure""#;
    check_strict(failure, &cut(r#"["/a","/a"]"#), "truncated");
    check_strict(failure, &cut(r#"["/a\nb"]"#), "truncated");
}

#[test]
fn a_line_that_was_cut_may_lack_what_did_not_fit() {
    let line = r#"{"timestamp":"2025-12-20T10:30:00.000Z","service":"s","environment":"e","event_type":"auth.failure","severity":"warning","message":"m","details":{"attempts":3},"schema_version":"1.0","event_id":"0123456789abcdef-42","outcome":"failure","truncated":["/details/reason"]}"#;
    assert!(read_strict(line).is_ok());
}

#[test]
fn the_strict_reader_minds_order_and_unknown_keys() {
    check_strict(
        r#""severity":"warning","message":"m""#,
        r#""message":"m","severity":"warning""#,
        "severity",
    );
    check_strict(
        r#""outcome":"failure""#,
        r#""outcome":"failure","zone":"eu""#,
        "zone",
    );
    check_strict(
        r#""outcome":"failure""#,
        r#""outcome":"failure","original_timestamp":"x""#,
        "original_timestamp",
    );
    check_strict(r#""message":"m""#, "\"message\":\"m\u{202e}\"", "line");
}
