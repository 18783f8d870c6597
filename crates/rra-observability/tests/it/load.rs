//! Many clients at once: every answer that arrives is counted once, every event is in the log, and
//! what a hostile client invents makes no series. `cargo xtask bench http` does the same at length.

use std::collections::BTreeMap;
use std::thread;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post};
use rra_observability::metrics::Route;
use rra_observability::schema::events::rate_limit::Exceeded;
use rra_observability::schema::{AgentId, Event, ReadEvent, SecurityEvent};
use rra_observability::{Handle, Setup};

use super::service::{Client, Service};
use super::{Bench, LONG, failure};

/// Connections at once.
const CLIENTS: usize = 8;
/// What each of them sends, so many times over.
const ROUNDS: usize = 60;

/// One request, whether its answer has a body, and the status it gets.
type Asked = (&'static [u8], bool, u16);

/// Every kind of answer, on one connection, and two requests in one packet.
const REQUESTS: [Asked; 7] = [
    (b"GET /things/1 HTTP/1.1\r\nHost: x\r\n\r\n", true, 200),
    (b"HEAD /things/2 HTTP/1.1\r\nHost: x\r\n\r\n", false, 200),
    (
        b"POST /things/3 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
        true,
        201,
    ),
    (b"DELETE /things/4 HTTP/1.1\r\nHost: x\r\n\r\n", true, 405),
    (b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n", true, 404),
    (
        b"GET http://x/things/5 HTTP/1.1\r\nHost: x\r\n\r\n",
        true,
        200,
    ),
    (b"GET /empty HTTP/1.1\r\nHost: x\r\n\r\n", false, 204),
];

fn routes(handle: &Handle) -> Router {
    let (on_get, on_post) = (handle.clone(), handle.clone());
    Router::new()
        .route(
            "/things/{id}",
            get(async move |Path(id): Path<String>| {
                on_get.emit(&failure()).unwrap();
                id
            }),
        )
        .route(
            "/things/{id}",
            post(async move |body: String| {
                on_post.emit(&failure()).unwrap();
                (StatusCode::CREATED, body)
            }),
        )
        .route("/empty", get(async || StatusCode::NO_CONTENT))
}

fn talk(mut client: Client) -> BTreeMap<u16, usize> {
    let mut received = BTreeMap::new();
    let mut take = |client: &mut Client, (_, has_body, expected): Asked| {
        let (status, _) = client.answer(has_body);
        assert_eq!(status, expected);
        *received.entry(status).or_default() += 1;
    };
    for _ in 0..ROUNDS {
        for asked in REQUESTS {
            client.send(asked.0);
            take(&mut client, asked);
        }
        // All of them again without waiting for an answer.
        client.send(&REQUESTS.map(|asked| asked.0).concat());
        for asked in REQUESTS {
            take(&mut client, asked);
        }
    }
    received
}

/// The values of a metric's series, by one label, without those that are zero.
fn counts(page: &str, metric: &str, label: &str) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    let samples = page.lines().filter_map(|line| {
        let (series, value) = line.strip_prefix(metric)?.rsplit_once(' ')?;
        let named = series.split(&format!("{label}=\"")).nth(1)?;
        Some((named.split('"').next()?, value.parse::<usize>().ok()?))
    });
    for (name, value) in samples.filter(|(_, value)| *value > 0) {
        *counts.entry(name.to_owned()).or_default() += value;
    }
    counts
}

#[test]
fn every_answer_and_every_event_is_counted_once() {
    let bench = Bench::new();
    let mut config = bench.config();
    config.metrics.routes = vec![
        Route::new("GET", "/things/{id}"),
        Route::new("POST", "/things/{id}"),
        Route::new("GET", "/empty"),
    ];
    let guard = Setup::new(config).start().unwrap();
    let handle = guard.handle();
    let service = Service::start(&handle, routes(&handle));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| service.connect())
        .map(|client| thread::spawn(move || talk(client)))
        .collect();
    let mut received: BTreeMap<String, usize> = BTreeMap::new();
    for client in clients {
        for (status, count) in client.join().unwrap() {
            *received.entry(status.to_string()).or_default() += count;
        }
    }
    drop(service);

    let page = handle.render_metrics();
    let requests = CLIENTS * ROUNDS * 2 * REQUESTS.len();
    let each = requests / REQUESTS.len();
    assert_eq!(counts(&page, "rra_api_requests_total", "status"), received);
    let durations = counts(&page, "rra_api_request_duration_seconds_count", "method");
    assert_eq!(durations.values().sum::<usize>(), requests);
    let errors = counts(&page, "rra_api_errors_total", "error_type");
    let expected = [("not_found", each), ("other", each)].map(|(name, n)| (name.to_owned(), n));
    assert_eq!(errors, expected.into());
    assert!(page.contains("\nrra_api_requests_in_flight 0\n"), "{page}");

    // GET, HEAD, POST and the absolute form cause an event each.
    let events = 4 * each;
    let report = guard.shutdown(LONG).events;
    assert!(report.is_complete(), "{report:?}");
    let types = bench.types();
    let logged = types.iter().filter(|name| *name == "auth.failure").count();
    assert_eq!((logged, types.len()), (events, events + 2));
    let unknown = |event: &&ReadEvent| event.request_id().is_none();
    let audit = |event: &&ReadEvent| event.event_name().as_str().starts_with("audit.");
    let events = bench.events();
    assert!(events.iter().filter(unknown).all(|event| audit(&event)));
}

#[test]
fn invented_paths_and_agents_make_no_series_beyond_the_ceiling() {
    let bench = Bench::new();
    let guard = bench.start();
    let handle = guard.handle();
    let emitting = handle.clone();
    let routes = Router::new().route(
        "/agents/{id}",
        get(async move |Path(id): Path<String>| {
            // Claimed and not proved, so not admitted.
            let event = Event::new(Exceeded::new(60_u64, 60_u64)).agent_id(AgentId::lossy(&id));
            emitting.emit(&event).map(drop).unwrap_or_default();
        }),
    );
    let service = Service::start(&handle, routes);
    let series = |count: usize, from: usize| {
        let mut client = service.connect();
        for number in from..from + count {
            client.get(&format!("/agents/agent-{number}"));
            client.get(&format!("/invented/{number}"));
        }
        handle.metrics().series()
    };
    let after_few = series(50, 0);
    assert_eq!(series(2_500, 50), after_few);
    assert!(handle.render_metrics().len() < 1 << 20);
    let page = handle.render_metrics();
    let hits = counts(&page, "rra_rate_limit_hits_total", "agent_id");
    assert_eq!(hits, [("_unauthenticated".to_owned(), 2_550)].into());
    let paths = counts(&page, "rra_api_requests_total", "endpoint");
    let expected = [("_other", 2_550), ("_unmatched", 2_550)].map(|(name, n)| (name.to_owned(), n));
    assert_eq!(paths, expected.into());
}
