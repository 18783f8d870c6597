//! A request is counted under its route, never under its path, and its handler is told of it.

use std::net::SocketAddr;

use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Method, StatusCode};
use axum::routing::{get, post};
use axum::{Extension, Router};
use rra_metrics::labels::ErrorType;
use tower::ServiceExt;

use super::*;
use crate::testing::{counted, open};

fn service(metrics: &Metrics) -> Router {
    Router::new()
        .route("/a/{id}", get(|| async { "a" }))
        .route("/a/{id}", post(|| async { StatusCode::CREATED }))
        .route(
            "/declared",
            get(|| async {
                let declared = Extension(ErrorType::Blockchain);
                (
                    StatusCode::BAD_GATEWAY,
                    declared,
                    "the node does not answer",
                )
            }),
        )
        .nest(
            "/nested",
            Router::new().route("/b", get(|| async { StatusCode::NOT_FOUND })),
        )
        .layer(ApiLayer::new(metrics.clone()))
}

fn request(method: &str, path: &str) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri(path)
        .body(Body::empty())
        .expect("a request")
}

/// The answer of a service, read to its end, and its id.
async fn send(service: Router, request: Request<Body>) -> (String, String) {
    let Ok(answer) = service.oneshot(request).await;
    let id = answer.headers()[&given::REQUEST_ID].to_str().expect("text");
    let id = id.to_owned();
    let body = to_bytes(answer.into_body(), 1_000).await.expect("a body");
    (String::from_utf8(body.to_vec()).expect("text"), id)
}

/// Sends one request and compares the counters of the API that moved.
async fn check(method: &str, path: &str, moved: &[&str]) {
    let (metrics, exposition) = open();
    send(service(&metrics), request(method, path)).await;
    assert_eq!(counted(&exposition), moved, "{method} {path}");
}

#[tokio::test]
async fn a_request_is_counted_under_its_template() {
    check(
        "GET",
        "/a/17?key=secret",
        &[
            "request_duration_seconds_count{method=\"GET\",endpoint=\"/a/{id}\"} 1",
            "requests_total{method=\"GET\",endpoint=\"/a/{id}\",status=\"200\"} 1",
        ],
    )
    .await;
}

#[tokio::test]
async fn methods_of_one_route_are_told_apart() {
    check(
        "POST",
        "/a/17",
        &[
            "request_duration_seconds_count{method=\"POST\",endpoint=\"/a/{id}\"} 1",
            "requests_total{method=\"POST\",endpoint=\"/a/{id}\",status=\"201\"} 1",
        ],
    )
    .await;
}

#[tokio::test]
async fn a_nested_route_is_counted_under_its_whole_template() {
    check(
        "GET",
        "/nested/b",
        &[
            "errors_total{method=\"GET\",endpoint=\"/nested/b\",error_type=\"not_found\"} 1",
            "request_duration_seconds_count{method=\"GET\",endpoint=\"/nested/b\"} 1",
            "requests_total{method=\"GET\",endpoint=\"/nested/b\",status=\"404\"} 1",
        ],
    )
    .await;
}

#[tokio::test]
async fn a_path_that_no_route_matches_is_not_in_any_label() {
    check(
        "GET",
        "/wp-admin/../../etc/passwd",
        &[
            "errors_total{method=\"GET\",endpoint=\"_unmatched\",error_type=\"not_found\"} 1",
            "request_duration_seconds_count{method=\"GET\",endpoint=\"_unmatched\"} 1",
            "requests_total{method=\"GET\",endpoint=\"_unmatched\",status=\"404\"} 1",
        ],
    )
    .await;
}

#[tokio::test]
async fn an_invented_method_is_another_method() {
    check(
        "BREW",
        "/a/17",
        &[
            "errors_total{method=\"_OTHER\",endpoint=\"/a/{id}\",error_type=\"other\"} 1",
            "request_duration_seconds_count{method=\"_OTHER\",endpoint=\"/a/{id}\"} 1",
            "requests_total{method=\"_OTHER\",endpoint=\"/a/{id}\",status=\"405\"} 1",
        ],
    )
    .await;
}

#[tokio::test]
async fn a_handler_can_say_what_kind_of_error_it_was() {
    check(
        "GET",
        "/declared",
        &[
            "errors_total{method=\"GET\",endpoint=\"_other\",error_type=\"blockchain\"} 1",
            "request_duration_seconds_count{method=\"GET\",endpoint=\"_other\"} 1",
            "requests_total{method=\"GET\",endpoint=\"_other\",status=\"502\"} 1",
        ],
    )
    .await;
}

#[tokio::test]
async fn two_layers_count_a_request_once() {
    let (metrics, exposition) = open();
    let service = service(&metrics).layer(ApiLayer::new(metrics));
    send(service, request("GET", "/a/1")).await;
    let expected = "requests_total{method=\"GET\",endpoint=\"/a/{id}\",status=\"200\"} 1";
    assert!(counted(&exposition).contains(&expected.to_owned()));
}

#[tokio::test]
async fn a_request_within_a_request_is_part_of_it() {
    let (metrics, exposition) = open();
    let inner = service(&metrics);
    let handler = move || async move {
        let outside = RequestContext::current().map(|context| context.request_id().to_string());
        let (_, _) = (inner.oneshot(request("GET", "/a/1")).await, &outside);
        outside.expect("a request")
    };
    let outer = Router::new()
        .route("/nested/b", get(handler))
        .layer(ApiLayer::new(metrics));
    let (seen, returned) = send(outer, request("GET", "/nested/b")).await;
    assert_eq!(seen, returned);
    let of_requests = |line: &String| line.starts_with("requests_total");
    assert_eq!(
        counted(&exposition)
            .iter()
            .filter(|line| of_requests(line))
            .count(),
        1
    );
}

/// The id that a handler sees and the id of the answer, for a request with this id.
async fn ids(sent: Option<&str>) -> (String, String) {
    let (metrics, _) = open();
    let handler = || async {
        let context = RequestContext::current().expect("a request");
        context.request_id().to_string()
    };
    let service = Router::new()
        .route("/", get(handler))
        .layer(ApiLayer::new(metrics));
    let mut request = request("GET", "/");
    if let Some(id) = sent {
        let id = id.parse().expect("a header value");
        request.headers_mut().insert(&given::REQUEST_ID, id);
    }
    send(service, request).await
}

#[tokio::test]
async fn the_client_s_id_reaches_handler_and_answer() {
    let (seen, returned) = ids(Some("req_868523")).await;
    assert_eq!(
        (seen.as_str(), returned.as_str()),
        ("req_868523", "req_868523")
    );
}

#[tokio::test]
async fn a_new_id_reaches_handler_and_answer() {
    let (seen, returned) = ids(None).await;
    assert_eq!(seen.len(), 36);
    assert_eq!(seen, returned);
}

#[tokio::test]
async fn an_unfit_id_is_replaced() {
    let (seen, returned) = ids(Some("\"><script>")).await;
    assert_eq!(seen.len(), 36);
    assert_eq!(seen, returned);
}

#[tokio::test]
async fn a_handler_is_told_the_client_s_address() {
    let (metrics, _) = open();
    let handler = || async {
        let context = RequestContext::current().expect("a request");
        context.client_address().expect("an address").to_string()
    };
    let network = "192.0.2.0/24".parse().expect("a network");
    let service = Router::new()
        .route("/", get(handler))
        .layer(ApiLayer::new(metrics).behind(Proxies::new([network])));
    let mut request = request("GET", "/");
    let forwarded = "203.0.113.9".parse().expect("a header value");
    request.headers_mut().insert("x-forwarded-for", forwarded);
    let peer = ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 4711)));
    request.extensions_mut().insert(peer);
    assert_eq!(send(service, request).await.0, "203.0.113.9");
}

#[tokio::test]
async fn a_handler_is_told_the_caller_s_trace() {
    let (metrics, _) = open();
    let handler = || async {
        let trace = RequestContext::current().and_then(|context| context.trace());
        trace.map_or_else(String::new, |trace| trace.trace_id.to_string())
    };
    let service = Router::new()
        .route("/", get(handler))
        .layer(ApiLayer::new(metrics));
    let mut request = request("GET", "/");
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let parent = parent.parse().expect("a header value");
    request.headers_mut().insert("traceparent", parent);
    let (seen, _) = send(service, request).await;
    assert_eq!(seen, "0af7651916cd43dd8448eb211c80319c");
}

#[tokio::test]
async fn a_thousand_paths_and_methods_make_no_more_series_than_the_routes() {
    let (metrics, _) = open();
    let service = service(&metrics);
    for n in 0..1_000 {
        let method = Method::from_bytes(format!("M{n}").as_bytes()).expect("a token");
        let request = request(method.as_str(), &format!("/path/{n}"));
        send(service.clone(), request).await;
    }
    let after_many = metrics.series();
    send(service, request("M1", "/path/1")).await;
    assert_eq!(metrics.series(), after_many);
    let (fresh, _) = open();
    // One request counter, one error counter, one histogram of 15 buckets.
    assert_eq!(after_many, fresh.series() + 1 + 1 + 18);
}
