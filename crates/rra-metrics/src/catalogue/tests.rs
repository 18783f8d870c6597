//! The bounds: how many series there can be, which exist from the start, and that sums stay exact.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use rra_schema::metrics::METRICS;
use rra_schema::metrics::process::BUILD_INFO;

use super::*;
use crate::config::Route;
use crate::family::MAX_DIMENSIONS;
use crate::labels::{ErrorType, NegotiationOutcome, TransactionOutcome};
use crate::ledger::Ledger;
use crate::sets::Endpoint;

const AGENT_CAP: usize = 200;
const RESERVED: usize = 3;

fn config() -> MetricsConfig {
    MetricsConfig {
        routes: vec![Route::new("GET", "/a/{id}"), Route::new("POST", "/b")],
        chains: vec!["eip155:1".to_owned()],
        operations: vec!["mint".to_owned()],
        sinks: vec!["file".to_owned()],
        certificates: vec!["public".to_owned()],
        ..MetricsConfig::default()
    }
}

/// Compares the value that a series has from the start.
fn check_initial(series: &str, expected: Option<u64>) {
    let (_, ledger) = Ledger::open(&config());
    assert_eq!(ledger.counter(series), expected, "{series}");
}

#[test]
fn declared_routes_start_with_statuses_200_and_500() {
    check_initial(
        "rra_api_requests_total{method=GET,endpoint=/a/{id},status=200}",
        Some(0),
    );
    check_initial(
        "rra_api_requests_total{method=POST,endpoint=/b,status=500}",
        Some(0),
    );
    check_initial(
        "rra_api_requests_total{method=GET,endpoint=/a/{id},status=404}",
        None,
    );
    check_initial(
        "rra_api_requests_total{method=HEAD,endpoint=/a/{id},status=200}",
        None,
    );
}

#[test]
fn declared_routes_start_with_internal_errors() {
    check_initial(
        "rra_api_errors_total{method=POST,endpoint=/b,error_type=internal}",
        Some(0),
    );
    check_initial(
        "rra_api_errors_total{method=POST,endpoint=/b,error_type=timeout}",
        None,
    );
}

#[test]
fn every_result_and_method_of_authentication_starts_at_zero() {
    check_initial(
        "rra_auth_attempts_total{result=failure,method=wallet_signature}",
        Some(0),
    );
}

#[test]
fn agents_start_with_their_reserved_values() {
    check_initial(
        "rra_rate_limit_hits_total{agent_id=_unauthenticated}",
        Some(0),
    );
    check_initial(
        "rra_negotiations_total{agent_id=_other,outcome=accepted}",
        Some(0),
    );
    check_initial(
        "rra_negotiations_total{agent_id=unknown,outcome=accepted}",
        None,
    );
}

#[test]
fn registered_values_start_at_zero() {
    check_initial("rra_gas_used_total{chain=eip155:1,operation=mint}", Some(0));
    check_initial("rra_gas_used_total{chain=_other,operation=mint}", Some(0));
    check_initial(
        "rra_pipeline_events_dropped_total{sink=file,reason=queue_full}",
        Some(0),
    );
}

#[test]
fn a_gauge_says_nothing_of_values_nobody_has_registered() {
    check_initial("rra_transactions_pending{chain=eip155:1}", Some(0));
    check_initial("rra_transactions_pending{chain=_other}", None);
    check_initial("rra_sink_up{sink=file}", Some(0));
}

#[test]
fn every_label_that_can_overflow_says_so_at_zero() {
    check_initial(
        "rra_metrics_label_overflow_total{metric=rra_rate_limit_hits_total,label=agent_id}",
        Some(0),
    );
    check_initial(
        "rra_metrics_label_overflow_total{metric=rra_api_requests_total,label=endpoint}",
        Some(0),
    );
}

#[test]
fn a_certificate_appears_with_its_end_and_never_with_zero() {
    let (metrics, ledger) = Ledger::open(&config());
    let series = "rra_tls_certificate_expiry_seconds{certificate=public}";
    let end = SystemTime::UNIX_EPOCH + Duration::from_secs(1_766_000_000);
    metrics
        .security()
        .set_certificate_expiry("public", SystemTime::UNIX_EPOCH);
    assert_eq!(ledger.gauge(series), None);
    metrics.security().set_certificate_expiry("public", end);
    assert_eq!(ledger.gauge(series), Some(1_766_000_000.0));
    metrics.security().set_certificate_expiry("private", end);
    assert_eq!(
        ledger.starting("rra_tls_certificate_expiry_seconds").len(),
        1
    );
}

#[test]
fn no_metric_has_more_dimensions_than_there_is_room_for() {
    let sets = Sets::new(&config()).expect("a valid configuration");
    // Set once, not counted in a table.
    let tables = METRICS
        .iter()
        .filter(|metric| metric.name != BUILD_INFO.name);
    for metric in tables {
        let dimensions = sets.axes(metric.labels).len();
        assert!(dimensions <= MAX_DIMENSIONS, "{}", metric.name);
    }
}

/// Adds costs in wei and compares what is counted in gwei.
fn check_gas_cost(costs: &[u128], expected: u64) {
    let (metrics, ledger) = Ledger::open(&config());
    let blockchain = metrics.blockchain();
    let (chain, mint) = (blockchain.chain("eip155:1"), blockchain.operation("mint"));
    for wei in costs {
        blockchain.add_gas_cost(chain, mint, *wei);
    }
    let series = "rra_gas_cost_gwei_total{chain=eip155:1,operation=mint}";
    assert_eq!(ledger.counter(series), Some(expected));
}

#[test]
fn wei_below_a_gwei_are_carried_over() {
    check_gas_cost(&[1_500_000_000], 1);
    check_gas_cost(&[1_500_000_000, 500_000_000], 2);
}

#[test]
fn a_cost_that_a_sample_cannot_hold_is_not_counted() {
    check_gas_cost(&[u128::MAX, (1 << 53) * 1_000_000_000 + 1], 1 << 53);
}

#[test]
fn a_sink_that_is_not_registered_has_no_metrics() {
    let (metrics, _) = Ledger::open(&config());
    assert!(metrics.pipeline().sink("file").is_some());
    assert!(metrics.pipeline().sink("elsewhere").is_none());
}

#[test]
fn too_many_values_are_refused_with_the_label_and_its_cap() {
    let chains = (0..17).map(|n| format!("eip155:{n}")).collect();
    let config = MetricsConfig { chains, ..config() };
    let error = Metrics::disabled(&config).expect_err("16 is the cap");
    let expected = Error::TooManyValues {
        label: "chain",
        given: 17,
        max: 16,
    };
    assert_eq!(error, expected);
}

#[test]
fn an_agent_keeps_its_place() {
    let (metrics, _) = Ledger::open(&config());
    let agent = metrics.admit_agent("agent-7");
    assert_eq!(metrics.admit_agent("agent-7"), agent);
    assert_eq!(metrics.agent("agent-7"), agent);
}

#[test]
fn a_stranger_is_unauthenticated_and_an_empty_id_unknown() {
    let (metrics, _) = Ledger::open(&config());
    assert_eq!(metrics.agent("stranger"), Agent::UNAUTHENTICATED);
    assert_eq!(metrics.agent(""), Agent::UNKNOWN);
    assert_eq!(metrics.admit_agent(""), Agent::UNKNOWN);
}

#[test]
fn agents_at_work_are_counted_beyond_the_cap_of_series() {
    let (metrics, ledger) = Ledger::open(&config());
    for n in 0..2 * AGENT_CAP {
        metrics.admit_agent(&n.to_string());
    }
    metrics.agent("stranger");
    metrics.refresh();
    assert_eq!(ledger.gauge("rra_active_agents{}"), Some(400.0));
}

#[test]
fn a_trusted_agent_beyond_the_cap_is_other_not_unauthenticated() {
    let (metrics, _) = Ledger::open(&config());
    for n in 0..AGENT_CAP {
        assert_ne!(metrics.admit_agent(&format!("agent-{n}")), Agent::OTHER);
    }
    assert_eq!(metrics.admit_agent("one-too-many"), Agent::OTHER);
    assert_eq!(metrics.agent("one-too-many"), Agent::OTHER);
    assert_eq!(metrics.agent("agent-0"), metrics.admit_agent("agent-0"));
}

#[test]
fn an_agent_named_like_a_reserved_value_is_not_mistaken_for_it() {
    let (metrics, ledger) = Ledger::open(&config());
    let agent = metrics.admit_agent("_other");
    metrics
        .negotiation()
        .negotiations(agent, NegotiationOutcome::Accepted)
        .increment(1);
    let series = "rra_negotiations_total{agent_id=__other,outcome=accepted}";
    assert_eq!(ledger.counter(series), Some(1));
}

#[test]
fn an_agent_beyond_a_lower_cap_keeps_its_other_labels() {
    let (metrics, ledger) = Ledger::open(&config());
    let agents: Vec<Agent> = (0..51)
        .map(|n| metrics.admit_agent(&n.to_string()))
        .collect();
    for agent in agents {
        metrics
            .negotiation()
            .duration(agent)
            .record(Duration::from_secs(1));
        metrics
            .negotiation()
            .negotiations(agent, NegotiationOutcome::Rejected)
            .increment(1);
    }
    let durations = ledger.starting("rra_negotiation_duration_seconds");
    assert_eq!(durations.len(), 51);
    assert!(durations.contains(&(
        "rra_negotiation_duration_seconds{agent_id=_other}".to_owned(),
        1
    )));
    let counted = "rra_negotiations_total{agent_id=50,outcome=rejected}";
    assert_eq!(ledger.counter(counted), Some(1));
}

#[test]
fn threads_that_admit_at_once_stay_within_the_cap() {
    let (metrics, ledger) = Ledger::open(&config());
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let metrics = &metrics;
            scope.spawn(move || {
                for n in 0..100 {
                    // Half of the ids are shared by all threads.
                    let owner = if n % 2 == 0 { 0 } else { thread };
                    let agent = metrics.admit_agent(&format!("{owner}-{n}"));
                    let outcome = NegotiationOutcome::Accepted;
                    metrics
                        .negotiation()
                        .negotiations(agent, outcome)
                        .increment(1);
                }
            });
        }
    });
    let series = ledger.starting("rra_negotiations_total");
    let accepted = series
        .iter()
        .filter(|(series, _)| series.contains("accepted"))
        .count();
    assert_eq!(accepted, AGENT_CAP + 1);
    assert_eq!(ledger.sum("rra_negotiations_total"), 800);
}

#[test]
fn a_metric_at_its_ceiling_folds_open_labels_and_keeps_closed_ones() {
    let config = MetricsConfig {
        max_series_per_metric: 10,
        ..config()
    };
    let (metrics, ledger) = Ledger::open(&config);
    let before = ledger.starting("rra_api_requests_total").len();
    for status in 400..430 {
        let route = metrics.api().route("GET", Endpoint::Template("/a/{id}"));
        metrics.api().requests(route, status).increment(1);
    }
    let folded = ledger.starting("rra_api_requests_total{method=_OTHER,endpoint=_other,");
    assert!(!folded.is_empty());
    assert_eq!(ledger.sum("rra_api_requests_total"), 30);
    assert_eq!(
        ledger.starting("rra_api_requests_total").len(),
        10 + folded.len()
    );
    assert!(before <= 10);
    let overflow = "rra_metrics_label_overflow_total{metric=rra_api_requests_total,label=endpoint}";
    assert!(ledger.counter(overflow) > Some(0));
}

#[test]
fn places_of_another_service_move_nothing_of_a_third() {
    let (large, _) = Ledger::open(&MetricsConfig {
        chains: (0..16).map(|n| n.to_string()).collect(),
        ..config()
    });
    let (small, ledger) = Ledger::open(&config());
    let (chain, operation) = (
        large.blockchain().chain("15"),
        large.blockchain().operation("mint"),
    );
    small
        .blockchain()
        .transactions(chain, operation, TransactionOutcome::Confirmed)
        .increment(1);
    let series = "rra_transactions_total{chain=_other,operation=mint,outcome=confirmed}";
    assert_eq!(ledger.counter(series), Some(1));
}

#[test]
fn two_services_in_one_process_do_not_meet() {
    let (first, first_ledger) = Ledger::open(&config());
    let (_second, second_ledger) = Ledger::open(&config());
    first.api().in_flight().up();
    assert_eq!(
        first_ledger.gauge("rra_api_requests_in_flight{}"),
        Some(1.0)
    );
    assert_eq!(
        second_ledger.gauge("rra_api_requests_in_flight{}"),
        Some(0.0)
    );
}

#[test]
fn the_recorder_of_the_process_will_do() {
    let host = Arc::new(Ledger::default());
    // The recorder of this thread alone is asked for in the same way as that of the process.
    metrics::with_local_recorder(&*host, || {
        let metrics = Metrics::on_global_recorder(&config()).expect("valid");
        metrics.api().in_flight().up();
        metrics
            .blockchain()
            .payment_usd_cents(
                metrics.blockchain().chain("eip155:1"),
                metrics.blockchain().token("USDC"),
            )
            .increment(7);
    });
    assert_eq!(host.gauge("rra_api_requests_in_flight{}"), Some(1.0));
    let cents = "rra_payment_amount_usd_cents_total{chain=eip155:1,token=_other}";
    assert_eq!(host.counter(cents), Some(7));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn any_ids_stay_within_the_cap_and_none_is_lost(ids in prop::collection::vec("(?s).{0,40}", 1..600)) {
        let (metrics, ledger) = Ledger::open(&config());
        for id in &ids {
            let agent = metrics.admit_agent(id);
            metrics.negotiation().negotiations(agent, NegotiationOutcome::Accepted).increment(1);
        }
        let series = ledger.starting("rra_negotiations_total");
        let agents: BTreeSet<&str> =
            series.iter().filter_map(|(series, _)| series.split(",outcome=").next()).collect();
        prop_assert!(agents.len() <= AGENT_CAP + RESERVED);
        prop_assert_eq!(ledger.sum("rra_negotiations_total"), ids.len() as u64);
    }

    #[test]
    fn any_methods_paths_and_statuses_stay_within_the_ceiling(
        requests in prop::collection::vec(("[A-Z]{0,8}", "/[ab]?(/\\{id\\})?", any::<u16>()), 1..600),
    ) {
        let (metrics, ledger) = Ledger::open(&config());
        for (method, path, status) in &requests {
            let route = metrics.api().route(method, Endpoint::Template(path));
            metrics.api().requests(route, *status).increment(1);
            metrics.api().errors(route, ErrorType::Other).increment(1);
        }
        // Ten methods on no route and on other templates, two routes, what they imply, 60 codes.
        prop_assert!(ledger.starting("rra_api_requests_total").len() <= 25 * 60);
        prop_assert!(ledger.starting("rra_api_errors_total").len() <= 25 * 14);
        prop_assert_eq!(ledger.sum("rra_api_requests_total"), requests.len() as u64);
    }
}
