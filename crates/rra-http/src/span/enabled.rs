//! One `tracing` span for each request, with the fields of OpenTelemetry's semantic conventions for
//! HTTP servers (version 1.37, "HTTP server").
//!
//! The path and the query are left out: keys travel in both, and the route says what was asked for. So
//! are scheme and host: behind a proxy they are not those that the client named.

use axum::http::header::USER_AGENT;
use axum::http::{HeaderMap, Version};
use rra_metrics::labels::ErrorType;
use rra_schema::TraceContext;
use rra_schema::metrics::labels::HTTP_METHOD;
use std::fmt;
use std::net::IpAddr;
use tracing::{Span, field, span};

use super::Beginning;
use crate::layer::ApiLayer;
use crate::outcome::Outcome;
use crate::trace_parent;

/// The name of every span; `otel.name` says more.
const NAME: &str = "request";
/// Longest part of a client's name for itself that is kept, in bytes.
const MAX_USER_AGENT: usize = 256;

/// Has a span made as part of the trace that the headers name. The text is the template of the
/// request's route, or the name of the span where it matched none.
pub type BeginSpan = fn(&HeaderMap, &str, &dyn Fn() -> Span) -> BegunSpan;

/// The span of a request that has begun.
#[derive(Debug)]
pub struct BegunSpan {
    /// The span, or what stands for it.
    pub span: RequestSpan,
    /// Its ids, which events then carry; without them, those that the caller named.
    pub trace: Option<TraceContext>,
}

/// What a request is done in.
#[derive(Debug)]
pub enum RequestSpan {
    /// Nothing.
    None,
    /// A span that somebody keeps: it is told how the request ends.
    Kept(Span),
    /// A span that nobody keeps, so that nothing more is said of it.
    Unkept(Span),
    /// A place in a trace, without a span.
    Place(Box<dyn Place>),
}

/// A place in a trace, that of a request nobody wants a span of.
pub trait Place: fmt::Debug + Send + Sync {
    /// Puts this thread there until [`exit`](Self::exit).
    fn enter(&self);

    /// Ends what the last [`enter`](Self::enter) of this thread began.
    fn exit(&self);
}

/// What a thread is in, until dropped, by unwinding too.
pub(crate) enum Inside<'s> {
    Nothing,
    Span { _entered: span::Entered<'s> },
    Place(&'s dyn Place),
}

/// Whether requests get spans, and who makes them part of a trace.
#[derive(Clone, Debug)]
pub(crate) struct Spans(Option<BeginSpan>);

impl ApiLayer {
    /// Gives every request a span of `tracing`, in which its handler runs and the body of its answer
    /// is made. `begin` is given the headers of the request, its route and what makes the span, and
    /// makes it part of the trace that the headers name.
    ///
    /// The fields are those of OpenTelemetry's conventions for HTTP servers, without any part of the URL.
    ///
    /// ```
    /// # let config = rra_metrics::MetricsConfig::default();
    /// # let metrics = rra_metrics::Metrics::disabled(&config).unwrap();
    /// let layer = rra_http::ApiLayer::new(metrics).traced(|_headers, _route, make| rra_http::BegunSpan {
    ///     span: rra_http::RequestSpan::Kept(make()),
    ///     trace: None,
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
        span: RequestSpan::None,
        trace: None,
    };
}

impl Spans {
    pub(crate) const NONE: Self = Self(None);

    pub(crate) fn begin(&self, beginning: Beginning<'_>) -> (RequestSpan, Option<TraceContext>) {
        let headers = &beginning.parts.headers;
        let route = beginning.route.unwrap_or(NAME);
        let begun = match self.0 {
            Some(begin) => begin(headers, route, &|| new(beginning)),
            None => BegunSpan::NONE,
        };
        let trace = begun
            .trace
            .or_else(|| trace_parent::read(beginning.trace_parent?));
        (begun.span, trace)
    }
}

impl RequestSpan {
    pub(crate) fn enter(&self) -> Inside<'_> {
        match self {
            Self::None => Inside::Nothing,
            Self::Kept(span) | Self::Unkept(span) => Inside::Span {
                _entered: span.enter(),
            },
            Self::Place(place) => {
                place.enter();
                Inside::Place(&**place)
            }
        }
    }

    pub(crate) fn end(&self, outcome: Outcome) {
        let Self::Kept(span) = self else {
            return;
        };
        span.record("http.response.status_code", outcome.status);
        // By the conventions, what a client did wrong is no error of the server's span.
        if outcome.is_failure() {
            let error = outcome.error.map(ErrorType::as_str);
            span.record("error.type", error);
            span.record("otel.status_code", "ERROR");
        }
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        if let Self::Place(place) = self {
            place.exit();
        }
    }
}

fn new(beginning: Beginning<'_>) -> Span {
    let Beginning {
        parts,
        route,
        client,
        ..
    } = beginning;
    let method = known_method(parts.method.as_str());
    tracing::info_span!(
        target: "rra_http",
        NAME,
        otel.kind = "server",
        otel.name = %Name { method, route },
        otel.status_code = field::Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = field::Empty,
        "error.type" = field::Empty,
        client.address = client.map(Address).map(field::display),
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
        f.write_str(method)?;
        // Text by text: formatting a text with others takes several times as long.
        match self.route {
            Some(route) => f.write_str(" ").and_then(|()| f.write_str(route)),
            None => Ok(()),
        }
    }
}

/// An address as it writes itself, in a fraction of the time where it is IPv4.
struct Address(IpAddr);

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let IpAddr::V4(address) = self.0 else {
            return self.0.fmt(f);
        };
        let mut text = String::with_capacity("255.255.255.255".len());
        for octet in address.octets() {
            if !text.is_empty() {
                text.push('.');
            }
            for place in [100, 10, 1] {
                if octet >= place || place == 1 {
                    text.push(char::from(b'0' + octet / place % 10));
                }
            }
        }
        f.write_str(&text)
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
