//! What the admin routes answer, asked in process.

use std::io::Read;

use axum::body::to_bytes;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::http::header::{ALLOW, WWW_AUTHENTICATE};
use rra_metrics::MetricsConfig;
use tower::ServiceExt;

use super::*;
use crate::readiness::{Check, Report};

fn admin(readiness: impl Readiness) -> Admin {
    let (_, exposition) = Exposition::new(&MetricsConfig::default()).expect("valid");
    Admin::new(exposition, readiness)
}

/// Sends a request with these headers, from an address of this machine.
async fn send(admin: &Admin, method: &str, path: &str, headers: &[(&str, &str)]) -> Response<Body> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let peer = ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 4711)));
    let request = request.extension(peer).body(Body::empty());
    let Ok(answer) = admin.routes().oneshot(request.expect("a request")).await;
    answer
}

async fn ask(admin: &Admin, method: &str, path: &str) -> (u16, String, String) {
    let answer = send(admin, method, path, &[]).await;
    let content_type = answer.headers().get(CONTENT_TYPE);
    let content_type = content_type
        .map_or("", |value| value.to_str().expect("text"))
        .to_owned();
    (
        answer.status().as_u16(),
        content_type,
        String::from_utf8(bytes(answer).await).expect("text"),
    )
}

async fn bytes(answer: Response<Body>) -> Vec<u8> {
    let body = to_bytes(answer.into_body(), 1 << 20).await;
    body.expect("a body").to_vec()
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
    check("GET", "/metrics/../health", (404, "", "")).await;
}

#[tokio::test]
async fn a_refused_method_is_told_the_allowed_ones() {
    let answer = send(&admin(Report::ready), "POST", "/metrics", &[]).await;
    assert_eq!(answer.headers()[ALLOW], "GET,HEAD");
}

#[tokio::test]
async fn ready_follows_its_report() {
    check(
        "GET",
        "/ready",
        (200, "application/json", r#"{"checks":[],"ready":true}"#),
    )
    .await;
    let not_ready = admin(|| Report::of([Check::new("file", false).last_error("disk full")]));
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
    for connections in 1..=3 {
        metrics.api().active_connections().up();
        let (.., body) = ask(&admin, "GET", "/metrics").await;
        assert!(body.contains(&format!("rra_api_active_connections {connections}\n")));
    }
}

#[tokio::test]
async fn a_rendering_that_panics_is_told_and_the_next_is_whole() {
    use std::sync::atomic::{AtomicBool, Ordering};
    let (_, exposition) = Exposition::new(&MetricsConfig::default()).expect("valid");
    let was_asked = AtomicBool::new(false);
    let exposition = exposition.refreshed_by(move || {
        assert!(was_asked.swap(true, Ordering::Relaxed), "only once");
    });
    let admin = Admin::new(exposition, Report::ready);
    let (status, _, body) = ask(&admin, "GET", "/metrics").await;
    assert_eq!(status, 500);
    assert!(body.contains("could not be rendered"), "{body}");
    assert_eq!(ask(&admin, "GET", "/metrics").await.0, 200);
}

#[tokio::test]
async fn who_takes_gzip_gets_the_same_text_as_gzip() {
    let admin = admin(Report::ready);
    let gzip = [("accept-encoding", "gzip, deflate")];
    let answer = send(&admin, "GET", "/metrics", &gzip).await;
    assert_eq!(answer.headers()[CONTENT_ENCODING], "gzip");
    assert_eq!(answer.headers()[VARY], "accept-encoding");
    assert_eq!(answer.headers()[CONTENT_TYPE], TEXT_CONTENT_TYPE);
    let packed = bytes(answer).await;
    let mut text = String::new();
    let mut unpacked = flate2::read::GzDecoder::new(&packed[..]);
    unpacked.read_to_string(&mut text).expect("gzip");
    assert!(text.ends_with('\n') && text.contains("rra_active_agents 0"));
    assert!(packed.len() * 5 < text.len(), "{}", packed.len());
    let plain = send(&admin, "GET", "/metrics", &[]).await;
    assert!(!plain.headers().contains_key(CONTENT_ENCODING));
}

/// What a request to admin routes behind a token comes to.
async fn check_token(path: &str, authorization: Option<&str>, status: u16) -> Response<Body> {
    let token = Token::new("0123456789abcdef").expect("long enough");
    let unready = || Report::of([Check::new("file", false).last_error("disk full")]);
    let headers = authorization.map(|value| ("authorization", value));
    let admin = admin(unready).token(token);
    let answer = send(&admin, "GET", path, headers.as_slice()).await;
    assert_eq!(answer.status(), status, "{path} {authorization:?}");
    answer
}

#[tokio::test]
async fn metrics_behind_a_token_are_for_who_has_it() {
    check_token("/metrics", Some("Bearer 0123456789abcdef"), 200).await;
    check_token("/metrics", Some("Bearer 0123456789abcdeX"), 401).await;
    let answer = check_token("/metrics", None, 401).await;
    assert!(answer.headers().contains_key(WWW_AUTHENTICATE));
}

#[tokio::test]
async fn probes_need_no_token_and_are_told_no_errors() {
    check_token("/health", None, 200).await;
    let told = bytes(check_token("/ready", None, 503).await).await;
    assert!(!String::from_utf8_lossy(&told).contains("disk full"));
    let with = Some("Bearer 0123456789abcdef");
    let told = bytes(check_token("/ready", with, 503).await).await;
    assert!(String::from_utf8_lossy(&told).contains("disk full"));
}

/// What a request from this machine comes to, if only this network may ask.
async fn check_address(network: &str, status: u16) {
    let network = network.parse().expect("a network");
    let admin = admin(Report::ready).only_for([network]);
    for path in ["/metrics", "/health", "/ready"] {
        let answer = send(&admin, "GET", path, &[]).await;
        assert_eq!(answer.status(), status, "{network} {path}");
    }
}

#[tokio::test]
async fn only_listed_addresses_may_ask() {
    check_address("127.0.0.0/8", 200).await;
    check_address("10.0.0.0/8", 403).await;
}

#[tokio::test]
async fn within_another_router_who_asks_must_be_known() {
    let network = "127.0.0.0/8".parse().expect("a network");
    let admin = admin(Report::ready).only_for([network]);
    let service = Router::new()
        .route("/", get(|| async { "the service" }))
        .merge(admin.routes());
    let request = Request::builder().uri("/health").body(Body::empty());
    let Ok(answer) = service.oneshot(request.expect("a request")).await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn within_another_router_who_asks_is_whom_its_proxies_saw() {
    use crate::client_address::Proxies;
    use crate::layer::ApiLayer;
    let (metrics, exposition) = Exposition::new(&MetricsConfig::default()).expect("valid");
    // Where the proxy is too: only whom it asks for is meant.
    let network = "10.0.0.0/8".parse().expect("a network");
    let admin = Admin::new(exposition, Report::ready).only_for([network]);
    let layer = ApiLayer::new(metrics).behind(Proxies::new([network]));
    let service = Router::new().merge(admin.routes()).layer(layer);
    for (client, status) in [("203.0.113.9", 403), ("10.0.0.2", 200)] {
        let request = Request::get("/health").header("x-forwarded-for", client);
        let peer = ConnectInfo(SocketAddr::from(([10, 0, 0, 1], 4711)));
        let request = request.extension(peer).body(Body::empty());
        let Ok(answer) = service.clone().oneshot(request.expect("a request")).await;
        assert_eq!(answer.status(), status, "{client}");
    }
}

#[tokio::test]
async fn the_list_of_addresses_is_no_concern_of_other_routes() {
    let elsewhere = "10.0.0.0/8".parse().expect("a network");
    let admin = admin(Report::ready).only_for([elsewhere]);
    let other = || Router::new().route("/", get(|| async { "the service" }));
    let merged = [
        other().merge(admin.routes()),
        admin.routes().merge(other()),
        admin.routes().fallback(async || StatusCode::IM_A_TEAPOT),
    ];
    for (place, (service, unknown)) in merged.into_iter().zip([404, 404, 418]).enumerate() {
        for (path, status) in [("/health", 403), ("/nothing", unknown)] {
            let request = Request::builder().uri(path).body(Body::empty());
            let answer = service.clone().oneshot(request.expect("a request"));
            let Ok(answer) = answer.await;
            assert_eq!(answer.status(), status, "{path} of {place}");
        }
    }
}

#[test]
fn every_interface_must_be_meant() {
    for address in ["0.0.0.0:0", "[::]:0", "[::ffff:0.0.0.0]:0"] {
        let address = address.parse().expect("an address");
        let error = admin(Report::ready).serve(address).expect_err("refused");
        assert!(error.to_string().contains("every interface"), "{error}");
    }
    let meant = admin(Report::ready).on_every_interface();
    let any = "0.0.0.0:0".parse().expect("an address");
    assert!(meant.serve(any).is_ok());
}

#[tokio::test]
async fn a_client_that_leaves_during_a_rendering_does_not_start_another() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let (_, exposition) = Exposition::new(&MetricsConfig::default()).expect("valid");
    let renderings = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&renderings);
    let exposition = exposition.refreshed_by(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        std::thread::yield_now();
    });
    let admin = Admin::new(exposition, Report::ready);
    for _ in 0..1_000 {
        let asked = ask(&admin, "GET", "/metrics");
        // Polled once and dropped, as when a client closes its connection.
        let _ = tokio::time::timeout(std::time::Duration::ZERO, asked).await;
    }
    ask(&admin, "GET", "/metrics").await;
    let made = renderings.load(Ordering::Relaxed);
    assert!(made < 500, "{made}");
}

#[tokio::test(flavor = "current_thread")]
async fn a_page_is_rendered_beside_the_runtime_and_once_for_all_who_wait() {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;
    use std::time::Duration;
    let (_, exposition) = Exposition::new(&MetricsConfig::default()).expect("valid");
    let renderings = Arc::new(AtomicUsize::new(0));
    let (finish, finishing) = mpsc::channel::<()>();
    let (counted, finishing) = (Arc::clone(&renderings), Mutex::new(finishing));
    let exposition = exposition.refreshed_by(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        // Nothing comes: until the other end goes, or for so long.
        let _ = finishing
            .lock()
            .expect("no panic")
            .recv_timeout(Duration::from_secs(20));
    });
    let admin = Admin::new(exposition, Report::ready);
    let scrape = || {
        let admin = admin.clone();
        tokio::spawn(async move { ask(&admin, "GET", "/metrics").await.0 })
    };
    let first = scrape();
    while renderings.load(Ordering::Relaxed) == 0 {
        tokio::task::yield_now().await;
    }
    let rest: Vec<_> = (0..20).map(|_| scrape()).collect();
    // Each of them comes to wait.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(ask(&admin, "GET", "/health").await.0, 200);
    assert!(!first.is_finished(), "the runtime waited for the page");
    drop(finish);
    for scrape in std::iter::once(first).chain(rest) {
        assert_eq!(scrape.await.expect("no panic"), 200);
    }
    assert_eq!(renderings.load(Ordering::Relaxed), 2);
}
