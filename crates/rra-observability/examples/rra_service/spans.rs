//! One span for each request, part of the trace its caller names. What happens in a handler becomes
//! part of it.

use axum::extract::{MatchedPath, Request};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;
use tracing::{Instrument, field};

/// Runs the request inside of its span.
pub(crate) async fn in_span(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    let span = tracing::info_span!(
        "request",
        otel.kind = "server",
        http.request.method = %request.method(),
        http.route = route.map(MatchedPath::as_str),
        http.response.status_code = field::Empty,
    );
    continue_trace(&span, request.headers());
    let response = next.run(request).instrument(span.clone()).await;
    span.record("http.response.status_code", response.status().as_u16());
    response
}

fn continue_trace(span: &tracing::Span, headers: &HeaderMap) {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(parent) = text("traceparent") {
        rra_observability::otel::continue_trace(span, parent, text("tracestate"));
    }
}
