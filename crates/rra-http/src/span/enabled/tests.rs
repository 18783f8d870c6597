//! What a subscriber is told of a request.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use axum::routing::get;
use rra_schema::{SpanId, TraceId};
use tower::ServiceExt;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::*;
use crate::context::RequestContext;
use crate::testing::open;

/// Keeps the fields of the one span that is made.
#[derive(Clone, Default)]
struct Fields(Arc<Mutex<BTreeMap<&'static str, String>>>);

impl Visit for &Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let mut fields = self.0.lock().expect("no panic");
        let text = format!("{value:?}");
        fields.insert(field.name(), text.trim_matches('"').to_owned());
    }
}

impl Subscriber for Fields {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "rra_http"
    }
    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut &*self);
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut &*self);
    }
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// The ids of the span.
fn own() -> TraceContext {
    TraceContext {
        trace_id: TraceId::from_bytes([7; 16]).expect("not zero"),
        span_id: SpanId::from_bytes([8; 8]).expect("not zero"),
    }
}

/// Sends a request to a traced service; gives the fields of its span and what its handler knew.
async fn send(method: &str, path: &str) -> (BTreeMap<&'static str, String>, String) {
    let fields = Fields::default();
    let _subscriber = tracing::subscriber::set_default(fields.clone());
    let (metrics, _) = open();
    let handler = || async {
        let trace = RequestContext::current().and_then(|context| context.trace());
        format!("{trace:?}")
    };
    let service = Router::new()
        .route("/a/{id}", get(handler))
        .route("/broken", get(|| async { StatusCode::BAD_GATEWAY }))
        .layer(ApiLayer::new(metrics).traced(|_, _, make| BegunSpan {
            span: RequestSpan::Kept(make()),
            trace: Some(own()),
        }));
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("user-agent", "x".repeat(300))
        .body(Body::empty());
    let Ok(answer) = service.oneshot(request.expect("a request")).await;
    let body = to_bytes(answer.into_body(), 1_000).await.expect("a body");
    let fields = fields.0.lock().expect("no panic").clone();
    (fields, String::from_utf8(body.to_vec()).expect("text"))
}

/// Compares some fields of the span of a request; an empty one must not be there.
async fn check(method: &str, path: &str, expected: &[(&str, &str)]) {
    let (fields, _) = send(method, path).await;
    for (name, value) in expected {
        let found = fields.get(name).map_or("", String::as_str);
        assert_eq!(found, *value, "{name} of {method} {path}");
    }
}

#[tokio::test]
async fn a_span_says_what_was_asked_for_and_how_it_ended() {
    check(
        "GET",
        "/a/17?key=secret",
        &[
            ("otel.kind", "server"),
            ("otel.name", "GET /a/{id}"),
            ("http.request.method", "GET"),
            ("http.route", "/a/{id}"),
            ("http.response.status_code", "200"),
            ("network.protocol.version", "1.1"),
            ("user_agent.original", &"x".repeat(256)),
            ("otel.status_code", ""),
            ("error.type", ""),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_failure_of_the_service_is_an_error_of_the_span() {
    check(
        "GET",
        "/broken",
        &[
            ("http.response.status_code", "502"),
            ("otel.status_code", "ERROR"),
            ("error.type", "upstream"),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_mistake_of_the_client_is_none() {
    check(
        "GET",
        "/secret",
        &[
            ("otel.name", "GET"),
            ("http.route", ""),
            ("http.response.status_code", "404"),
            ("otel.status_code", ""),
        ],
    )
    .await;
}

#[tokio::test]
async fn an_invented_method_is_in_no_name() {
    check(
        "BREW",
        "/a/1",
        &[
            ("otel.name", "HTTP /a/{id}"),
            ("http.request.method", "_OTHER"),
        ],
    )
    .await;
}

#[tokio::test]
async fn no_field_has_the_path_or_the_query() {
    let (fields, _) = send("GET", "/a/key17?key=secret").await;
    let all = format!("{fields:?}");
    assert!(!all.contains("key17") && !all.contains("secret"), "{all}");
}

/// How deep a thread is inside of it, and how often anything was.
#[derive(Clone, Debug, Default)]
struct Depth(Arc<Mutex<(i32, u32)>>);

impl Place for Depth {
    fn enter(&self) {
        let mut depth = self.0.lock().expect("no panic");
        *depth = (depth.0 + 1, depth.1 + 1);
    }

    fn exit(&self) {
        self.0.lock().expect("no panic").0 -= 1;
    }
}

#[tokio::test]
async fn a_place_is_left_as_often_as_it_is_entered() {
    static PLACE: std::sync::OnceLock<Depth> = std::sync::OnceLock::new();
    let depth = PLACE.get_or_init(Depth::default).clone();
    let inside = depth.clone();
    let handler = move || async move {
        tokio::task::yield_now().await;
        inside.0.lock().expect("no panic").0.to_string()
    };
    let (metrics, _) = open();
    let service = Router::new()
        .route("/", get(handler))
        .layer(ApiLayer::new(metrics).traced(|_, _, _| BegunSpan {
            span: RequestSpan::Place(Box::new(PLACE.get().cloned().unwrap_or_default())),
            trace: None,
        }));
    let request = Request::get("/").body(Body::empty()).expect("a request");
    let Ok(answer) = service.oneshot(request).await;
    let body = to_bytes(answer.into_body(), 1_000).await.expect("a body");
    assert_eq!(body, "1", "the handler is inside");
    let (now, entered) = *depth.0.lock().expect("no panic");
    assert!(now == 0 && entered > 1, "{now} {entered}");
}

#[test]
fn an_address_is_written_as_it_writes_itself() {
    let addresses = ["0.0.0.0", "1.20.100.255", "10.9.99.109", "2001:db8::1"];
    for text in addresses {
        let address = text.parse().expect("an address");
        assert_eq!(Address(address).to_string(), text);
    }
}

#[tokio::test]
async fn events_are_told_the_ids_of_the_span() {
    let (_, known) = send("GET", "/a/1").await;
    assert_eq!(known, format!("{:?}", Some(own())));
}
