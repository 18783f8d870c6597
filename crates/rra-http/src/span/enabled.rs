//! One `tracing` span for each request, with the fields of OpenTelemetry's semantic conventions for
//! HTTP servers (version 1.37, "HTTP server").
//!
//! The path and the query are left out: keys travel in both, and the route says what was asked for.

use axum::http::header::USER_AGENT;
use axum::http::{HeaderMap, Version};
use rra_metrics::labels::ErrorType;
use rra_schema::TraceContext;
use rra_schema::metrics::labels::HTTP_METHOD;
use std::fmt;
use tracing::{Span, field, span};

use super::Beginning;
use crate::layer::ApiLayer;
use crate::outcome::Outcome;
use crate::trace_parent;

/// Longest part of a client's name for itself that is kept, in bytes.
const MAX_USER_AGENT: usize = 256;

/// Has a span made as part of the trace that the headers name.
pub type BeginSpan = fn(&HeaderMap, &dyn Fn() -> Span) -> BegunSpan;

/// The span of a request that has begun.
#[derive(Debug)]
pub struct BegunSpan {
    /// The span.
    pub span: Span,
    /// Its ids, which events then carry; without them, those that the caller named.
    pub trace: Option<TraceContext>,
    /// Whether anybody keeps what is said of it. Nothing more is said if not.
    pub is_kept: bool,
}

/// Whether requests get spans, and who makes them part of a trace.
#[derive(Clone, Debug)]
pub(crate) struct Spans(Option<BeginSpan>);

impl ApiLayer {
    /// Gives every request a span of `tracing`, in which its handler runs and the body of its answer
    /// is made. `begin` is given the headers of the request and what makes the span, and makes it part
    /// of the trace that the headers name.
    ///
    /// The fields are those of OpenTelemetry's conventions for HTTP servers, without path and query.
    ///
    /// ```
    /// # let config = rra_metrics::MetricsConfig::default();
    /// # let metrics = rra_metrics::Metrics::disabled(&config).unwrap();
    /// let layer = rra_http::ApiLayer::new(metrics).traced(|_headers, make| rra_http::BegunSpan {
    ///     span: make(),
    ///     trace: None,
    ///     is_kept: true,
    /// });
    /// # let _ = layer;
    /// ```
    pub fn traced(mut self, begin: BeginSpan) -> Self {
        self.settings_mut().spans = Spans(Some(begin));
        self
    }
}

impl BegunSpan {
    /// No span at all.
    pub const NONE: Self = Self {
        span: Span::none(),
        trace: None,
        is_kept: false,
    };
}

impl Spans {
    pub(crate) const NONE: Self = Self(None);

    pub(crate) fn begin(&self, beginning: Beginning<'_>) -> (RequestSpan, Option<TraceContext>) {
        let headers = &beginning.parts.headers;
        let begun = match self.0 {
            Some(begin) => begin(headers, &|| new(beginning)),
            None => BegunSpan::NONE,
        };
        let trace = begun.trace.or_else(|| trace_parent::read(headers));
        (RequestSpan(begun), trace)
    }
}

/// The span of a request.
#[derive(Debug)]
pub(crate) struct RequestSpan(BegunSpan);

impl RequestSpan {
    pub(crate) fn enter(&self) -> span::Entered<'_> {
        self.0.span.enter()
    }

    pub(crate) fn end(&self, outcome: Outcome) {
        let BegunSpan { span, is_kept, .. } = &self.0;
        if !is_kept {
            return;
        }
        span.record("http.response.status_code", outcome.status);
        // By the conventions, what a client did wrong is no error of the server's span.
        if outcome.is_failure() {
            let error = outcome.error.map(ErrorType::as_str);
            span.record("error.type", error);
            span.record("otel.status_code", "ERROR");
        }
    }
}

fn new(beginning: Beginning<'_>) -> Span {
    let Beginning {
        parts,
        route,
        client,
    } = beginning;
    let method = known_method(parts.method.as_str());
    tracing::info_span!(
        target: "rra_http",
        "request",
        otel.kind = "server",
        otel.name = %Name { method, route },
        otel.status_code = field::Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = field::Empty,
        "error.type" = field::Empty,
        client.address = client.map(field::display),
        network.protocol.version = version(parts.version),
        user_agent.original = user_agent(&parts.headers),
    )
}

/// `GET /a/{id}`, or the method alone where no route matched.
struct Name<'r> {
    method: &'r str,
    route: Option<&'r str>,
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // By the conventions, a method nobody knows is no part of a name.
        let method = if self.method == OTHER {
            "HTTP"
        } else {
            self.method
        };
        match self.route {
            Some(route) => write!(f, "{method} {route}"),
            None => f.write_str(method),
        }
    }
}

const OTHER: &str = "_OTHER";

/// The method if HTTP has it; a client may send any word.
fn known_method(method: &str) -> &str {
    let words = HTTP_METHOD.values;
    words.iter().find(|word| **word == method).unwrap_or(&OTHER)
}

fn version(version: Version) -> Option<&'static str> {
    match version {
        Version::HTTP_10 => Some("1.0"),
        Version::HTTP_11 => Some("1.1"),
        Version::HTTP_2 => Some("2"),
        Version::HTTP_3 => Some("3"),
        _ => None,
    }
}

/// What the client calls itself, if that is plain text, up to a bound.
fn user_agent(headers: &HeaderMap) -> Option<&str> {
    let name = headers.get(USER_AGENT)?.to_str().ok()?;
    // Every byte is a character: `to_str` takes visible ASCII only.
    Some(&name[..name.len().min(MAX_USER_AGENT)])
}

#[cfg(test)]
mod tests;
