//! The agent behind a request. A handler that takes one runs only for an agent that proved who it is
//! and is within its rate limit.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{FromRequestParts, MatchedPath};
use axum::http::request::Parts;
use rra_observability::http::RequestContext;
use rra_observability::metrics::Agent as Counted;
use rra_observability::schema::events::auth::{
    AuthFailureReason, AuthMethod, Failure, Success, TokenExpired, TokenType,
};
use rra_observability::schema::events::rate_limit::{Exceeded, RateLimitScope};
use rra_observability::schema::events::suspicious::{BruteForce, BruteForceTarget};
use rra_observability::schema::{AgentId, Event};

use crate::attempts;
use crate::client::Client;
use crate::rate_limit;
use crate::refusal::Refusal;
use crate::service::Service;
use crate::tokens::{self, Kind};

/// An agent that proved who it is.
#[derive(Clone, Debug)]
pub(crate) struct Agent {
    pub(crate) id: String,
    /// Its place in the metrics, if the service has any.
    counted: Option<Counted>,
}

impl Agent {
    /// The agent behind the key or token of a request.
    fn authenticate(service: &Service, parts: &Parts) -> Result<Self, Refusal> {
        let (client, headers) = (Client::of(parts), &parts.headers);
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let (method, agent) = match (text("x-api-key"), text("authorization")) {
            (Some(key), _) => (AuthMethod::ApiKey, service.agent_of(key)),
            (None, Some(bearer)) => (AuthMethod::Jwt, agent_of_token(service, bearer)?),
            (None, None) => {
                let (method, reason) = (AuthMethod::ApiKey, AuthFailureReason::Malformed);
                return Err(failed(service, client, method, reason));
            }
        };
        let Some(id) = agent.map(str::to_owned) else {
            let reason = AuthFailureReason::InvalidKey;
            return Err(failed(service, client, method, reason));
        };
        if let Some(address) = client.0 {
            service.attempts.lock().succeed(address);
        }
        if let Some(context) = RequestContext::current() {
            // From here on, events of this request say who it comes from.
            context.set_agent_id(id.as_str());
        }
        // Series of its own for an agent that proved who it is, and its place among the active.
        let counted = service.count(|metrics| metrics.admit_agent(&id));
        service.emit(Success::new(method));
        Ok(Self { id, counted })
    }

    /// Takes a token from the agent's bucket.
    fn admit(&self, service: &Service, endpoint: &str) -> Result<(), Refusal> {
        let taken = service.buckets.lock().take(&self.id, Instant::now());
        service.count(|metrics| {
            let security = metrics.security();
            let agent = self.counted.unwrap_or(Counted::UNKNOWN);
            security.rate_limit_used(agent, &self.id, taken.used, rate_limit::WINDOW);
            if taken.is_allowed {
                security.rate_limit_allowed().increment(1);
            }
        });
        if taken.is_allowed {
            return Ok(());
        }
        service.emit(
            Exceeded::new(taken.burst, rate_limit::WINDOW.as_secs())
                .scope(RateLimitScope::Agent)
                .endpoint(endpoint),
        );
        Err(Refusal::RateLimited)
    }
}

/// Writes down that nobody is known by these credentials.
pub(crate) fn failed(
    service: &Service,
    client: Client,
    method: AuthMethod,
    reason: AuthFailureReason,
) -> Refusal {
    let attempts = client.0.map_or(1, |address| {
        service.attempts.lock().fail(address, Instant::now())
    });
    service.emit(Failure::new(reason).attempts(attempts).method(method));
    if attempts == attempts::GUESSES {
        let seconds = attempts::FORGOTTEN_AFTER.as_secs();
        service.emit(BruteForce::new(attempts, seconds, BruteForceTarget::Ip));
    }
    Refusal::Unauthorized
}

/// The agent a bearer token was issued to; none when we did not issue it.
fn agent_of_token<'a>(service: &Service, bearer: &'a str) -> Result<Option<&'a str>, Refusal> {
    let token = bearer.strip_prefix("Bearer ").unwrap_or_default();
    let Some(claim) = tokens::read(&service.tokens, Kind::Access, token) else {
        return Ok(None);
    };
    if claim.ends > tokens::now() {
        return Ok(Some(claim.agent));
    }
    let details = TokenExpired::new(claim.ends)
        .method(AuthMethod::Jwt)
        .token_type(TokenType::Access);
    // The agent the token names; it has not proved that it is the one.
    service.emit_event(&Event::new(details).agent_id(AgentId::lossy(claim.agent)));
    Err(Refusal::Unauthorized)
}

impl FromRequestParts<Arc<Service>> for Agent {
    type Rejection = Refusal;

    async fn from_request_parts(
        parts: &mut Parts,
        service: &Arc<Service>,
    ) -> Result<Self, Refusal> {
        let agent = Self::authenticate(service, parts)?;
        let route = parts.extensions.get::<MatchedPath>();
        agent.admit(service, route.map_or("", MatchedPath::as_str))?;
        Ok(agent)
    }
}
