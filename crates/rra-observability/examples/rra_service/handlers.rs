//! What the service does, one file for each part of its interface, and the routes to it.

mod contract;
mod fetch;
mod negotiation;
mod search;
mod sign_in;
mod webhook;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::service::Service;

/// Method and path of every route, for the metrics: an endpoint label is one of these.
pub(crate) const ROUTES: [(&str, &str); 12] = [
    ("POST", "/api/v1/auth/token"),
    ("POST", "/api/v1/auth/refresh"),
    ("GET", "/api/v1/negotiations"),
    ("POST", "/api/v1/negotiations"),
    ("POST", "/api/v1/negotiations/{id}/counter"),
    ("POST", "/api/v1/negotiations/{id}/accept"),
    ("POST", "/api/v1/negotiations/{id}/reject"),
    ("POST", "/api/v1/licenses"),
    ("POST", "/api/v1/payments"),
    ("POST", "/api/v1/fetch"),
    ("GET", "/api/v1/search"),
    ("POST", "/webhooks/{name}"),
];

/// The router of the API.
pub(crate) fn routes(service: Arc<Service>) -> Router {
    Router::new()
        .route("/api/v1/auth/token", post(sign_in::token))
        .route("/api/v1/auth/refresh", post(sign_in::refresh))
        .route(
            "/api/v1/negotiations",
            get(negotiation::list).post(negotiation::start),
        )
        .route(
            "/api/v1/negotiations/{id}/counter",
            post(negotiation::counter),
        )
        .route(
            "/api/v1/negotiations/{id}/accept",
            post(negotiation::accept),
        )
        .route(
            "/api/v1/negotiations/{id}/reject",
            post(negotiation::reject),
        )
        .route("/api/v1/licenses", post(contract::license))
        .route("/api/v1/payments", post(contract::payment))
        .route("/api/v1/fetch", post(fetch::fetch))
        .route("/api/v1/search", get(search::search))
        .route("/webhooks/{name}", post(webhook::receive))
        .with_state(service)
}
