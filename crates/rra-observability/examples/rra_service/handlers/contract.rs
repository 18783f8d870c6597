//! What ends up on a chain: licences and the payments for them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use rra_observability::metrics::Metrics;
use rra_observability::metrics::labels::TransactionOutcome;
use rra_observability::schema::events::contract::{LicenseIssued, PaymentReceived};
use rra_observability::schema::{ChainId, Decimal, TokenId, TransactionHash};
use serde::Deserialize;
use serde_json::{Value, json};

use super::negotiation;
use crate::agent::Agent;
use crate::chain::{
    CHAINS, CONTRACT, GAS_PRICE_WEI, LICENSE_TYPES, Operation, TOKENS, Transaction,
};
use crate::negotiations::State as Step;
use crate::refusal::Refusal;
use crate::service::Service;

#[derive(Deserialize)]
pub(super) struct LicenseRequest {
    negotiation_id: u64,
    chain: String,
    license_type: String,
}

#[derive(Deserialize)]
pub(super) struct PaymentRequest {
    chain: String,
    token: String,
    amount: String,
}

type Created = (StatusCode, Json<Value>);

pub(super) async fn license(
    State(service): State<Arc<Service>>,
    agent: Agent,
    Json(wish): Json<LicenseRequest>,
) -> Result<Created, Refusal> {
    known(&LICENSE_TYPES, &wish.license_type)?;
    let chain = chain(&wish.chain)?;
    let ready = (Step::Accepted, Step::Licensed);
    negotiation::step(&service, &agent, wish.negotiation_id, ready)?;
    let sent = send(&service, &wish.chain, Operation::Mint);
    let number = sent.number.to_string();
    let token_id = TokenId::new(&number).map_err(|_| Refusal::Invalid)?;
    let hash = TransactionHash::new(&sent.hash).map_err(|_| Refusal::Invalid)?;
    let details = LicenseIssued::new(chain, CONTRACT, token_id, wish.license_type.as_str(), hash);
    service.emit(details);
    Ok(created(&sent, &number))
}

pub(super) async fn payment(
    State(service): State<Arc<Service>>,
    _: Agent,
    Json(payment): Json<PaymentRequest>,
) -> Result<Created, Refusal> {
    known(&TOKENS, &payment.token)?;
    let chain = chain(&payment.chain)?;
    let amount = Decimal::new(&payment.amount).map_err(|_| Refusal::Invalid)?;
    let sent = send(&service, &payment.chain, Operation::Payment);
    let hash = TransactionHash::new(&sent.hash).map_err(|_| Refusal::Invalid)?;
    let details = PaymentReceived::new(chain, payment.token.as_str(), amount, hash);
    service.emit(details);
    Ok(created(&sent, ""))
}

fn send(service: &Service, chain: &str, operation: Operation) -> Transaction {
    let span = tracing::info_span!("transaction", chain, operation = operation.as_str());
    let start = Instant::now();
    let sent = span.in_scope(|| service.chain.send(operation));
    service.count(|metrics| count(metrics, chain, operation, &sent, start.elapsed()));
    sent
}

/// Moves what no event moves: what the transaction cost, and how it went.
fn count(metrics: &Metrics, chain: &str, operation: Operation, sent: &Transaction, took: Duration) {
    let blockchain = metrics.blockchain();
    let operation = blockchain.operation(operation.as_str());
    let chain = blockchain.chain(chain);
    blockchain.gas_used(chain, operation).increment(sent.gas);
    let wei = u128::from(sent.gas) * u128::from(GAS_PRICE_WEI);
    blockchain.add_gas_cost(chain, operation, wei);
    let ended = |outcome| {
        blockchain
            .transactions(chain, operation, outcome)
            .increment(1);
    };
    if sent.is_second_try {
        ended(TransactionOutcome::Reverted);
    }
    ended(TransactionOutcome::Confirmed);
    blockchain
        .confirmation_duration(chain, operation)
        .record(took);
}

fn chain(name: &str) -> Result<ChainId<'_>, Refusal> {
    known(&CHAINS, name)?;
    ChainId::new(name).map_err(|_| Refusal::Invalid)
}

fn known(words: &[&str], word: &str) -> Result<(), Refusal> {
    if words.contains(&word) {
        Ok(())
    } else {
        Err(Refusal::Invalid)
    }
}

fn created(sent: &Transaction, token_id: &str) -> Created {
    (
        StatusCode::CREATED,
        Json(json!({"tx_hash": sent.hash, "token_id": token_id})),
    )
}
