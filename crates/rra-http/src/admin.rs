//! The admin routes: `/metrics`, `/health`, `/ready`, for GET and HEAD.
//!
//! Metrics tell agents' names and business volume, so they belong on a listener of their own and
//! not on the public one.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, Response, StatusCode};
use axum::routing::get;
use rra_metrics::{Exposition, TEXT_CONTENT_TYPE};
use tokio::sync::Mutex;

use crate::error::Error;
use crate::readiness::Readiness;
use crate::server::{self, AdminServer};

const JSON_CONTENT_TYPE: &str = "application/json";

/// The admin routes of one service.
#[derive(Clone)]
pub struct Admin(Arc<Shared>);

struct Shared {
    exposition: Exposition,
    readiness: Box<dyn Readiness>,
    last: Mutex<Option<Rendering>>,
}

/// A rendering and when it was begun.
struct Rendering {
    begun: Instant,
    text: Bytes,
}

impl Admin {
    /// The routes for these metrics; `readiness` is asked for every answer of `/ready`.
    pub fn new(exposition: Exposition, readiness: impl Readiness) -> Self {
        Self(Arc::new(Shared {
            exposition,
            readiness: Box::new(readiness),
            last: Mutex::new(None),
        }))
    }

    /// The routes as a router, to serve or to merge:
    ///
    /// - `/metrics`: Prometheus text
    /// - `/health`: 200 while the process can answer at all
    /// - `/ready`: JSON, 200 or 503
    pub fn routes(&self) -> Router {
        Router::new()
            .route("/metrics", get(metrics))
            .route("/health", get(health))
            .route("/ready", get(ready))
            .with_state(self.clone())
    }

    /// Serves the routes on a thread of their own, inside any async runtime or without one, until
    /// the result is dropped. [`DEFAULT_ADMIN_ADDRESS`](crate::DEFAULT_ADMIN_ADDRESS) is where the
    /// shipped Prometheus configuration looks; port 0 takes any free port.
    ///
    /// # Errors
    /// [`Error::Bind`] when the address cannot be used, [`Error::Start`] when the system gives no
    /// thread.
    pub fn serve(&self, address: SocketAddr) -> Result<AdminServer, Error> {
        server::start(address, self.routes())
    }
}

impl std::fmt::Debug for Admin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Admin")
    }
}

async fn metrics(State(admin): State<Admin>) -> Response<Body> {
    match rendering(&admin.0).await {
        Some(text) => answer(StatusCode::OK, TEXT_CONTENT_TYPE, text),
        None => answer(
            StatusCode::INTERNAL_SERVER_ERROR,
            JSON_CONTENT_TYPE,
            r#"{"error":"the metrics could not be rendered"}"#,
        ),
    }
}

async fn health() -> Response<Body> {
    answer(StatusCode::OK, JSON_CONTENT_TYPE, r#"{"status":"ok"}"#)
}

async fn ready(State(admin): State<Admin>) -> Response<Body> {
    let report = admin.0.readiness.report();
    let status = if report.is_ready() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    answer(status, JSON_CONTENT_TYPE, report.to_json())
}

/// The metrics as they are now, `None` if rendering panicked. Requests that wait for the same
/// rendering share the next one, so any number of scrapes costs two at a time.
async fn rendering(shared: &Shared) -> Option<Bytes> {
    let asked = Instant::now();
    let mut last = shared.last.lock().await;
    if let Some(rendering) = last.as_ref().filter(|last| last.begun >= asked) {
        return Some(rendering.text.clone());
    }
    let begun = Instant::now();
    let exposition = shared.exposition.clone();
    let text = tokio::task::spawn_blocking(move || exposition.render())
        .await
        .ok()?;
    let text = Bytes::from(text);
    *last = Some(Rendering {
        begun,
        text: text.clone(),
    });
    Some(text)
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
