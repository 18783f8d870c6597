//! Tokens: bought with a key, renewed with a refresh token.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use rra_observability::metrics::labels::{TokenAction, TokenType};
use rra_observability::schema::events::auth::{AuthFailureReason, AuthMethod};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::agent::{self, Agent};
use crate::client::Client;
use crate::refusal::Refusal;
use crate::service::Service;
use crate::tokens::{self, Kind};

/// Longest life of an access token.
const MAX_TTL_SECONDS: u64 = 900;
const REFRESH_TTL: Duration = Duration::from_hours(24);

#[derive(Deserialize)]
pub(super) struct TokenRequest {
    ttl_seconds: Option<u64>,
}

#[derive(Deserialize)]
pub(super) struct RefreshRequest {
    refresh_token: String,
}

pub(super) async fn token(
    State(service): State<Arc<Service>>,
    agent: Agent,
    Json(request): Json<TokenRequest>,
) -> Json<Value> {
    let ttl = request
        .ttl_seconds
        .unwrap_or(MAX_TTL_SECONDS)
        .min(MAX_TTL_SECONDS);
    let refresh = tokens::issue(
        &service.tokens,
        Kind::Refresh,
        &agent.id,
        tokens::now() + REFRESH_TTL,
    );
    count(&service, TokenAction::Issued, TokenType::Refresh);
    count(&service, TokenAction::Issued, TokenType::Access);
    let mut answer = access(&service, &agent.id, ttl);
    answer["refresh_token"] = json!(refresh);
    Json(answer)
}

pub(super) async fn refresh(
    State(service): State<Arc<Service>>,
    client: Client,
    Json(request): Json<RefreshRequest>,
) -> Result<Json<Value>, Refusal> {
    let claim = tokens::read(&service.tokens, Kind::Refresh, &request.refresh_token);
    let Some(claim) = claim.filter(|claim| claim.ends > tokens::now()) else {
        count(&service, TokenAction::Rejected, TokenType::Refresh);
        let (method, reason) = (AuthMethod::Jwt, AuthFailureReason::BadSignature);
        return Err(agent::failed(&service, client, method, reason));
    };
    count(&service, TokenAction::Refreshed, TokenType::Access);
    Ok(Json(access(&service, claim.agent, MAX_TTL_SECONDS)))
}

fn access(service: &Service, agent: &str, ttl_seconds: u64) -> Value {
    let ends = tokens::now() + Duration::from_secs(ttl_seconds);
    let token = tokens::issue(&service.tokens, Kind::Access, agent, ends);
    json!({"access_token": token, "expires_in": ttl_seconds})
}

fn count(service: &Service, action: TokenAction, token_type: TokenType) {
    service.count(|metrics| metrics.security().tokens(action, token_type).increment(1));
}
