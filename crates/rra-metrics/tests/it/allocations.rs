//! Counting allocates nothing once a series is there, and series that are not there take no memory.

use std::hint::black_box;

use allocation_counter::measure;
use rra_metrics::labels::{NegotiationOutcome, TokenAction, TokenType};
use rra_metrics::{Endpoint, Exposition, Metrics, MetricsConfig, Route};
use rra_schema::events::auth::{AuthFailureReason, AuthMethod, Failure};
use rra_schema::events::rate_limit::Exceeded;
use rra_schema::{AgentId, Event};

const TEMPLATE: &str = "/api/v1/licenses/{id}";
const AGENT: &str = "agent-0042";

/// Does it once, so that the series is there, and then a thousand times without an allocation.
fn check(count: impl Fn(&Metrics)) {
    let config = MetricsConfig {
        routes: vec![Route::new("GET", TEMPLATE)],
        ..MetricsConfig::default()
    };
    let (metrics, _exposition) = Exposition::new(&config).expect("a valid configuration");
    metrics.admit_agent(AGENT);
    count(&metrics);
    let made = measure(|| (0..1_000).for_each(|_| count(&metrics)));
    assert_eq!(made.count_total, 0);
}

#[test]
fn a_counter_of_closed_labels_allocates_nothing() {
    check(|metrics| {
        let action = black_box(TokenAction::Issued);
        metrics
            .security()
            .tokens(action, TokenType::Access)
            .increment(1);
    });
}

#[test]
fn a_counter_of_a_known_agent_allocates_nothing() {
    check(|metrics| {
        let agent = metrics.agent(black_box(AGENT));
        let counter = metrics
            .negotiation()
            .negotiations(agent, NegotiationOutcome::Accepted);
        counter.increment(1);
    });
}

#[test]
fn a_stranger_allocates_nothing() {
    check(|metrics| {
        let agent = metrics.agent(black_box("stranger"));
        let counter = metrics
            .negotiation()
            .negotiations(agent, NegotiationOutcome::Accepted);
        counter.increment(1);
    });
}

#[test]
fn an_agent_that_is_admitted_again_allocates_nothing() {
    check(|metrics| {
        metrics.admit_agent(black_box(AGENT));
    });
}

#[test]
fn a_request_allocates_nothing() {
    check(|metrics| {
        let api = metrics.api();
        let route = api.route("GET", Endpoint::Template(black_box(TEMPLATE)));
        api.in_flight().up();
        api.requests(route, black_box(404)).increment(1);
        api.in_flight().down();
    });
}

#[test]
fn an_event_allocates_nothing() {
    let failure = Failure::new(AuthFailureReason::InvalidKey).method(AuthMethod::ApiKey);
    let failure = Event::new(failure);
    let limited = Event::new(Exceeded::new(30_u64, 60_u64));
    let limited = limited.agent_id(AgentId::new(AGENT).expect("a plain id"));
    check(|metrics| {
        metrics.record_event(&failure);
        metrics.record_event(&limited);
    });
}

#[test]
fn agents_and_their_series_take_no_memory_before_they_come() {
    let routes = (0..50).map(|number| Route::new("GET", format!("/{number}")));
    let config = MetricsConfig {
        routes: routes.collect(),
        ..MetricsConfig::default()
    };
    let mut made = None;
    let at_rest = measure(|| made = Exposition::new(&config).ok());
    let (metrics, _exposition) = made.expect("a valid configuration");
    let with_agents = measure(|| (0..200).for_each(|number| come(&metrics, number)));
    assert!(at_rest.bytes_current < 448 * 1024, "{at_rest:?}");
    assert!(with_agents.bytes_current > 64 * 1024, "{with_agents:?}");
}

/// An agent is admitted and negotiates.
fn come(metrics: &Metrics, number: usize) {
    let agent = metrics.admit_agent(&format!("agent-{number}"));
    let negotiations = metrics.negotiation();
    let accepted = negotiations.negotiations(agent, NegotiationOutcome::Accepted);
    accepted.increment(1);
}
