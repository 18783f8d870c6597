//! What a service wears and serves: a tower layer that counts every request exactly once, and the
//! admin routes `/metrics`, `/health` and `/ready`.
//!
//! ```
//! use axum::{Router, routing::get};
//! use rra_http::{Admin, ApiLayer, Report};
//! use rra_metrics::{Exposition, MetricsConfig, Route};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let config = MetricsConfig {
//!     routes: vec![Route::new("GET", "/api/v1/licenses/{id}")],
//!     ..MetricsConfig::default()
//! };
//! let (metrics, exposition) = Exposition::new(&config)?;
//!
//! let service: Router = Router::new()
//!     .route("/api/v1/licenses/{id}", get(|| async { "a licence" }))
//!     .layer(ApiLayer::new(metrics));
//!
//! // Port 0 takes any free port; a service uses `rra_http::DEFAULT_ADMIN_ADDRESS`.
//! let admin = Admin::new(exposition, Report::ready).serve("127.0.0.1:0".parse()?)?;
//! println!("metrics at http://{}/metrics", admin.address());
//! # let _ = service;
//! # Ok(())
//! # }
//! ```
//!
//! # Tour
//!
//! - [`ApiLayer`] moves the API metrics and gives every request a [`RequestContext`]: its id, its
//!   client, seen through [`Proxies`], its trace, and whom a handler found behind it. A handler says
//!   more about an error by answering with an [`ErrorType`] as an extension.
//! - [`CountedListener`] moves the gauge of open connections.
//! - [`Admin`] makes the admin [routes](Admin::routes) or [serves](Admin::serve) them beside the
//!   service, on a thread of their own; with a [`Token`], for some [`Network`]s only, encrypted.
//!   [`Readiness`] tells it what `/ready` answers.

mod admin;
mod body;
mod client_address;
mod connections;
mod context;
mod door;
mod error;
mod exchange;
mod forwarded;
mod given;
mod layer;
mod network;
mod outcome;
mod readiness;
mod request_id;
mod server;
mod span;
#[cfg(test)]
mod testing;
mod token;
mod trace_parent;

pub use admin::Admin;
pub use body::ApiBody;
pub use client_address::{Proxies, ProxyHeader};
pub use connections::{CountedConnection, CountedListener};
pub use context::{Attached, RequestContext};
#[cfg(feature = "tls")]
pub use door::Tls;
pub use error::Error;
pub use layer::{ApiFuture, ApiLayer, ApiService};
pub use network::Network;
pub use readiness::{Check, Readiness, Report};
pub use request_id::RequestId;
pub use rra_metrics::labels::ErrorType;
pub use server::{AdminServer, DEFAULT_ADMIN_ADDRESS};
#[cfg(feature = "tracing")]
pub use span::{BeginSpan, BegunSpan, Place, RequestSpan};
pub use token::Token;
