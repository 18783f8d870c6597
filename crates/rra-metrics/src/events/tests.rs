//! What events move: by how much, under which labels, and what happens to what they lack.

use rra_schema::events::rate_limit::Exceeded;
use rra_schema::metrics::mapping::INCREMENTS;
use rra_schema::{AgentId, Event};

use super::rule::MAX_LABELS;
use crate::config::MetricsConfig;
use crate::ledger::Ledger;

fn config() -> MetricsConfig {
    MetricsConfig {
        chains: vec!["eip155:1".to_owned()],
        tokens: vec!["USDC".to_owned()],
        license_types: vec!["commercial".to_owned()],
        ..MetricsConfig::default()
    }
}

/// Records an event given by type and the rest of its line, and compares what moved, besides the
/// count of all events.
fn check(event_type: &str, rest: &str, moved: &[(&str, u64)]) {
    let (metrics, ledger) = Ledger::open(&config());
    metrics.admit_agent("agent-7");
    metrics.record_event(&read(event_type, rest));
    let actual: Vec<(String, u64)> = ledger
        .starting("rra_")
        .into_iter()
        .filter(|(series, value)| *value > 0 && !series.starts_with("rra_security_events_total"))
        .filter(|(series, _)| !series.starts_with("rra_build_info"))
        .collect();
    let actual: Vec<(&str, u64)> = actual
        .iter()
        .map(|(series, value)| (series.as_str(), *value))
        .collect();
    assert_eq!(actual, moved, "{event_type} {rest}");
}

fn read(event_type: &str, rest: &str) -> rra_schema::ReadEvent {
    let line = format!(
        r#"{{"timestamp":"2025-12-20T10:30:00.000Z","service":"rra-module","environment":"test","event_type":"{event_type}","severity":"info","message":"m"{rest}}}"#
    );
    rra_schema::read(&line).expect("a readable line")
}

#[test]
fn an_attempt_is_counted_by_result_and_method() {
    let details = r#","details":{"method":"jwt"}"#;
    check(
        "auth.success",
        details,
        &[("rra_auth_attempts_total{result=success,method=jwt}", 1)],
    );
    check(
        "auth.failure",
        details,
        &[("rra_auth_attempts_total{result=failure,method=jwt}", 1)],
    );
}

#[test]
fn an_attempt_without_a_known_method_is_other() {
    let other = ("rra_auth_attempts_total{result=failure,method=other}", 1);
    check("auth.failure", "", &[other]);
    check(
        "auth.failure",
        r#","details":{"method":"telepathy"}"#,
        &[other],
    );
    check("auth.failure", r#","details":{"method":7}"#, &[other]);
}

#[test]
fn an_expired_token_is_no_failure() {
    check(
        "auth.token_expired",
        r#","details":{"method":"jwt","token_type":"refresh"}"#,
        &[
            ("rra_auth_attempts_total{result=expired,method=jwt}", 1),
            (
                "rra_auth_tokens_total{action=expired,token_type=refresh}",
                1,
            ),
        ],
    );
}

#[test]
fn a_refused_request_is_counted_under_an_admitted_agent() {
    check(
        "rate_limit.exceeded",
        r#","agent_id":"agent-7""#,
        &[
            ("rra_rate_limit_decisions_total{decision=limited}", 1),
            ("rra_rate_limit_hits_total{agent_id=agent-7}", 1),
        ],
    );
}

#[test]
fn a_stranger_has_no_series_of_its_own() {
    check(
        "rate_limit.exceeded",
        r#","agent_id":"invented""#,
        &[
            ("rra_rate_limit_decisions_total{decision=limited}", 1),
            ("rra_rate_limit_hits_total{agent_id=_unauthenticated}", 1),
        ],
    );
}

#[test]
fn a_missing_agent_is_unknown_and_reported() {
    check(
        "rate_limit.exceeded",
        "",
        &[
            ("rra_pipeline_events_invalid_total{field=agent_id}", 1),
            ("rra_rate_limit_decisions_total{decision=limited}", 1),
            ("rra_rate_limit_hits_total{agent_id=unknown}", 1),
        ],
    );
}

#[test]
fn a_licence_is_counted_by_chain_and_kind() {
    check(
        "contract.license_issued",
        r#","details":{"chain":"eip155:1","license_type":"commercial"}"#,
        &[(
            "rra_licenses_issued_total{chain=eip155:1,license_type=commercial}",
            1,
        )],
    );
}

#[test]
fn a_payment_is_counted_by_number_and_value() {
    check(
        "contract.payment_received",
        r#","details":{"chain":"eip155:1","token":"USDC","amount":"12.5"}"#,
        &[
            (
                "rra_payment_amount_micros_total{chain=eip155:1,token=USDC}",
                12_500_000,
            ),
            ("rra_payments_received_total{chain=eip155:1,token=USDC}", 1),
        ],
    );
}

#[test]
fn an_unregistered_chain_is_other_and_an_overflow() {
    check(
        "contract.payment_received",
        r#","details":{"chain":"eip155:99","token":"USDC","amount":"1"}"#,
        &[
            (
                "rra_metrics_label_overflow_total{metric=rra_payment_amount_micros_total,label=chain}",
                1,
            ),
            (
                "rra_metrics_label_overflow_total{metric=rra_payments_received_total,label=chain}",
                1,
            ),
            (
                "rra_payment_amount_micros_total{chain=_other,token=USDC}",
                1_000_000,
            ),
            ("rra_payments_received_total{chain=_other,token=USDC}", 1),
        ],
    );
}

#[test]
fn a_payment_without_chain_and_amount_is_still_counted_and_each_lack_reported_once() {
    check(
        "contract.payment_received",
        r#","details":{"token":"USDC"}"#,
        &[
            ("rra_payments_received_total{chain=unknown,token=USDC}", 1),
            ("rra_pipeline_events_invalid_total{field=amount}", 1),
            ("rra_pipeline_events_invalid_total{field=chain}", 1),
        ],
    );
}

#[test]
fn an_amount_that_is_no_number_is_reported() {
    for amount in [r#""lots""#, r#""-1""#, "true"] {
        check(
            "contract.payment_received",
            &format!(r#","details":{{"chain":"eip155:1","token":"USDC","amount":{amount}}}"#),
            &[
                ("rra_payments_received_total{chain=eip155:1,token=USDC}", 1),
                ("rra_pipeline_events_invalid_total{field=amount}", 1),
            ],
        );
    }
}

#[test]
fn an_event_outside_the_mapping_moves_nothing_more() {
    check("ssrf.blocked", "", &[]);
    check("x.acme.thing", "", &[]);
    check("invented", "", &[]);
}

#[test]
fn dust_of_payments_is_carried_over() {
    let (metrics, ledger) = Ledger::open(&config());
    let payment = read(
        "contract.payment_received",
        r#","details":{"chain":"eip155:1","token":"USDC","amount":"0.0000004"}"#,
    );
    for _ in 0..5 {
        metrics.record_event(&payment);
    }
    let series = "rra_payment_amount_micros_total{chain=eip155:1,token=USDC}";
    assert_eq!(ledger.counter(series), Some(2));
}

/// Records an event and gives the series that counts it.
fn check_type(event_type: &str, expected: &str) {
    let (metrics, ledger) = Ledger::open(&config());
    metrics.record_event(&read(event_type, ""));
    assert_eq!(ledger.counter(expected), Some(1), "{event_type}");
    assert_eq!(ledger.sum("rra_security_events_total"), 1, "{event_type}");
}

#[test]
fn every_event_is_counted_once_by_type_and_severity() {
    check_type(
        "ssrf.blocked",
        "rra_security_events_total{event_type=ssrf.blocked,severity=info}",
    );
}

#[test]
fn custom_and_unknown_types_share_a_series_each() {
    check_type(
        "x.acme.thing",
        "rra_security_events_total{event_type=custom,severity=info}",
    );
    check_type(
        "invented.by.a_newer_log",
        "rra_security_events_total{event_type=other,severity=info}",
    );
}

#[test]
fn a_typed_event_moves_what_its_line_would() {
    let (metrics, ledger) = Ledger::open(&config());
    metrics.admit_agent("agent-7");
    let agent = AgentId::new("agent-7").expect("a plain id");
    let event = Event::new(Exceeded::new(30_u64, 60_u64)).agent_id(agent);
    metrics.record_event(&event);
    let hits = "rra_rate_limit_hits_total{agent_id=agent-7}";
    assert_eq!(ledger.counter(hits), Some(1));
    let counted = "rra_security_events_total{event_type=rate_limit.exceeded,severity=warning}";
    assert_eq!(ledger.counter(counted), Some(1));
}

#[test]
fn every_type_of_the_catalogue_is_there_at_its_own_severity_from_the_start() {
    let (_, ledger) = Ledger::open(&config());
    for event in rra_schema::events::CATALOGUE {
        let series = format!(
            "rra_security_events_total{{event_type={},severity={}}}",
            event.name, event.severity
        );
        assert_eq!(ledger.counter(&series), Some(0), "{series}");
    }
}

#[test]
fn no_row_of_the_mapping_has_more_labels_than_there_is_room_for() {
    for row in INCREMENTS {
        assert!(row.labels.len() <= MAX_LABELS, "{}", row.metric.name);
    }
}
