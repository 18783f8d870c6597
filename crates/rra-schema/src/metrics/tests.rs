//! The catalogue's promises: names, units, bounds, buckets, the contract's rows, the mapping.

use std::collections::BTreeSet;

use super::mapping::{Amount, INCREMENTS, LabelSource};
use super::*;
use crate::events;

/// The rows the monitoring guide names: kind and labels never change.
const CONTRACT: [(&str, Kind, &[&str]); 13] = [
    (
        "rra_api_requests_total",
        Kind::Counter,
        &["method", "endpoint", "status"],
    ),
    (
        "rra_api_request_duration_seconds",
        Kind::Histogram,
        &["method", "endpoint"],
    ),
    (
        "rra_api_errors_total",
        Kind::Counter,
        &["method", "endpoint", "error_type"],
    ),
    (
        "rra_auth_attempts_total",
        Kind::Counter,
        &["result", "method"],
    ),
    ("rra_rate_limit_hits_total", Kind::Counter, &["agent_id"]),
    (
        "rra_security_events_total",
        Kind::Counter,
        &["event_type", "severity"],
    ),
    (
        "rra_licenses_issued_total",
        Kind::Counter,
        &["chain", "license_type"],
    ),
    (
        "rra_payments_received_total",
        Kind::Counter,
        &["chain", "token"],
    ),
    ("rra_gas_used_total", Kind::Counter, &["chain", "operation"]),
    (
        "rra_negotiations_total",
        Kind::Counter,
        &["agent_id", "outcome"],
    ),
    (
        "rra_negotiation_duration_seconds",
        Kind::Histogram,
        &["agent_id"],
    ),
    ("rra_active_agents", Kind::Gauge, &[]),
    (
        "rra_tls_certificate_expiry_seconds",
        Kind::Gauge,
        &["certificate"],
    ),
];

/// The files that may name a metric.
const AREAS: [&str; 8] = [
    include_str!("api.rs"),
    include_str!("security.rs"),
    include_str!("blockchain.rs"),
    include_str!("agents.rs"),
    include_str!("pipeline.rs"),
    include_str!("process.rs"),
    include_str!("runtime.rs"),
    include_str!("traces.rs"),
];

fn check(promise: &str, holds: impl Fn(&MetricSpec) -> bool) {
    let broken: Vec<&str> = METRICS
        .iter()
        .filter(|metric| !holds(metric))
        .map(|metric| metric.name)
        .collect();
    assert!(broken.is_empty(), "{promise}: broken by {broken:?}");
}

fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !text.contains("__")
        && !text.ends_with('_')
}

#[test]
fn every_name_is_a_prefixed_lower_case_word() {
    check("rra_ or process_, lower case", |metric| {
        let prefix = match metric.area {
            Area::Process => "process_",
            _ => "rra_",
        };
        is_word(metric.name) && metric.name.starts_with(prefix)
    });
}

#[test]
fn total_ends_counters_and_nothing_else() {
    check("_total", |metric| {
        metric.name.ends_with("_total") == (metric.kind == Kind::Counter)
    });
}

#[test]
fn names_end_in_their_unit() {
    // Two names are older than the rule: one the contract's, one shared by all Prometheus clients.
    let old = [
        "rra_tls_certificate_expiry_seconds",
        "process_start_time_seconds",
    ];
    check("unit suffix", |metric| {
        let stem = metric.name.trim_end_matches("_total");
        stem.ends_with(metric.unit.suffix()) || old.contains(&metric.name)
    });
}

#[test]
fn a_plain_number_is_not_named_like_a_unit() {
    let units = ["_seconds", "_bytes", "_ratio", "_micros", "_gwei", "_cents"];
    check("unit of a plain number", |metric| {
        let stem = metric.name.trim_end_matches("_total");
        metric.unit != Unit::Count || !units.iter().any(|unit| stem.ends_with(unit))
    });
}

#[test]
fn a_name_stands_once_in_the_tables_and_once_in_the_source() {
    let names: BTreeSet<&str> = METRICS.iter().map(|metric| metric.name).collect();
    assert_eq!(names.len(), METRICS.len());
    for name in names {
        let literal = format!("\"{name}\"");
        let found: usize = AREAS
            .iter()
            .map(|area| area.matches(&literal).count())
            .sum();
        assert_eq!(found, 1, "{name}");
    }
}

#[test]
fn every_row_that_is_written_is_in_the_list() {
    let written: usize = AREAS
        .iter()
        .map(|area| area.matches("pub static ").count())
        .sum();
    assert_eq!(written, METRICS.len());
}

#[test]
fn help_is_one_sentence_without_an_escape() {
    check("help", |metric| {
        metric.help.len() >= 16 && metric.help.ends_with('.') && !metric.help.contains(['\n', '\\'])
    });
}

#[test]
fn histograms_alone_have_buckets_and_they_ascend() {
    check("buckets", |metric| {
        let ascending = metric.buckets.windows(2).all(|pair| pair[0] < pair[1]);
        let positive = metric
            .buckets
            .iter()
            .all(|bound| bound.is_finite() && *bound > 0.0);
        let present = metric.buckets.is_empty() == (metric.kind != Kind::Histogram);
        ascending && positive && present
    });
}

#[test]
fn the_threshold_of_the_latency_alert_is_a_bucket_boundary() {
    assert!(api::REQUEST_DURATION.buckets.contains(&2.0));
}

#[test]
fn labels_are_words_named_once_and_none_is_reserved_by_prometheus() {
    check("label names", |metric| {
        let names: BTreeSet<&str> = metric.labels.iter().map(|label| label.name).collect();
        names.len() == metric.labels.len()
            && names
                .iter()
                .all(|name| is_word(name) && !["le", "quantile"].contains(name))
    });
}

#[test]
fn every_label_is_bounded() {
    check("bounds", |metric| {
        metric.labels.iter().all(|label| match label.domain {
            Domain::Closed(list) => !list.values.is_empty() && list.values.len() <= 60,
            Domain::Registered { max_values, .. } | Domain::Dynamic { max_values, .. } => {
                (1..=200).contains(&max_values)
            }
            Domain::EventType | Domain::MetricName | Domain::LabelName => true,
        })
    });
}

#[test]
fn words_of_a_closed_label_are_different() {
    check("closed words", |metric| {
        metric.labels.iter().all(|label| match label.domain {
            Domain::Closed(list) => {
                list.values.iter().collect::<BTreeSet<_>>().len() == list.values.len()
            }
            _ => true,
        })
    });
}

#[test]
fn nothing_personal_is_a_label() {
    let personal = [
        "user_id",
        "source_ip",
        "ip",
        "request_id",
        "path",
        "url",
        "contract",
    ];
    check("no personal label", |metric| {
        !metric
            .labels
            .iter()
            .any(|label| personal.contains(&label.name))
    });
}

#[test]
fn the_contract_rows_have_their_kind_and_exactly_their_labels() {
    for (name, kind, labels) in CONTRACT {
        let metric = find(name).unwrap_or_else(|| panic!("{name} is missing"));
        let actual: Vec<&str> = metric.labels.iter().map(|label| label.name).collect();
        assert_eq!((metric.kind, actual.as_slice()), (kind, labels), "{name}");
    }
}

#[test]
fn exactly_the_contract_rows_are_marked_seed() {
    check("seed", |metric| {
        let named = CONTRACT.iter().any(|(name, ..)| *name == metric.name);
        named == (metric.stability == Stability::Seed)
    });
}

#[test]
fn a_limited_zero_names_labels_and_values_that_exist() {
    check("zero", |metric| {
        let Zero::Only(limits) = metric.zero else {
            return true;
        };
        limits.iter().all(|(name, values)| {
            let label = metric.labels.iter().find(|label| label.name == *name);
            values
                .iter()
                .all(|value| match label.map(|label| label.domain) {
                    Some(Domain::Closed(list)) => list.values.contains(value),
                    Some(domain) => domain.reserved().contains(value),
                    None => false,
                })
        })
    });
}

#[test]
fn a_certificate_is_never_exposed_with_an_end_of_zero() {
    assert_eq!(security::TLS_CERTIFICATE_EXPIRY.zero, Zero::Absent);
}

#[test]
fn an_increment_names_a_value_for_each_label_of_a_counter() {
    for row in INCREMENTS {
        assert_eq!(row.metric.kind, Kind::Counter, "{}", row.event_type);
        assert_eq!(
            row.labels.len(),
            row.metric.labels.len(),
            "{}",
            row.event_type
        );
    }
}

#[test]
fn words_and_fallbacks_of_an_increment_belong_to_the_label() {
    for row in INCREMENTS {
        for (source, label) in row.labels.iter().zip(row.metric.labels) {
            let value = match source {
                LabelSource::Word(word) => word,
                LabelSource::AgentId => UNKNOWN,
                LabelSource::Detail { fallback, .. } => fallback,
            };
            let belongs = match label.domain {
                Domain::Closed(list) => list.values.contains(&value),
                domain => domain.reserved().contains(&value),
            };
            assert!(belongs, "{value} of {} for {}", label.name, row.event_type);
        }
    }
}

#[test]
fn an_increment_in_millionths_moves_a_counter_of_millionths() {
    for row in INCREMENTS {
        let in_micros = matches!(row.amount, Amount::Micros(_));
        assert_eq!(
            in_micros,
            row.metric.unit == Unit::Micros,
            "{}",
            row.event_type
        );
    }
}

#[test]
fn an_increment_reads_details_that_its_event_has() {
    for row in INCREMENTS {
        let event = events::find(row.event_type).expect("a row of the catalogue");
        let amount = match row.amount {
            Amount::Micros(key) => Some(key),
            Amount::One => None,
        };
        let labels = row.labels.iter().filter_map(|source| match source {
            LabelSource::Detail { key, .. } => Some(*key),
            _ => None,
        });
        for key in labels.chain(amount) {
            assert!(event.field(key).is_some(), "{key} of {}", row.event_type);
        }
    }
}

#[test]
fn the_kinds_of_token_are_those_of_the_events_and_unknown() {
    let (last, words) = labels::TOKEN_TYPE.values.split_last().expect("words");
    assert_eq!(
        (*last, words),
        (UNKNOWN, events::auth::TokenType::SPEC.values)
    );
}

#[test]
fn an_expired_token_is_not_a_failed_attempt() {
    let results: Vec<_> = mapping::increments(events::auth::TokenExpired::SPEC.name)
        .filter(|row| row.metric.name == security::AUTH_ATTEMPTS.name)
        .map(|row| row.labels[0])
        .collect();
    assert_eq!(results, [LabelSource::Word("expired")]);
}
