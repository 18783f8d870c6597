//! The span of a request, or its absence: the feature `tracing` swaps the whole part.

#[cfg(not(feature = "tracing"))]
mod disabled;
#[cfg(feature = "tracing")]
mod enabled;

#[cfg(not(feature = "tracing"))]
pub(crate) use disabled::{RequestSpan, Spans};
#[cfg(feature = "tracing")]
pub(crate) use enabled::Spans;
#[cfg(feature = "tracing")]
pub use enabled::{BeginSpan, BegunSpan, Place, RequestSpan};

use std::net::IpAddr;

use axum::http::HeaderValue;
use axum::http::request::Parts;

/// What is known of a request when its span begins.
#[cfg_attr(
    not(feature = "tracing"),
    expect(dead_code, reason = "without the feature no span says it")
)]
#[derive(Clone, Copy)]
pub(crate) struct Beginning<'r> {
    pub(crate) parts: &'r Parts,
    pub(crate) route: Option<&'r str>,
    pub(crate) client: Option<IpAddr>,
    pub(crate) trace_parent: Option<&'r HeaderValue>,
}
