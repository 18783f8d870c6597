//! A request begins with a span or with a place only, and what happens in it knows its trace.

use http::{HeaderMap, HeaderValue};
use rra_otel::{
    OtelConfig, OtelGuard, Place, begin_request, continue_trace, current_trace, pass_trace_on,
};
use tracing::{Span, info_span};
use tracing_subscriber::layer::SubscriberExt;

use crate::receiver::Receiver;
use crate::{PATIENCE, config};

const SAMPLED: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const UNSAMPLED: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
const REQUESTS: u64 = 4_000;

/// Begins a request that its caller sent with these headers.
fn begin(traceparent: Option<&'static str>, route: &str) -> Result<Span, Place> {
    let value = traceparent.map(HeaderValue::from_static);
    let headers = value.map(|value| ("traceparent".parse().expect("a name"), value));
    let headers: HeaderMap = headers.into_iter().collect();
    begin_request(&headers, route, || {
        info_span!("request", http.route = route)
    })
}

#[test]
fn the_place_of_a_caller_is_above_every_span() {
    assert!(Place::of_caller().is_none());
    let mut headers = HeaderMap::new();
    headers.insert("traceparent", HeaderValue::from_static(SAMPLED));
    for ratio in [0.0, 1.0] {
        let work = || {
            let inside = || info_span!("request").in_scope(Place::of_caller);
            assert!(inside().is_none());
            continue_trace(&headers, || {
                let place = Place::of_caller().expect("the caller's");
                assert_eq!(place.ids().1, 0xb7ad_6b71_6920_3331_u64.to_be_bytes());
                assert!(inside().is_none());
            });
        };
        spans_of(|config| config.sampling_ratio = ratio, work);
    }
}

/// Does `work` under a whole subscriber; gives how many spans were made.
fn spans_of(change: impl FnOnce(&mut OtelConfig), work: impl FnOnce()) -> u64 {
    let receiver = Receiver::start();
    let mut config = config(&receiver.endpoint);
    change(&mut config);
    let guard = OtelGuard::start(&config).expect("a guard");
    tracing::subscriber::with_default(guard.subscriber(), work);
    guard.shutdown(PATIENCE).ended
}

/// Whether a request with these headers and this ratio has a span.
#[track_caller]
fn check(traceparent: Option<&'static str>, ratio: f64, has_span: bool) {
    let made = spans_of(
        |config| config.sampling_ratio = ratio,
        || assert_eq!(begin(traceparent, "/a").is_ok(), has_span),
    );
    assert_eq!(made, u64::from(has_span));
}

#[test]
fn a_request_whose_trace_is_not_kept_has_no_span() {
    check(None, 0.0, false);
    check(None, 1.0, true);
}

#[test]
fn the_decision_of_the_caller_stands() {
    check(Some(SAMPLED), 0.0, true);
    check(Some(UNSAMPLED), 1.0, false);
}

#[test]
fn a_route_has_its_own_ratio() {
    let leave_out = |config: &mut OtelConfig| config.route_ratios = vec![("/health".into(), 0.0)];
    let made = spans_of(leave_out, || {
        assert!(begin(None, "/health").is_err());
        assert!(begin(None, "/a").is_ok());
    });
    assert_eq!(made, 1);
}

#[test]
fn a_ratio_is_decided_by_once() {
    let made = spans_of(
        |config| {
            config.sampling_ratio = 0.25;
            config.batch.max_queue_spans = 10_000;
        },
        || (0..REQUESTS).for_each(|_| drop(begin(None, "/a"))),
    );
    // Six times the standard deviation of a quarter of so many, to either side.
    assert!(
        (REQUESTS / 4 - 165..REQUESTS / 4 + 165).contains(&made),
        "{made}"
    );
}

#[test]
fn work_in_a_place_is_part_of_the_callers_trace_and_makes_no_span() {
    let made = spans_of(
        |_| (),
        || {
            let place = begin(Some(UNSAMPLED), "/a").expect_err("not kept");
            place.enter();
            assert_eq!(current_trace(), Some(place.ids()));
            info_span!("child").in_scope(|| assert_eq!(current_trace(), Some(place.ids())));
            let mut headers = HeaderMap::new();
            pass_trace_on(&mut headers);
            let passed = headers["traceparent"].to_str().expect("text");
            assert!(passed.starts_with(&UNSAMPLED[..36]), "{passed}");
            assert!(passed.ends_with("-00"), "{passed}");
            place.exit();
            assert_eq!(current_trace(), None);
        },
    );
    assert_eq!(made, 0);
}

#[test]
fn a_span_below_a_place_takes_its_trace_to_another_thread() {
    spans_of(
        |config| config.sampling_ratio = 0.0,
        || {
            let place = begin(None, "/a").expect_err("not kept");
            place.enter();
            let child = info_span!("child");
            place.exit();
            let dispatch = tracing::dispatcher::get_default(Clone::clone);
            let found = std::thread::spawn(move || {
                tracing::dispatcher::with_default(&dispatch, || child.in_scope(current_trace))
            });
            assert_eq!(found.join().expect("no panic"), Some(place.ids()));
        },
    );
}

#[test]
fn a_request_that_others_look_at_has_its_span() {
    let receiver = Receiver::start();
    let mut config = config(&receiver.endpoint);
    config.sampling_ratio = 0.0;
    let guard = OtelGuard::start(&config).expect("a guard");
    let subscriber = tracing_subscriber::registry().with(guard.layer());
    tracing::subscriber::with_default(subscriber, || {
        let span = begin(None, "/a").expect("a span for the others");
        assert!(!span.is_disabled());
    });
}
