//! What the admin routes answer, asked in process.

use axum::body::to_bytes;
use axum::http::Request;
use rra_metrics::MetricsConfig;
use tower::ServiceExt;

use super::*;
use crate::readiness::{Check, Report};

fn admin(readiness: impl Readiness) -> Admin {
    let (_, exposition) = Exposition::new(&MetricsConfig::default()).expect("valid");
    Admin::new(exposition, readiness)
}

async fn ask(admin: &Admin, method: &str, path: &str) -> (u16, String, String) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .body(Body::empty());
    let Ok(answer) = admin.routes().oneshot(request.expect("a request")).await;
    let content_type = answer.headers().get(CONTENT_TYPE);
    let content_type = content_type
        .map_or("", |value| value.to_str().expect("text"))
        .to_owned();
    let status = answer.status().as_u16();
    let body = to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
    (
        status,
        content_type,
        String::from_utf8(body.to_vec()).expect("text"),
    )
}

/// Compares status, content type and the start of the body.
async fn check(method: &str, path: &str, expected: (u16, &str, &str)) {
    let (status, content_type, body) = ask(&admin(Report::ready), method, path).await;
    assert_eq!(
        (status, content_type.as_str()),
        (expected.0, expected.1),
        "{method} {path}"
    );
    assert!(body.starts_with(expected.2), "{method} {path}: {body}");
}

#[tokio::test]
async fn metrics_are_prometheus_text() {
    check(
        "GET",
        "/metrics",
        (200, TEXT_CONTENT_TYPE, "# HELP process_"),
    )
    .await;
}

#[tokio::test]
async fn head_is_answered_without_a_body() {
    check("HEAD", "/metrics", (200, TEXT_CONTENT_TYPE, "")).await;
    let (_, _, body) = ask(&admin(Report::ready), "HEAD", "/health").await;
    assert_eq!(body, "");
}

#[tokio::test]
async fn health_is_ok_while_the_process_answers() {
    check(
        "GET",
        "/health",
        (200, "application/json", r#"{"status":"ok"}"#),
    )
    .await;
}

#[tokio::test]
async fn other_methods_and_paths_are_refused() {
    check("POST", "/metrics", (405, "", "")).await;
    check("DELETE", "/ready", (405, "", "")).await;
    check("GET", "/", (404, "", "")).await;
    check("GET", "/metrics/", (404, "", "")).await;
}

#[tokio::test]
async fn ready_follows_its_report() {
    check(
        "GET",
        "/ready",
        (200, "application/json", r#"{"checks":[],"ready":true}"#),
    )
    .await;
    let not_ready = admin(|| Report::of([Check::new("file", false).detail("disk full")]));
    let (status, _, body) = ask(&not_ready, "GET", "/ready").await;
    assert_eq!(status, 503);
    assert!(body.contains("disk full"), "{body}");
}

#[tokio::test]
async fn scrapes_at_once_all_get_the_whole_text() {
    let admin = admin(Report::ready);
    let scrapes: Vec<_> = (0..50)
        .map(|_| {
            let admin = admin.clone();
            tokio::spawn(async move { ask(&admin, "GET", "/metrics").await })
        })
        .collect();
    for scrape in scrapes {
        let (status, _, body) = scrape.await.expect("no panic");
        assert_eq!(status, 200);
        assert!(body.ends_with('\n') && body.contains("rra_active_agents 0"));
    }
}

#[tokio::test]
async fn a_scrape_sees_what_happened_before_it() {
    let (metrics, exposition) = Exposition::new(&MetricsConfig::default()).expect("valid");
    let admin = Admin::new(exposition, Report::ready);
    for connections in [1.0, 2.0, 3.0] {
        metrics.api().active_connections().set(connections);
        let (.., body) = ask(&admin, "GET", "/metrics").await;
        assert!(body.contains(&format!("rra_api_active_connections {connections}\n")));
    }
}
