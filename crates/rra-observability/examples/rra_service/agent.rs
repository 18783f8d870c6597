//! Who calls: the address and request of any caller, and the agent behind one that is known.
//!
//! A handler that takes an [`Agent`] runs only for an authenticated agent within its rate limit.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{FromRequestParts, MatchedPath};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use rra_observability::http::{ClientAddress, RequestId};
use rra_observability::schema::events::auth::{
    AuthFailureReason, AuthMethod, Failure, Success, TokenExpired, TokenType,
};
use rra_observability::schema::events::rate_limit::{Exceeded, RateLimitScope};
use rra_observability::schema::{self, AgentId, Details, Event};

use crate::rate_limit;
use crate::refusal::Refusal;
use crate::service::Service;
use crate::tokens::{self, Kind};

/// Where a request comes from.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    address: Option<IpAddr>,
    request_id: Option<RequestId>,
}

/// An agent that proved who it is.
#[derive(Clone, Debug)]
pub(crate) struct Agent {
    caller: Caller,
    pub(crate) id: String,
}

impl Caller {
    /// An event about this request.
    pub(crate) fn event<D: Details>(&self, details: D) -> Event<'_, D> {
        Event::new(details).source_ip(self.address).request_id(
            self.request_id
                .as_ref()
                .and_then(|id| schema::RequestId::lossy(id.as_str())),
        )
    }

    /// Writes down that nobody is known by these credentials.
    pub(crate) fn failed(
        &self,
        service: &Service,
        method: AuthMethod,
        reason: AuthFailureReason,
    ) -> Refusal {
        let attempts = self
            .address
            .map_or(1, |address| service.attempts.lock().fail(address));
        let details = Failure::new(reason).attempts(attempts).method(method);
        service.emit(&self.event(details));
        Refusal::Unauthorized
    }

    /// The agent behind the key or token in `headers`.
    fn authenticate(self, service: &Service, headers: &HeaderMap) -> Result<Agent, Refusal> {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let (method, agent) = match (text("x-api-key"), text("authorization")) {
            (Some(key), _) => (AuthMethod::ApiKey, service.agent_of(key)),
            (None, Some(bearer)) => (AuthMethod::Jwt, self.agent_of_token(service, bearer)?),
            (None, None) => {
                return Err(self.failed(service, AuthMethod::ApiKey, AuthFailureReason::Malformed));
            }
        };
        let Some(id) = agent.map(str::to_owned) else {
            return Err(self.failed(service, method, AuthFailureReason::InvalidKey));
        };
        if let Some(address) = self.address {
            service.attempts.lock().succeed(address);
        }
        let agent = Agent { caller: self, id };
        // Series of its own for an agent that proved who it is, and its place among the active.
        service.metrics().admit_agent(&agent.id);
        service.emit(&agent.event(Success::new(method)));
        Ok(agent)
    }

    /// The agent a bearer token was issued to; none when we did not issue it.
    fn agent_of_token<'a>(
        &self,
        service: &Service,
        bearer: &'a str,
    ) -> Result<Option<&'a str>, Refusal> {
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
        let event = self.event(details).agent_id(AgentId::lossy(claim.agent));
        service.emit(&event);
        Err(Refusal::Unauthorized)
    }
}

impl Agent {
    /// An event about this agent's request.
    pub(crate) fn event<D: Details>(&self, details: D) -> Event<'_, D> {
        self.caller
            .event(details)
            .agent_id(AgentId::lossy(&self.id))
    }

    /// Takes a token from the agent's bucket.
    fn admit(&self, service: &Service, endpoint: &str) -> Result<(), Refusal> {
        if service.buckets.lock().take(&self.id, Instant::now()) {
            service
                .metrics()
                .security()
                .rate_limit_allowed()
                .increment(1);
            return Ok(());
        }
        let window_seconds = rate_limit::WINDOW.as_secs();
        let details = Exceeded::new(rate_limit::BURST, window_seconds)
            .scope(RateLimitScope::Agent)
            .endpoint(endpoint);
        service.emit(&self.event(details));
        Err(Refusal::RateLimited)
    }
}

impl FromRequestParts<Arc<Service>> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Service>) -> Result<Self, Refusal> {
        let address = parts.extensions.get::<ClientAddress>();
        Ok(Self {
            address: address.map(|address| address.ip()),
            request_id: parts.extensions.get::<RequestId>().cloned(),
        })
    }
}

impl FromRequestParts<Arc<Service>> for Agent {
    type Rejection = Refusal;

    async fn from_request_parts(
        parts: &mut Parts,
        service: &Arc<Service>,
    ) -> Result<Self, Refusal> {
        let caller = Caller::from_request_parts(parts, service).await?;
        let agent = caller.authenticate(service, &parts.headers)?;
        let route = parts.extensions.get::<MatchedPath>();
        agent.admit(service, route.map_or("", MatchedPath::as_str))?;
        Ok(agent)
    }
}
