//! The admin routes: `/metrics`, `/health`, `/ready`, for GET and HEAD.
//!
//! Metrics tell agents' names and business volume, so they belong on a listener of their own and
//! not on the public one.

mod access;
mod rendering;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use axum::routing::get;
use axum::{Router, middleware};
use rra_metrics::{Exposition, TEXT_CONTENT_TYPE};

pub(crate) use access::Access;
use rendering::{Renderer, takes_gzip};

use crate::door::Door;
use crate::error::Error;
use crate::network::Network;
use crate::readiness::Readiness;
use crate::server::{self, AdminServer};
use crate::token::Token;

const JSON_CONTENT_TYPE: &str = "application/json";

/// The admin routes of one service, and who may ask for them.
#[derive(Clone)]
pub struct Admin {
    renderer: Arc<Renderer>,
    readiness: Arc<dyn Readiness>,
    access: Arc<Access>,
    pub(crate) door: Door,
    is_on_every_interface: bool,
}

impl Admin {
    /// The routes for these metrics; `readiness` is asked for every answer of `/ready`.
    pub fn new(exposition: Exposition, readiness: impl Readiness) -> Self {
        Self {
            renderer: Arc::new(Renderer::new(exposition)),
            readiness: Arc::new(readiness),
            access: Arc::default(),
            door: Door::plain(),
            is_on_every_interface: false,
        }
    }

    /// Asks for this token at `/metrics`. `/health` and `/ready` answer everyone, because probes
    /// have no secrets; `/ready` names no errors then.
    pub fn token(mut self, token: Token) -> Self {
        Arc::make_mut(&mut self.access).token = Some(token);
        self
    }

    /// Answers these addresses only, when there are any. Other connections to the own listener are
    /// closed unread; within another router, others get 403, and so do all if the server does not
    /// tell who asks (`into_make_service_with_connect_info::<SocketAddr>()`).
    pub fn only_for(mut self, networks: impl IntoIterator<Item = Network>) -> Self {
        Arc::make_mut(&mut self.access).networks = networks.into_iter().collect();
        self
    }

    /// Lets [`serve`](Self::serve) listen on every interface of the machine (`0.0.0.0` or `[::]`).
    pub fn on_every_interface(mut self) -> Self {
        self.is_on_every_interface = true;
        self
    }

    /// The routes as a router, to serve or to merge:
    ///
    /// - `/metrics`: Prometheus text, as gzip if the client takes that
    /// - `/health`: 200 while the process can answer at all
    /// - `/ready`: JSON, 200 or 503
    pub fn routes(&self) -> Router {
        Router::new()
            .route("/metrics", get(metrics))
            .route("/health", get(health))
            .route("/ready", get(ready))
            // Around these routes alone: within another router, its other paths are none of ours.
            .route_layer(middleware::from_fn_with_state(
                self.clone(),
                access::from_listed,
            ))
            .with_state(self.clone())
    }

    /// Serves the routes on a thread of their own, inside any async runtime or without one, until
    /// the result is dropped. [`DEFAULT_ADMIN_ADDRESS`](crate::DEFAULT_ADMIN_ADDRESS) is where the
    /// shipped Prometheus configuration looks; port 0 takes any free port.
    ///
    /// # Errors
    /// [`Error::Bind`] when the address cannot be used, [`Error::EveryInterface`] when it is all of
    /// the machine's and nobody said that this is meant, [`Error::Start`] when the system gives no
    /// thread.
    pub fn serve(&self, address: SocketAddr) -> Result<AdminServer, Error> {
        if address.ip().to_canonical().is_unspecified() && !self.is_on_every_interface {
            return Err(Error::EveryInterface { address });
        }
        let access = Arc::clone(&self.access);
        server::start(address, self.routes(), access, self.door.clone())
    }
}

impl std::fmt::Debug for Admin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Admin")
    }
}

async fn metrics(State(admin): State<Admin>, headers: HeaderMap) -> Response<Body> {
    if !admin.access.trusts(&headers) {
        return access::unauthorised();
    }
    page(&admin, takes_gzip(&headers)).await.unwrap_or_else(|| {
        answer(
            StatusCode::INTERNAL_SERVER_ERROR,
            JSON_CONTENT_TYPE,
            r#"{"error":"the metrics could not be rendered"}"#,
        )
    })
}

async fn page(admin: &Admin, as_gzip: bool) -> Option<Response<Body>> {
    let page = Arc::clone(&admin.renderer).page().await?;
    let mut response = if as_gzip {
        answer(StatusCode::OK, TEXT_CONTENT_TYPE, page.gzip().await?)
    } else {
        answer(StatusCode::OK, TEXT_CONTENT_TYPE, page.text.clone())
    };
    let headers = response.headers_mut();
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if as_gzip {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Some(response)
}

async fn health() -> Response<Body> {
    answer(StatusCode::OK, JSON_CONTENT_TYPE, r#"{"status":"ok"}"#)
}

async fn ready(State(admin): State<Admin>, headers: HeaderMap) -> Response<Body> {
    let report = admin.readiness.report();
    let status = if report.is_ready() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let is_whole = admin.access.trusts(&headers);
    answer(status, JSON_CONTENT_TYPE, report.to_json(is_whole))
}

fn answer(status: StatusCode, content_type: &'static str, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests;
