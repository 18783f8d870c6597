//! What the admin listener answers, over a real connection.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use rra_observability::{Config, Guard, Secret, Setup};

use super::service::Service;
use super::{Down, LONG, failure};

fn served() -> Setup {
    Setup::new(Config {
        metrics_address: Some(SocketAddr::from(([127, 0, 0, 1], 0))),
        ..Config::default()
    })
}

pub(crate) fn get(guard: &Guard, path: &str) -> String {
    get_with(guard, path, "")
}

fn get_with(guard: &Guard, path: &str, header: &str) -> String {
    let mut connection = TcpStream::connect(guard.admin_address().unwrap()).unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{header}\r\n");
    connection.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    // A listener that closes unread resets the connection.
    let _ = connection.read_to_string(&mut answer);
    answer
}

#[test]
fn a_scrape_has_the_events_and_the_account() {
    let guard = served().start().unwrap();
    guard.emit(&failure()).unwrap();
    let answer = get(&guard, "/metrics");
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    let line = "rra_security_events_total{event_type=\"auth.failure\",severity=\"warning\"} 1\n";
    assert!(answer.contains(line), "{answer}");
    assert!(guard.shutdown(LONG).events.is_complete());
}

#[test]
fn a_service_without_trouble_is_ready() {
    let guard = served().start().unwrap();
    assert!(get(&guard, "/ready").starts_with("HTTP/1.1 200 OK"));
}

#[test]
fn a_sink_that_is_down_makes_the_service_unready_and_says_why() {
    let guard = served().sink(Down).start().unwrap();
    while guard.handle().health()[0].up {
        std::thread::yield_now();
    }
    let answer = get(&guard, "/ready");
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    for told in [
        "\"healthy\":false",
        "\"last_error\":\"no route to host\"",
        "\"since\":\"20",
        "\"queue\":{\"bytes\":",
    ] {
        assert!(answer.contains(told), "{told} is not in {answer}");
    }
    guard.shutdown(std::time::Duration::ZERO);
}

/// What a service with these settings answers at `/metrics`.
fn answer(change: impl FnOnce(&mut Config), header: &str) -> String {
    let mut config = Config {
        metrics_address: Some(SocketAddr::from(([127, 0, 0, 1], 0))),
        ..Config::default()
    };
    change(&mut config);
    let guard = Setup::new(config).start().unwrap();
    get_with(&guard, "/metrics", header)
}

#[test]
fn a_configured_token_is_asked_for() {
    let token = |config: &mut Config| {
        config.metrics_access.token = Some(Secret::new("0123456789abcdef"));
    };
    assert!(answer(token, "").starts_with("HTTP/1.1 401"));
    let right = "Authorization: Bearer 0123456789abcdef\r\n";
    assert!(answer(token, right).starts_with("HTTP/1.1 200"));
}

#[test]
fn configured_networks_are_the_only_ones_that_are_answered() {
    let elsewhere = |config: &mut Config| {
        config.metrics_access.allowed = vec!["10.0.0.0/8".to_owned()];
    };
    assert_eq!(answer(elsewhere, ""), "");
    let here = |config: &mut Config| {
        config.metrics_access.allowed = vec!["127.0.0.1".to_owned()];
    };
    assert!(answer(here, "").starts_with("HTTP/1.1 200"));
}

#[test]
fn the_routes_go_into_a_router_of_the_service_as_they_are_configured() {
    let mut config = Config {
        metrics_address: None,
        ..Config::default()
    };
    config.metrics_access.token = Some(Secret::new("0123456789abcdef"));
    let guard = Setup::new(config).start().unwrap();
    let routes = axum::Router::new().merge(guard.admin().unwrap().routes());
    let service = Service::start(&guard.handle(), routes);
    let mut client = service.connect();
    assert_eq!(client.get("/metrics").0, 401);
    let ready = client.get("/ready");
    assert_eq!(ready, (200, br#"{"checks":[],"ready":true}"#.to_vec()));
    client.send(b"GET /metrics HTTP/1.0\r\nAuthorization: Bearer 0123456789abcdef\r\n\r\n");
    let page = client.rest();
    assert!(page.contains("rra_api_requests_in_flight 1\n"), "{page}");
    assert_eq!(guard.admin_address(), None);
}

#[test]
fn every_interface_must_be_meant() {
    let everywhere = || Config {
        metrics_address: Some(SocketAddr::from(([0, 0, 0, 0], 0))),
        ..Config::default()
    };
    Setup::new(everywhere()).start().unwrap_err();
    let mut config = everywhere();
    config.metrics_access.every_interface = true;
    let guard = Setup::new(config).start().unwrap();
    assert!(guard.admin_address().unwrap().ip().is_unspecified());
}

#[test]
fn the_listener_ends_with_the_guard() {
    let guard = served().start().unwrap();
    let address = guard.admin_address().unwrap();
    guard.shutdown(LONG);
    assert!(TcpStream::connect(address).is_err());
}
