//! One request and its answer, from the first byte to the last: counted once, however it ends.
//!
//! Owns when a request begins and ends, and what surrounds the work on it. What it is counted as is
//! [`outcome`](crate::outcome)'s.

use std::time::Instant;

use axum::http::header::CONTENT_LENGTH;
use axum::http::request::Parts;
use axum::http::{Method, Response, StatusCode};
use hyper::body::Body;
use rra_metrics::labels::ErrorType;
use rra_metrics::{Endpoint, Metrics, RouteId};

use crate::context::{Inside, RequestContext};
use crate::given::Given;
use crate::layer::Settings;
use crate::outcome::Outcome;
use crate::request_id::RequestId;
use crate::span::{Beginning, RequestSpan};

/// A request that has begun. Counts it when dropped, so that no way out is forgotten.
#[derive(Debug)]
pub(crate) struct Exchange {
    metrics: Metrics,
    route: RouteId,
    start: Instant,
    method: Method,
    /// On the thread while that works on the request.
    context: Option<RequestContext>,
    span: RequestSpan,
    answer: Option<Outcome>,
    is_whole: bool,
}

impl Exchange {
    pub(crate) fn begin(settings: &Settings, parts: &Parts) -> Self {
        let start = Instant::now();
        let template = settings.template(parts);
        let endpoint = template.map_or(Endpoint::Unmatched, Endpoint::Template);
        let api = settings.metrics.api();
        let route = api.route(parts.method.as_str(), endpoint);
        let client = settings.proxies.client(parts);
        let given = Given::in_headers(&parts.headers);
        let (span, trace) = settings.spans.begin(Beginning {
            parts,
            route: template,
            client,
            trace_parent: given.trace_parent,
        });
        let request_id = RequestId::of(given.request_id);
        api.in_flight().up();
        Self {
            metrics: settings.metrics.clone(),
            route,
            start,
            method: parts.method.clone(),
            context: Some(RequestContext::new(request_id, client, trace)),
            span,
            answer: None,
            is_whole: false,
        }
    }

    /// The id, for the head of the answer.
    pub(crate) fn request_id(&self) -> Option<&RequestId> {
        self.context.as_ref().map(RequestContext::request_id)
    }

    /// Does a step of the work inside of the request. If it panics, the request is counted and over.
    pub(crate) fn step<T>(exchange: &mut Option<Self>, work: impl FnOnce() -> T) -> T {
        let exchange = OverOnPanic(exchange);
        let _inside = exchange
            .0
            .as_mut()
            .map(|exchange| (Inside::begin(&mut exchange.context), exchange.span.enter()));
        work()
    }

    /// Notes the head of the answer. Returns how many bytes of its body are to come, if that is known
    /// before they are there.
    pub(crate) fn answered<B: Body>(&mut self, response: &Response<B>) -> Option<u64> {
        self.answer = Some(Outcome::of(response));
        if self.has_no_body(response.status()) {
            return Some(0);
        }
        if response.body().is_end_stream() {
            return Some(0);
        }
        let declared = || {
            let length = response.headers().get(CONTENT_LENGTH)?;
            length.to_str().ok()?.parse().ok()
        };
        response.body().size_hint().exact().or_else(declared)
    }

    /// The service failed without an answer.
    pub(crate) fn failed(&mut self) {
        self.answer = Some(Outcome::FAILED);
        self.is_whole = true;
    }

    /// The last byte was handed to the server.
    pub(crate) fn completed(mut self) {
        self.is_whole = true;
    }

    /// The body could not be made to its end.
    pub(crate) fn broke_off(mut self) {
        self.answer = self
            .answer
            .map(|answer| answer.cut_short(ErrorType::Internal));
        self.is_whole = true;
    }

    /// Whether servers send nothing behind such a head (RFC 9110, sections 6.4.1 and 9.3.6).
    fn has_no_body(&self, status: StatusCode) -> bool {
        self.method == Method::HEAD
            || self.method == Method::CONNECT && status.is_success()
            || status.is_informational()
            || status == StatusCode::NO_CONTENT
            || status == StatusCode::NOT_MODIFIED
    }

    fn outcome(&self) -> Outcome {
        match self.answer {
            Some(answer) if self.is_whole => answer,
            Some(answer) if std::thread::panicking() => answer.cut_short(ErrorType::Internal),
            Some(answer) => answer.cut_short(ErrorType::Canceled),
            None if std::thread::panicking() => Outcome::FAILED,
            None => Outcome::CANCELED,
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let outcome = self.outcome();
        let api = self.metrics.api();
        api.requests(self.route, outcome.status).increment(1);
        api.duration(self.route).record(self.start.elapsed());
        if let Some(error_type) = outcome.error {
            api.errors(self.route, error_type).increment(1);
        }
        api.in_flight().down();
        self.span.end(outcome);
    }
}

/// Ends the exchange while a panic unwinds, where it can still tell that from a client that left.
struct OverOnPanic<'e>(&'e mut Option<Exchange>);

impl Drop for OverOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.take();
        }
    }
}

#[cfg(test)]
mod tests;
