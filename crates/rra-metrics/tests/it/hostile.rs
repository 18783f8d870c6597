//! A client that invents a million ids and paths: the series, the page and the memory stay as they
//! would be with a thousandth of that.

use allocation_counter::measure;
use rra_metrics::labels::{ErrorType, NegotiationOutcome};
use rra_metrics::{Endpoint, Exposition, Metrics, MetricsConfig, Route};
use rra_schema::events::rate_limit::Exceeded;
use rra_schema::{AgentId, Event};

const INVENTED: u32 = 1_000_000;
/// What a service of this size may show at most.
const MAX_PAGE_BYTES: usize = 1024 * 1024;

fn config() -> MetricsConfig {
    MetricsConfig {
        routes: (0..40)
            .map(|n| Route::new("GET", format!("/api/v1/resource_{n}/{{id}}")))
            .collect(),
        chains: (0..16).map(|n| format!("eip155:{n}")).collect(),
        tokens: (0..32).map(|n| format!("TOKEN{n}")).collect(),
        license_types: (0..16).map(|n| format!("kind_{n}")).collect(),
        operations: (0..16).map(|n| format!("operation_{n}")).collect(),
        ..MetricsConfig::default()
    }
}

/// One request of a client that never sends the same twice, and that even gets each id admitted.
fn attack(metrics: &Metrics, number: u32) {
    let id = format!("agent-{number}");
    let agent = metrics.admit_agent(&id);
    let outcome = NegotiationOutcome::Rejected;
    metrics
        .negotiation()
        .negotiations(agent, outcome)
        .increment(1);

    let api = metrics.api();
    let (method, path) = (format!("M{number}"), format!("/{number}"));
    let route = api.route(&method, Endpoint::Template(&path));
    let status = u16::try_from(number % 1_000).unwrap_or(0);
    api.requests(route, status).increment(1);
    api.errors(route, ErrorType::Other).increment(1);

    let stranger = format!("stranger-{number}");
    if let Ok(stranger) = AgentId::new(&stranger) {
        let event = Event::new(Exceeded::new(30_u64, 60_u64)).agent_id(stranger);
        metrics.record_event(&event);
    }
}

#[test]
fn a_million_invented_ids_and_paths_move_no_bound() {
    let (metrics, exposition) = Exposition::new(&config()).expect("a valid configuration");
    let warm = INVENTED / 1_000;
    (0..warm).for_each(|number| attack(&metrics, number));
    let (series, page) = (metrics.series(), exposition.render());

    let heap = measure(|| (warm..INVENTED).for_each(|number| attack(&metrics, number)));

    // The agents of the last five minutes are told apart in a table that has its own bound.
    assert!(heap.bytes_current < 1024 * 1024, "{heap:?}");
    assert_eq!(metrics.series(), series);
    let after = exposition.render();
    assert_eq!(after.lines().count(), page.lines().count());
    assert!(after.len() < MAX_PAGE_BYTES, "{} bytes", after.len());
    check_sum(&after, "rra_negotiations_total{");
    check_sum(&after, "rra_api_requests_total{");
    check_sum(&after, "rra_rate_limit_hits_total{");
}

/// Nothing is lost in the fold.
fn check_sum(page: &str, metric: &str) {
    let samples = page.lines().filter(|line| line.starts_with(metric));
    let sum: u64 = samples
        .filter_map(|line| line.rsplit_once(' ')?.1.parse::<u64>().ok())
        .sum();
    assert_eq!(sum, u64::from(INVENTED), "{metric}");
}
