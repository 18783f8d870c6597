//! This project.

use std::hint::black_box;
use std::time::Duration;

use bench_measure::Case;
use rra_metrics::labels::{NegotiationOutcome, TokenAction, TokenType};
use rra_metrics::{Endpoint, Exposition, MetricsConfig, Route};
use rra_schema::Event;
use rra_schema::events::auth::{AuthFailureReason, AuthMethod, Failure};

use super::{AGENT, CLOSED, EVENT, HISTOGRAM, OPEN, OURS, SECONDS};

pub(super) fn cases() -> Vec<Case<'static>> {
    let config = MetricsConfig {
        routes: vec![Route::new("GET", "/api/v1/licenses/{id}")],
        ..MetricsConfig::default()
    };
    let (metrics, exposition) = Exposition::new(&config).expect("a valid configuration");
    // Its upkeep runs as long as the metrics are there.
    drop(exposition);
    metrics.admit_agent(AGENT);
    let kept = metrics
        .security()
        .tokens(TokenAction::Accepted, TokenType::Access);
    let kept = kept.clone();
    let failure = Failure::new(AuthFailureReason::InvalidKey).method(AuthMethod::ApiKey);
    let failure = Event::new(failure);
    let [closed, open, event, histogram] = std::array::from_fn(|_| metrics.clone());
    vec![
        Case::new(CLOSED, "rra-metrics, kept handle", move || {
            kept.increment(1);
        }),
        Case::new(EVENT, OURS, move || event.record_event(black_box(&failure))),
        Case::new(CLOSED, OURS, move || {
            let action = black_box(TokenAction::Issued);
            let counter = closed.security().tokens(action, TokenType::Access);
            counter.increment(1);
        }),
        Case::new(OPEN, OURS, move || {
            let agent = open.agent(black_box(AGENT));
            let outcome = black_box(NegotiationOutcome::Accepted);
            open.negotiation().negotiations(agent, outcome).increment(1);
        }),
        Case::new(HISTOGRAM, OURS, move || {
            let template = Endpoint::Template(black_box("/api/v1/licenses/{id}"));
            let route = histogram.api().route("GET", template);
            let took = Duration::from_secs_f64(black_box(SECONDS));
            histogram.api().duration(route).record(took);
        }),
    ]
}
