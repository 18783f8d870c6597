//! Events know the request in which they happen, over a real connection.

use std::thread;

use axum::Router;
use axum::routing::get;
use rra_observability::http::RequestContext;
use rra_observability::schema::{AgentId, ReadEvent, RequestId, SecurityEvent};
use rra_observability::{Config, Guard, Handle, Setup};

use super::service::Service;
use super::{Bench, LONG, failure};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// What the service logged while it handled one request.
fn logged(routes: impl FnOnce(Handle) -> Router) -> Vec<ReadEvent> {
    let bench = Bench::new();
    let guard = start(&bench);
    let answer = serve_one(&guard, routes(guard.handle()));
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    guard.shutdown(LONG);
    let mut events = bench.events();
    events.retain(|event| !event.event_name().as_str().starts_with("audit."));
    // Lines of several threads stand in the file as they come; the numbers have the order.
    events.sort_by_key(|event| event.event_id().unwrap().seq);
    events
}

fn start(bench: &Bench) -> Guard {
    let mut config: Config = bench.config();
    config.http.trusted_proxies = vec!["127.0.0.0/8".to_owned()];
    Setup::new(config).start().unwrap()
}

/// Serves these routes until one request is answered.
fn serve_one(guard: &Guard, routes: Router) -> String {
    let service = Service::start(&guard.handle(), routes);
    let mut client = service.connect();
    // Through a proxy on this machine, and part of a trace.
    let head = format!(
        "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Request-Id: req-17\r\n\
         X-Forwarded-For: 198.51.100.1, 203.0.113.9\r\nTraceparent: {PARENT}\r\n\r\n"
    );
    client.send(head.as_bytes());
    client.rest()
}

/// The event says of which request it is.
#[track_caller]
fn check(event: &ReadEvent) {
    assert_eq!(event.request_id(), Some("req-17"));
    assert_eq!(event.source_ip(), Some([203, 0, 113, 9].into()));
    assert_eq!(event.trace().unwrap().trace_id.to_string(), TRACE);
}

#[test]
fn an_event_of_a_handler_says_of_which_request_it_is() {
    let events = logged(|handle| {
        let handler = async move || {
            handle.emit(&failure()).unwrap();
            tokio::task::yield_now().await;
            handle.emit(&failure()).unwrap();
        };
        Router::new().route("/", get(handler))
    });
    assert_eq!(events.len(), 2);
    events.iter().for_each(check);
}

#[test]
fn a_task_and_a_thread_know_the_request_they_are_given() {
    let events = logged(|handle| {
        let handler = async move || {
            let context = RequestContext::current().unwrap();
            let (in_task, in_thread) = (handle.clone(), handle.clone());
            let task = async move { in_task.emit(&failure()).map(drop) };
            tokio::spawn(context.clone().attach(task))
                .await
                .unwrap()
                .unwrap();
            let thread =
                thread::spawn(move || context.run(|| in_thread.emit(&failure()).map(drop)));
            thread.join().unwrap().unwrap();
        };
        Router::new().route("/", get(handler))
    });
    assert_eq!(events.len(), 2);
    events.iter().for_each(check);
}

#[test]
fn a_task_that_is_given_nothing_knows_nothing() {
    let events = logged(|handle| {
        let handler = async move || {
            let task = async move { handle.emit(&failure()).map(drop) };
            tokio::spawn(task).await.unwrap().unwrap();
        };
        Router::new().route("/", get(handler))
    });
    assert_eq!(
        (events[0].request_id(), events[0].source_ip()),
        (None, None)
    );
    assert_eq!(events[0].trace(), None);
}

#[test]
fn what_an_event_says_itself_wins() {
    let events = logged(|handle| {
        let handler = async move || {
            let event = failure()
                .source_ip(std::net::IpAddr::from([192, 0, 2, 1]))
                .request_id(RequestId::lossy("another"))
                .agent_id(AgentId::lossy("named"));
            RequestContext::current().unwrap().set_agent_id("proved");
            handle.emit(&event).unwrap();
        };
        Router::new().route("/", get(handler))
    });
    assert_eq!(events[0].source_ip(), Some([192, 0, 2, 1].into()));
    assert_eq!(events[0].request_id(), Some("another"));
    assert_eq!(SecurityEvent::agent_id(&events[0]), Some("named"));
}

#[test]
fn an_agent_and_a_user_that_proved_who_they_are_are_in_what_follows() {
    let events = logged(|handle| {
        let handler = async move || {
            handle.emit(&failure()).unwrap();
            let context = RequestContext::current().unwrap();
            context.set_agent_id("agent-17");
            context.set_user_id("user-3");
            handle.emit(&failure()).unwrap();
        };
        Router::new().route("/", get(handler))
    });
    let who = |at: usize| (SecurityEvent::agent_id(&events[at]), events[at].user_id());
    assert_eq!(who(0), (None, None));
    assert_eq!(who(1), (Some("agent-17"), Some("user-3")));
}

#[test]
fn an_agent_of_the_request_is_the_one_that_metrics_count() {
    use rra_observability::schema::Event;
    use rra_observability::schema::events::rate_limit::Exceeded;
    let bench = Bench::new();
    let guard = start(&bench);
    let (handle, inside) = (guard.handle(), guard.handle());
    let handler = async move || {
        inside.metrics().admit_agent("agent-17");
        RequestContext::current().unwrap().set_agent_id("agent-17");
        let event = Event::new(Exceeded::new(60_u64, 60_u64));
        inside.emit(&event).unwrap();
    };
    serve_one(&guard, Router::new().route("/", get(handler)));
    let line = "rra_rate_limit_hits_total{agent_id=\"agent-17\"} 1\n";
    assert!(handle.render_metrics().contains(line));
    guard.shutdown(LONG);
}

#[test]
fn the_client_of_the_request_is_the_one_whose_network_metrics_name() {
    let bench = Bench::new();
    let mut config = bench.config();
    config.metrics.by_source = true;
    config.http.trusted_proxies = vec!["127.0.0.0/8".to_owned()];
    let guard = Setup::new(config).start().unwrap();
    let (handle, inside) = (guard.handle(), guard.handle());
    let handler = async move || inside.emit(&failure()).map(drop).unwrap();
    serve_one(&guard, Router::new().route("/", get(handler)));
    let line = "rra_auth_failures_by_source{source=\"203.0.113.0/24\"} 1\n";
    assert!(handle.render_metrics().contains(line));
    guard.shutdown(LONG);
}

#[test]
fn the_header_that_proxies_write_is_the_configured_one() {
    let mut config = Bench::new().config();
    config.log_file = None;
    config.http.trusted_proxies = vec!["127.0.0.0/8".to_owned()];
    config.http.proxy_header = rra_observability::ProxyHeader::Forwarded;
    let guard = Setup::new(config).start().unwrap();
    let handler = async || {
        let client = RequestContext::current().unwrap().client_address();
        client.unwrap().to_string()
    };
    let service = Service::start(&guard.handle(), Router::new().route("/", get(handler)));
    let mut client = service.connect();
    let other = "X-Forwarded-For: 198.51.100.1\r\nForwarded: for=203.0.113.9";
    client.send(format!("GET / HTTP/1.1\r\nHost: x\r\n{other}\r\n\r\n").as_bytes());
    assert_eq!(client.answer(true).1, b"203.0.113.9");
}

#[test]
fn a_replayed_line_has_a_story_of_its_own() {
    let events = logged(|handle| {
        let handler = async move || {
            let line = r#"{"timestamp":"2015-05-17T13:05:42Z","service":"rra-module",
                "environment":"production","event_type":"auth.failure","severity":"warning",
                "message":"x","details":{"reason":"invalid_key"}}"#;
            handle.replay(line).unwrap();
        };
        Router::new().route("/", get(handler))
    });
    assert_eq!(
        (events[0].request_id(), events[0].source_ip()),
        (None, None)
    );
    assert_eq!(events[0].trace(), None);
}

#[test]
fn a_proxy_that_is_no_network_is_refused_at_the_start() {
    let mut config = Bench::new().config();
    config.http.trusted_proxies = vec!["10.0.0.0/64".to_owned()];
    let error = Setup::new(config).start().unwrap_err().to_string();
    let expected = "http.trusted_proxies (RRA_TRUSTED_PROXIES): \"10.0.0.0/64\" is no network";
    assert!(error.contains(expected), "{error}");
}
