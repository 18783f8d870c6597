//! A client that invents a million ids and paths: the series, the page and the memory stay as they
//! would be with a hundredth of that.

use std::time::Duration;

use rra_metrics::labels::{ErrorType, NegotiationOutcome};
use rra_metrics::{Endpoint, Exposition, Metrics, MetricsConfig, Route};
use rra_schema::events::rate_limit::Exceeded;
use rra_schema::{AgentId, Event};

const INVENTED: u32 = 1_000_000;
/// By how much the process may grow between a hundredth and the whole.
const MAX_GROWTH_BYTES: f64 = 16.0 * 1024.0 * 1024.0;
/// What a service of this size may show at most.
const MAX_PAGE_BYTES: usize = 1024 * 1024;

/// What such a client can make a service answer.
const STATUSES: [u16; 12] = [200, 400, 401, 403, 404, 405, 413, 415, 422, 429, 499, 500];

const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "BREW", "get", "DELETE", ""];
const SECOND: Duration = Duration::from_secs(1);

fn config() -> MetricsConfig {
    let words = |word: &str, count: u32| (0..count).map(|n| format!("{word}{n}")).collect();
    MetricsConfig {
        routes: (0..40).map(|n| Route::new("GET", template(n))).collect(),
        chains: words("eip155:", 4),
        tokens: words("TOKEN", 8),
        license_types: words("kind_", 4),
        operations: words("operation_", 8),
        ..MetricsConfig::default()
    }
}

fn template(number: u32) -> String {
    format!("/api/v1/resource_{number}/{{id}}")
}

/// One request of a client that never sends the same twice. Half of its ids it even gets admitted.
fn attack(metrics: &Metrics, number: u32) {
    let id = format!("agent-{number}");
    if number.is_multiple_of(2) {
        be_admitted(metrics, &id, number);
    } else if let Ok(stranger) = AgentId::new(&id) {
        let limited = Event::new(Exceeded::new(30_u64, 60_u64));
        metrics.record_event(&limited.agent_id(stranger));
    }
    // Of eight requests one is on a real route.
    let path = match number % 8 {
        0 => template(number % 40),
        _ => id,
    };
    let method = METHODS[number as usize % METHODS.len()];
    let route = metrics.api().route(method, Endpoint::Template(&path));
    let status = STATUSES[number as usize % STATUSES.len()];
    metrics.api().requests(route, status).increment(1);
    if number.is_multiple_of(16) {
        metrics.api().duration(route).record(SECOND);
        let reason = ErrorType::ALL[(number / 16) as usize % ErrorType::ALL.len()];
        metrics.api().errors(route, reason).increment(1);
    }
}

fn be_admitted(metrics: &Metrics, id: &str, number: u32) {
    let agent = metrics.admit_agent(id);
    let rejected = NegotiationOutcome::Rejected;
    let negotiations = metrics.negotiation().negotiations(agent, rejected);
    negotiations.increment(1);
    if number.is_multiple_of(16) {
        metrics.negotiation().duration(agent).record(SECOND);
        let lasts = SECOND * 3_600;
        metrics.security().rate_limit_used(agent, id, 0.5, lasts);
    }
}

#[test]
fn a_million_invented_ids_and_paths_move_no_bound() {
    let (metrics, exposition) = Exposition::new(&config()).expect("a valid configuration");
    let warm = INVENTED / 100;
    (0..warm).for_each(|number| attack(&metrics, number));
    let (series, page) = (metrics.series(), exposition.render());

    (warm..INVENTED).for_each(|number| attack(&metrics, number));

    assert_eq!(metrics.series(), series);
    let after = exposition.render();
    let lines = |page: &str| page.lines().filter(|line| line.starts_with("rra_")).count();
    assert_eq!(lines(&after), lines(&page));
    assert!(after.len() < MAX_PAGE_BYTES, "{} bytes", after.len());
    // Agents of the last minutes are told apart in tables with bounds of their own, and observations
    // wait for their upkeep.
    let growth = resident_bytes(&after) - resident_bytes(&page);
    assert!(growth < MAX_GROWTH_BYTES, "{growth} bytes");
    check_sum(&after, "rra_negotiations_total{", INVENTED / 2);
    check_sum(&after, "rra_rate_limit_hits_total{", INVENTED / 2);
    check_sum(&after, "rra_api_requests_total{", INVENTED);
}

/// What the process says of its memory; everywhere the same where the system does not tell.
fn resident_bytes(page: &str) -> f64 {
    let line = page
        .lines()
        .find(|line| line.starts_with("process_resident_memory_bytes "));
    let bytes = line.and_then(|line| line.rsplit_once(' ')?.1.parse().ok());
    assert!(bytes.is_some() || !cfg!(target_os = "linux"));
    bytes.unwrap_or(0.0)
}

/// Nothing is lost in the fold.
fn check_sum(page: &str, metric: &str, expected: u32) {
    let samples = page.lines().filter(|line| line.starts_with(metric));
    let sum: u64 = samples
        .filter_map(|line| line.rsplit_once(' ')?.1.parse::<u64>().ok())
        .sum();
    assert_eq!(sum, u64::from(expected), "{metric}");
}
