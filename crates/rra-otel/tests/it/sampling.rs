//! Which spans are made, with what ids, and what that says about the rest.

use std::cell::Cell;
use std::fmt;

use http::{HeaderMap, HeaderValue};
use rra_otel::{OtelConfig, OtelGuard, continue_trace, current_trace};
use tracing::{Span, info_span};
use tracing_subscriber::layer::SubscriberExt;

use crate::receiver::Receiver;
use crate::{PATIENCE, config, deliver, export};

const SAMPLED: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const UNSAMPLED: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

/// A span that continues the caller's trace.
fn called(parent: &'static str, make: impl FnOnce() -> Span) -> Span {
    let mut headers = HeaderMap::new();
    headers.insert("traceparent", HeaderValue::from_static(parent));
    headers.insert("tracestate", HeaderValue::from_static("vendor=1"));
    continue_trace(&headers, make)
}

/// The number of spans that are made by `work`, under a whole subscriber and as one layer of it.
#[track_caller]
fn check(change: fn(&mut OtelConfig), work: fn(), expected: u64) {
    for is_alone in [true, false] {
        let receiver = Receiver::start();
        let mut config = config(&receiver.endpoint);
        change(&mut config);
        let guard = OtelGuard::start(&config).expect("a guard");
        if is_alone {
            tracing::subscriber::with_default(guard.subscriber(), work);
        } else {
            let subscriber = tracing_subscriber::registry().with(guard.layer());
            tracing::subscriber::with_default(subscriber, work);
        }
        let report = guard.shutdown(PATIENCE);
        assert_eq!(report.ended, expected, "alone: {is_alone}");
    }
}

fn nothing(config: &mut OtelConfig) {
    config.sampling_ratio = 0.0;
}

/// Fails when anybody looks at it.
struct Untouchable;

impl fmt::Display for Untouchable {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("collected before the sampler was asked")
    }
}

#[test]
fn nothing_is_collected_for_a_span_that_is_not_kept() {
    let work = || {
        info_span!("request", a = %Untouchable, b = tracing::field::Empty).in_scope(|| {
            info_span!("query", a = %Untouchable).in_scope(|| ());
            let span = Span::current();
            span.record("b", tracing::field::display(Untouchable));
            tracing::info!(a = %Untouchable, "event");
        });
    };
    check(nothing, work, 0);
}

#[test]
fn spans_that_are_not_kept_still_give_ids() {
    let work = || {
        assert_eq!(current_trace(), None);
        info_span!("request").in_scope(|| {
            let (trace, _) = current_trace().expect("ids");
            let below = info_span!("query").in_scope(current_trace);
            assert_eq!(below.map(|(below, _)| below), Some(trace), "one trace");
        });
        assert_eq!(current_trace(), None);
    };
    check(nothing, work, 0);
}

#[test]
fn every_trace_has_ids_of_its_own() {
    let work = || {
        let first = info_span!("request").in_scope(current_trace);
        let second = info_span!("request").in_scope(current_trace);
        assert_ne!(first, second);
    };
    check(nothing, work, 0);
}

#[test]
fn a_span_that_is_not_kept_takes_its_trace_to_another_thread() {
    let work = || {
        let request = info_span!("request");
        let inside = request.in_scope(current_trace);
        let query = request.in_scope(|| info_span!("query"));
        let dispatch = tracing::dispatcher::get_default(Clone::clone);
        let elsewhere = std::thread::spawn(move || {
            tracing::dispatcher::with_default(&dispatch, || {
                let above = request.in_scope(current_trace);
                let below = query.in_scope(|| info_span!("step").in_scope(current_trace));
                assert_eq!(current_trace(), None);
                (above, below)
            })
        });
        assert_eq!(elsewhere.join().expect("no panic"), (inside, inside));
    };
    check(nothing, work, 0);
}

#[test]
fn spans_that_are_not_kept_may_be_left_out_of_order() {
    let work = || {
        let (first, second) = (info_span!("first"), info_span!(parent: None, "second"));
        let first_ids = first.in_scope(current_trace);
        let first_inside = first.enter();
        let second_inside = second.enter();
        drop(first_inside);
        assert_ne!(current_trace(), first_ids);
        drop(second_inside);
        assert_eq!(current_trace(), None);
        assert_eq!(first.in_scope(current_trace), first_ids);
    };
    check(nothing, work, 0);
}

#[test]
fn a_span_may_name_a_parent_that_is_not_kept() {
    let work = || {
        let parent = info_span!("request");
        let ids = parent.in_scope(current_trace);
        let child = info_span!(parent: &parent, "query");
        assert_eq!(child.in_scope(current_trace), ids);
    };
    check(nothing, work, 0);
}

#[test]
fn a_span_may_name_a_parent_that_is_kept_from_within_one_that_is_not() {
    let work = || {
        let kept = called(SAMPLED, || info_span!("kept"));
        info_span!("request").in_scope(|| {
            info_span!(parent: &kept, "query").in_scope(|| ());
            called(SAMPLED, || info_span!("call")).in_scope(|| {
                info_span!("below").in_scope(|| ());
            });
        });
    };
    check(nothing, work, 4);
}

#[test]
fn a_trace_that_begins_inside_of_another_decides_for_itself() {
    let work = || {
        called(SAMPLED, || info_span!("kept")).in_scope(|| {
            info_span!(parent: None, "job").in_scope(|| ());
        });
    };
    check(nothing, work, 1);
}

#[test]
fn a_callers_trace_is_continued() {
    let (request, _) = deliver(
        |_| (),
        || called(SAMPLED, || info_span!("request")).in_scope(|| ()),
    );
    let span = request.span("request");
    let trace = 0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c_u128;
    assert_eq!(span.trace_id, trace.to_be_bytes());
    assert_eq!(span.parent_span_id, 0xb7ad_6b71_6920_3331_u64.to_be_bytes());
    assert_eq!(span.trace_state, "vendor=1");
}

#[test]
fn a_callers_decision_beats_the_ratio() {
    check(
        nothing,
        || called(SAMPLED, || info_span!("a")).in_scope(|| ()),
        1,
    );
    check(
        |_| (),
        || called(UNSAMPLED, || info_span!("a")).in_scope(|| ()),
        0,
    );
}

#[test]
fn the_trace_of_a_caller_that_does_not_keep_it_is_known() {
    let work = || {
        let (trace, span) = called(UNSAMPLED, || info_span!("request"))
            .in_scope(current_trace)
            .expect("ids");
        assert_eq!(
            trace,
            0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c_u128.to_be_bytes()
        );
        assert_ne!(span, 0xb7ad_6b71_6920_3331_u64.to_be_bytes(), "its own");
    };
    check(|_| (), work, 0);
}

#[test]
fn a_caller_can_be_overruled() {
    let always = |config: &mut OtelConfig| config.follow_parent = false;
    check(
        always,
        || called(UNSAMPLED, || info_span!("a")).in_scope(|| ()),
        1,
    );
    let never = |config: &mut OtelConfig| {
        config.follow_parent = false;
        config.sampling_ratio = 0.0;
    };
    check(
        never,
        || called(SAMPLED, || info_span!("a")).in_scope(|| ()),
        0,
    );
}

#[test]
fn a_route_has_its_own_ratio() {
    let routes = |config: &mut OtelConfig| {
        config.sampling_ratio = 0.0;
        config.route_ratios = vec![("/licences/{id}".to_owned(), 1.0), ("job".to_owned(), 1.0)];
    };
    let work = || {
        info_span!("request", http.route = "/licences/{id}").in_scope(|| ());
        info_span!("request", http.route = %"/licences/{id}").in_scope(|| ());
        info_span!("job").in_scope(|| ());
        info_span!("request", http.route = "/health").in_scope(|| ());
        info_span!("request", http.route = 7).in_scope(|| ());
    };
    check(routes, work, 3);
}

#[test]
fn a_ratio_keeps_its_share_and_says_so() {
    let receiver = Receiver::start();
    let mut config = config(&receiver.endpoint);
    config.sampling_ratio = 0.25;
    config.batch.max_queue_spans = 4_000;
    let report = export(&config, || {
        (0..4_000).for_each(|_| info_span!("request").in_scope(|| ()));
    });
    // Five standard deviations of a binomial distribution: a fair sampler fails once in a million.
    assert!((863..1_137).contains(&report.ended), "{}", report.ended);
    for span in receiver.next().spans() {
        assert_eq!(span.trace_state, "ot=th:c");
        let random = &span.trace_id[9..];
        assert!(random[0] >= 0xc0, "the id proves the decision: {random:?}");
    }
}

#[test]
fn a_child_has_the_threshold_of_its_trace() {
    let (request, report) = deliver(
        |config| config.sampling_ratio = 0.5,
        || {
            let is_kept = Cell::new(false);
            while !is_kept.get() {
                info_span!("request").in_scope(|| {
                    info_span!("query").in_scope(|| is_kept.set(recorded()));
                });
            }
        },
    );
    assert_eq!(report.exported, 2);
    assert_eq!(request.span("query").trace_state, "ot=th:8");
}

/// Whether this thread is in a span that is recorded.
fn recorded() -> bool {
    let asked = Cell::new(false);
    rra_otel::add_span_event("probe", || {
        asked.set(true);
        [("a", "b".into())]
    });
    asked.get()
}
