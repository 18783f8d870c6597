//! Every way a request can end is counted once and under its route, never under its path.

use std::convert::Infallible;
use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Waker;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use axum::routing::{get, post};
use axum::{Extension, Router};
use rra_metrics::labels::ErrorType;
use rra_metrics::{Exposition, MetricsConfig, Route};
use tower::ServiceExt;

use super::*;

fn open() -> (Metrics, Exposition) {
    let config = MetricsConfig {
        routes: vec![
            Route::new("GET", "/a/{id}"),
            Route::new("POST", "/a/{id}"),
            Route::new("GET", "/nested/b"),
        ],
        ..MetricsConfig::default()
    };
    Exposition::new(&config).expect("a valid configuration")
}

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

/// Sends one request and compares the counters of the API that moved.
async fn check(method: &str, path: &str, moved: &[&str]) {
    let (metrics, exposition) = open();
    let answer = service(&metrics).oneshot(request(method, path)).await;
    let Ok(_) = answer;
    assert_eq!(counted(&exposition), moved, "{method} {path}");
}

/// The counters of requests and errors that are not zero, without their common start.
fn counted(exposition: &Exposition) -> Vec<String> {
    exposition
        .render()
        .lines()
        .filter(|line| !line.ends_with(" 0"))
        .filter(|line| {
            line.starts_with("rra_api_requests_total")
                || line.starts_with("rra_api_errors_total")
                || line.starts_with("rra_api_requests_in_flight")
                || line.starts_with("rra_api_request_duration_seconds_count")
        })
        .map(|line| line.trim_start_matches("rra_api_").to_owned())
        .collect()
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
    let Ok(_) = service.oneshot(request("GET", "/a/1")).await;
    let expected = "requests_total{method=\"GET\",endpoint=\"/a/{id}\",status=\"200\"} 1";
    assert!(counted(&exposition).contains(&expected.to_owned()));
}

/// A layer around a service that is nothing but this function.
fn around<F, T>(metrics: &Metrics, handler: F) -> impl Service<Request<()>, Future: Future>
where
    F: Fn() -> T + Clone,
    T: Future<Output = Result<Response<()>, Infallible>>,
{
    let layer = ApiLayer::with_template(metrics.clone(), |_| Some("/a/{id}"));
    layer.layer(tower::service_fn(move |_: Request<()>| handler()))
}

/// Polls a request to this handler once, drops it, and compares what was counted.
fn check_end<F, T>(handler: F, status: &str, error: &str)
where
    F: Fn() -> T + Clone,
    T: Future<Output = Result<Response<()>, Infallible>>,
{
    let (metrics, exposition) = open();
    let mut service = around(&metrics, handler);
    // A handler that panics does so in here; what it leaves behind is what is looked at.
    let _ = catch_unwind(AssertUnwindSafe(|| {
        let mut answer = Box::pin(service.call(Request::new(())));
        let _ = answer
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
    }));
    let expected = [
        format!("errors_total{{method=\"GET\",endpoint=\"/a/{{id}}\",error_type=\"{error}\"}} 1"),
        "request_duration_seconds_count{method=\"GET\",endpoint=\"/a/{id}\"} 1".to_owned(),
        format!("requests_total{{method=\"GET\",endpoint=\"/a/{{id}}\",status=\"{status}\"}} 1"),
    ];
    assert_eq!(counted(&exposition), expected);
}

#[test]
fn a_client_that_leaves_is_counted_as_canceled() {
    check_end(pending, "499", "canceled");
}

#[test]
fn a_handler_that_panics_is_counted_as_internal() {
    check_end(
        || async { panic!("a fault of the handler") },
        "500",
        "internal",
    );
}

#[test]
fn a_service_that_panics_before_it_answers_is_counted_as_internal() {
    let handler = || -> std::future::Ready<_> { panic!("a fault of the service") };
    check_end(handler, "500", "internal");
}

#[test]
fn a_panic_caught_outside_is_counted_before_the_answer_is_dropped() {
    let (metrics, exposition) = open();
    let mut service = around(&metrics, || async { panic!("a fault of the handler") });
    let mut answer = Box::pin(service.call(Request::new(())));
    let mut poll = || {
        answer
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
            .is_ready()
    };
    let caught = catch_unwind(AssertUnwindSafe(&mut poll));
    assert!(caught.is_err(), "the panic goes on its way");
    let while_it_lives = counted(&exposition);
    drop(answer);
    assert_eq!(counted(&exposition), while_it_lives);
    assert_eq!(while_it_lives.len(), 3);
}

#[tokio::test]
async fn a_service_that_fails_is_counted_as_internal() {
    let (metrics, exposition) = open();
    let failing = tower::service_fn(|_: Request<()>| async { Err::<Response<()>, _>("broken") });
    let layer = ApiLayer::with_template(metrics, |_| None);
    let answer = layer.layer(failing).oneshot(Request::new(())).await;
    assert_eq!(answer.expect_err("it fails"), "broken");
    let expected = "requests_total{method=\"GET\",endpoint=\"_unmatched\",status=\"500\"} 1";
    assert!(counted(&exposition).contains(&expected.to_owned()));
}

#[test]
fn a_request_is_in_flight_until_it_is_answered() {
    let (metrics, exposition) = open();
    let mut service = around(&metrics, pending);
    let answer = service.call(Request::new(()));
    assert_eq!(counted(&exposition), ["requests_in_flight 1"]);
    drop(answer);
    assert!(!counted(&exposition).contains(&"requests_in_flight 1".to_owned()));
}

/// The id that a handler sees and the id of the answer, for a request with this id.
async fn ids(sent: Option<&str>) -> (String, String) {
    let (metrics, _) = open();
    let handler = |Extension(id): Extension<RequestId>| async move { id.to_string() };
    let service = Router::new()
        .route("/", get(handler))
        .layer(ApiLayer::new(metrics));
    let mut request = request("GET", "/");
    if let Some(id) = sent {
        let id = id.parse().expect("a header value");
        request.headers_mut().insert(request_id::HEADER, id);
    }
    let Ok(answer) = service.oneshot(request).await;
    let returned = answer.headers()[request_id::HEADER]
        .to_str()
        .expect("text")
        .to_owned();
    let body = axum::body::to_bytes(answer.into_body(), 1_000)
        .await
        .expect("a body");
    (String::from_utf8(body.to_vec()).expect("text"), returned)
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
    assert!(seen.starts_with("req_"));
    assert_eq!(seen, returned);
}

#[tokio::test]
async fn an_unfit_id_is_replaced() {
    let (seen, returned) = ids(Some("\"><script>")).await;
    assert!(seen.starts_with("req_"));
    assert_eq!(seen, returned);
}

#[tokio::test]
async fn a_handler_is_told_the_client_s_address() {
    let (metrics, _) = open();
    let handler =
        |Extension(client): Extension<ClientAddress>| async move { client.ip().to_string() };
    let service = Router::new()
        .route("/", get(handler))
        .layer(ApiLayer::new(metrics).behind_proxies(1));
    let mut request = request("GET", "/");
    let forwarded = "203.0.113.9".parse().expect("a header value");
    request.headers_mut().insert("x-forwarded-for", forwarded);
    let Ok(answer) = service.oneshot(request).await;
    let body = axum::body::to_bytes(answer.into_body(), 1_000)
        .await
        .expect("a body");
    assert_eq!(body, "203.0.113.9");
}

#[tokio::test]
async fn a_thousand_paths_and_methods_make_no_more_series_than_the_routes() {
    let (metrics, _) = open();
    let service = service(&metrics);
    for n in 0..1_000 {
        let method = Method::from_bytes(format!("M{n}").as_bytes()).expect("a token");
        let request = request(method.as_str(), &format!("/path/{n}"));
        let Ok(_) = service.clone().oneshot(request).await;
    }
    let after_many = metrics.series();
    let Ok(_) = service.oneshot(request("M1", "/path/1")).await;
    assert_eq!(metrics.series(), after_many);
    let (fresh, _) = open();
    // One request counter, one error counter, one histogram of 15 buckets.
    assert_eq!(after_many, fresh.series() + 1 + 1 + 18);
}
