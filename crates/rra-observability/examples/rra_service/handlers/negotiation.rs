//! Negotiations over the price of content: begun, countered, accepted or rejected.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use rra_observability::metrics::labels::NegotiationOutcome;
use rra_observability::schema::Decimal;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::agent::Agent;
use crate::negotiations::{Fault, State as Step};
use crate::refusal::Refusal;
use crate::service::Service;

#[derive(Deserialize)]
pub(super) struct Offer {
    offer: String,
}

pub(super) async fn list(State(service): State<Arc<Service>>, agent: Agent) -> Json<Value> {
    let open = service.negotiations.lock().open_of(&agent.id);
    Json(json!({ "open": open }))
}

pub(super) async fn start(
    State(service): State<Arc<Service>>,
    agent: Agent,
    Json(terms): Json<Offer>,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    check(&terms)?;
    let now = Instant::now();
    let (id, forgotten) = service.negotiations.lock().start(&agent.id, now);
    if let Some(old) = forgotten {
        conclude(
            &service,
            old.agent(),
            NegotiationOutcome::Expired,
            old.age(now),
        );
    }
    Ok((StatusCode::CREATED, Json(json!({ "id": id }))))
}

pub(super) async fn counter(
    State(service): State<Arc<Service>>,
    agent: Agent,
    Path(id): Path<u64>,
    Json(terms): Json<Offer>,
) -> Result<Json<Value>, Refusal> {
    check(&terms)?;
    step(&service, &agent, id, (Step::Open, Step::Open))?;
    Ok(Json(json!({ "offer": terms.offer })))
}

pub(super) async fn accept(
    State(service): State<Arc<Service>>,
    agent: Agent,
    Path(id): Path<u64>,
) -> Result<Json<Value>, Refusal> {
    let took = step(&service, &agent, id, (Step::Open, Step::Accepted))?;
    conclude(&service, &agent.id, NegotiationOutcome::Accepted, took);
    Ok(Json(json!({ "state": "accepted" })))
}

pub(super) async fn reject(
    State(service): State<Arc<Service>>,
    agent: Agent,
    Path(id): Path<u64>,
) -> Result<Json<Value>, Refusal> {
    let took = step(&service, &agent, id, (Step::Open, Step::Rejected))?;
    conclude(&service, &agent.id, NegotiationOutcome::Rejected, took);
    Ok(Json(json!({ "state": "rejected" })))
}

/// Moves a negotiation and says how long it has run.
pub(super) fn step(
    service: &Service,
    agent: &Agent,
    id: u64,
    states: (Step, Step),
) -> Result<Duration, Refusal> {
    let mut negotiations = service.negotiations.lock();
    let stepped = negotiations.step(&agent.id, id, states, Instant::now());
    stepped.map_err(|fault| match fault {
        Fault::Unknown => Refusal::NotFound,
        Fault::WrongState => Refusal::Conflict,
    })
}

fn conclude(service: &Service, agent: &str, outcome: NegotiationOutcome, took: Duration) {
    service.count(|metrics| {
        let agent = metrics.agent(agent);
        let negotiation = metrics.negotiation();
        negotiation.negotiations(agent, outcome).increment(1);
        negotiation.duration(agent).record(took);
    });
}

fn check(terms: &Offer) -> Result<(), Refusal> {
    Decimal::new(&terms.offer)
        .map(drop)
        .map_err(|_| Refusal::Invalid)
}
