//! A trace goes on through a service that exports none. One test, because tests of one file share a
//! process, and whether anybody listens to spans is the process's.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "what others need of it")]
#[path = "it/service.rs"]
mod service;

use std::time::Duration;

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::get;
use rra_observability::otel::pass_trace_on;
use rra_observability::{Config, Guard, Setup};

use service::Service;

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn current() -> &'static str {
    let span = tracing::Span::current();
    span.metadata().map_or("", |span| span.name())
}

/// What a handler tells the next service, if its caller said this.
fn passed_on(guard: &Guard, headers: &str) -> String {
    let handler = async || {
        let mut headers = HeaderMap::new();
        // On any thread, and not only at once.
        tokio::task::yield_now().await;
        pass_trace_on(&mut headers);
        let span = current();
        // Other work of the threads that stepped out of the handler's span meanwhile.
        for _ in 0..8 {
            assert_eq!(tokio::spawn(async { current() }).await.unwrap(), "");
        }
        format!("{span}{headers:?}")
    };
    let service = Service::start(&guard.handle(), Router::new().route("/", get(handler)));
    let mut client = service.connect();
    let head = format!("GET / HTTP/1.1\r\nHost: x\r\n{headers}\r\n");
    client.send(head.as_bytes());
    let (status, body) = client.answer(true);
    assert_eq!(status, 200);
    String::from_utf8(body).unwrap()
}

/// In a request that others listen to as this span, or nobody.
#[track_caller]
fn check(guard: &Guard, span: &str) {
    let trace = format!("Traceparent: {PARENT}\r\n");
    let baggage = "Baggage: tenant=7\r\n".to_owned();
    let both = passed_on(guard, &format!("{trace}{baggage}"));
    assert!(both.contains(PARENT) && both.contains("tenant=7"), "{both}");
    assert!(passed_on(guard, &trace).contains(PARENT));
    assert!(passed_on(guard, &baggage).contains("tenant=7"));
    assert!(both.starts_with(&format!("{span}{{")), "{both}");
    assert_eq!(passed_on(guard, ""), format!("{span}{{}}"));
}

#[test]
fn what_came_in_of_a_trace_goes_out_without_an_export() {
    let config = Config {
        metrics_address: None,
        ..Config::default()
    };
    let guard = Setup::new(config).start().unwrap();
    check(&guard, "");
    // Somebody else listens to spans.
    tracing::subscriber::set_global_default(tracing_subscriber::registry()).unwrap();
    check(&guard, "request");
    guard.shutdown(Duration::from_secs(20));
}
