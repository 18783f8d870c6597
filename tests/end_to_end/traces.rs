//! Two services and the traces they make together, as a receiver gets them that is not ours: this
//! test calls the example service, each exports on its own, and Python decodes what arrives.

mod receiver;
mod service;

use std::collections::{BTreeMap, BTreeSet};

use rra_observability::otel::{OtelConfig, Protocol, pass_trace_on};
use rra_observability::schema::events::auth::{AuthFailureReason, Failure};
use rra_observability::schema::{self, Event, ReadEvent, SecurityEvent};
use rra_observability::{Config, Guard, Setup};
use tracing::{field, info_span};
use tracing_subscriber::layer::SubscriberExt;

use super::LONG;
use receiver::{Receiver, Span};
use service::Service;

/// What the gateway asks the service: path, key, and the status it gets.
const CALLS: [(&str, &str, u16); 3] = [
    ("/api/v1/negotiations", "demo-key-01", 200),
    ("/api/v1/negotiations", "stolen", 401),
    ("/api/v1/search?q=1' OR '1'='1", "demo-key-02", 400),
];

#[test]
fn traces_of_two_services_join_over_http_and_grpc() {
    check(Protocol::HttpProtobuf, Protocol::Grpc);
    check(Protocol::Grpc, Protocol::HttpProtobuf);
}

fn check(gateway: Protocol, service: Protocol) {
    let receiver = Receiver::start();
    let directory = tempfile::tempdir().unwrap();
    let logs = ["gateway.log", "service.log"].map(|name| directory.path().join(name));
    let licensing = Service::start(&logs[1], service, &receiver.endpoint(service));
    let gateway = start_gateway(&logs[0], gateway, &receiver.endpoint(gateway));
    call_from(&gateway, &licensing);
    // A trace of its own, on a route of which none is kept.
    let nobody = ureq::http::HeaderMap::new();
    assert_eq!(licensing.get("/webhooks/unasked", "", &nobody), 405);
    let by_gateway = gateway.shutdown(LONG).traces.unwrap().exported;
    let (pid, by_licensing) = licensing.end();

    let spans = receiver.end();
    assert_eq!(
        spans.len() as u64,
        by_gateway + by_licensing,
        "arrived as exported"
    );
    let of = |service: &str| spans_of(&spans, service);
    let (calls, requests) = (of("gateway"), of("licensing"));
    check_names(&spans);
    check_process(&requests, pid);
    check_joined(&calls, &requests);
    for log in &logs {
        check_log(&std::fs::read_to_string(log).unwrap(), &spans);
    }
}

fn start_gateway(log: &std::path::Path, protocol: Protocol, endpoint: &str) -> Guard {
    let mut otel = OtelConfig::new(endpoint);
    otel.protocol = protocol;
    otel.headers.push("x-api-key", "gateway-key");
    let mut config = Config {
        service_name: "gateway".to_owned(),
        environment: "test".to_owned(),
        log_file: Some(log.into()),
        metrics_address: None,
        ..Config::default()
    };
    config.traces.otel = otel;
    Setup::new(config).start().unwrap()
}

/// Calls the service as a client by the semantic conventions does, and emits an event of its own.
fn call_from(gateway: &Guard, service: &Service) {
    let subscriber = tracing_subscriber::registry().with(gateway.tracing_layer());
    tracing::subscriber::with_default(subscriber, || {
        for (path, key, expected) in CALLS {
            let span = info_span!(
                "GET",
                otel.kind = "client",
                http.request.method = "GET",
                http.response.status_code = field::Empty,
                server.address = "127.0.0.1",
                server.port = service.port(),
            );
            span.in_scope(|| {
                let mut headers = ureq::http::HeaderMap::new();
                pass_trace_on(&mut headers);
                let status = service.get(path, key, &headers);
                span.record("http.response.status_code", status);
                assert_eq!(status, expected, "{path}");
                if status == 401 {
                    let failure = Failure::new(AuthFailureReason::InvalidKey);
                    gateway.emit(&Event::new(failure)).unwrap();
                }
            });
        }
    });
}

fn spans_of<'s>(spans: &'s [Span], service: &str) -> Vec<&'s Span> {
    let of = |span: &&Span| span.resource["service.name"] == service;
    let found: Vec<_> = spans.iter().filter(of).collect();
    assert_eq!(found.len(), CALLS.len(), "spans of {service}: {spans:?}");
    found
}

/// Every attribute is one of the semantic conventions, or ours.
fn check_names(spans: &[Span]) {
    let unknown = spans.iter().flat_map(|span| &span.unknown);
    let foreign: BTreeSet<_> = unknown.filter(|name| !name.starts_with("rra.")).collect();
    assert_eq!(foreign, BTreeSet::new());
}

/// The resource says which process it was.
fn check_process(requests: &[&Span], pid: u32) {
    for span in requests {
        let about = |key: &str| span.resource[key].as_str();
        assert_eq!(about("service.version"), "1.2.3");
        assert_eq!(about("deployment.environment.name"), "test");
        assert_eq!(about("process.pid"), pid.to_string());
        assert_eq!(about("process.executable.name"), "rra_service");
        assert_eq!(about("telemetry.sdk.language"), "rust");
        assert_eq!(about("service.instance.id").len(), 16);
        assert!(!about("host.name").is_empty());
        assert_eq!(span.key.as_deref(), Some("service-key"));
    }
}

/// Each call has its request below it, and both say the same of how it went.
fn check_joined(calls: &[&Span], requests: &[&Span]) {
    let by_parent: BTreeMap<_, _> = requests
        .iter()
        .map(|span| (&span.parent_id, span))
        .collect();
    for call in calls {
        let request = by_parent[&call.own_id];
        assert_eq!(request.trace_id, call.trace_id);
        assert_eq!(
            (call.kind.as_str(), request.kind.as_str()),
            ("SPAN_KIND_CLIENT", "SPAN_KIND_SERVER")
        );
        assert_eq!(call.parent_id, "");
        let status = "http.response.status_code";
        assert_eq!(call.attributes[status], request.attributes[status]);
        assert_eq!(request.attributes["http.request.method"], "GET");
        let route = &request.attributes["http.route"];
        assert_eq!(request.name, format!("GET {route}"));
        assert!(
            request.took <= call.took,
            "a part is not longer than the whole"
        );
    }
}

/// Every event that names a span is an event of that span.
fn check_log(log: &str, spans: &[Span]) {
    let events: Vec<ReadEvent> = log
        .lines()
        .map(|line| schema::read_strict(line).unwrap())
        .collect();
    let traced: Vec<_> = events
        .iter()
        .filter_map(|event| Some((event, event.trace()?)))
        .collect();
    assert!(!traced.is_empty(), "{log}");
    for (event, trace) in traced {
        let (trace_id, span_id) = (trace.trace_id.to_string(), trace.span_id.to_string());
        let is_here = |span: &&Span| span.trace_id == trace_id && span.own_id == span_id;
        let span = spans
            .iter()
            .find(is_here)
            .expect("the span of a line in the log");
        let id = event.event_id().unwrap().to_string();
        let is_it =
            |(name, found): &(String, String)| *name == event.event_name().as_str() && *found == id;
        assert!(span.events.iter().any(is_it), "{id} in {:?}", span.events);
    }
}
