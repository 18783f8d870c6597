//! The layer among others, and what libraries above and below it see.

use std::sync::{Arc, Mutex};

use allocation_counter::measure;
use opentelemetry::Context;
use opentelemetry::trace::{TraceContextExt, Tracer};
use opentelemetry_proto::tonic::trace::v1;
use rra_otel::{OtelGuard, current_trace};
use tracing::field::Empty;
use tracing::{Span, Subscriber, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::layer::{Context as LayerContext, SubscriberExt};
use tracing_subscriber::{Layer, Registry};

use crate::receiver::{Receiver, text};
use crate::{PATIENCE, config, deliver, one_span};

/// Keeps the names of spans it is told of.
#[derive(Clone, Default)]
struct Names(Arc<Mutex<Vec<&'static str>>>);

impl<S: Subscriber> Layer<S> for Names {
    fn on_new_span(
        &self,
        attributes: &tracing::span::Attributes<'_>,
        _: &tracing::span::Id,
        _: LayerContext<'_, S>,
    ) {
        self.0
            .lock()
            .expect("no panic")
            .push(attributes.metadata().name());
    }
}

#[test]
fn other_layers_see_what_is_not_kept_or_too_detailed() {
    let receiver = Receiver::start();
    let mut config = config(&receiver.endpoint);
    config.sampling_ratio = 0.0;
    let guard = OtelGuard::start(&config).expect("a guard");
    let names = Names::default();
    let subscriber = Registry::default().with(guard.layer()).with(names.clone());
    tracing::subscriber::with_default(subscriber, || {
        info_span!("request").in_scope(|| tracing::debug_span!("detail").in_scope(|| ()));
    });
    assert_eq!(*names.0.lock().expect("no panic"), ["request", "detail"]);
}

/// The spans named `request` and `query` that arrive from a service in which another layer wants every
/// detail, and nothing of the spans named `noise` is kept.
fn among_others(work: impl FnOnce()) -> (v1::Span, v1::Span) {
    let receiver = Receiver::start();
    let mut config = config(&receiver.endpoint);
    config.route_ratios = vec![("noise".to_owned(), 0.0)];
    let guard = OtelGuard::start(&config).expect("a guard");
    let subscriber = Registry::default()
        .with(guard.layer())
        .with(Names::default());
    tracing::subscriber::with_default(subscriber, work);
    assert_eq!(guard.shutdown(PATIENCE).exported, 2);
    let request = receiver.next();
    (request.span("request"), request.span("query"))
}

#[test]
fn what_is_inside_of_a_too_detailed_span_belongs_to_the_span_around_it() {
    let (request, query) = among_others(|| {
        info_span!("request").in_scope(|| {
            tracing::debug_span!("detail").in_scope(|| {
                tracing::info!("told");
                tracing::debug!("not told");
                info_span!("query").in_scope(|| ());
            });
        });
    });
    assert_eq!(query.parent_span_id, request.span_id);
    assert_eq!(request.events.len(), 1);
    assert_eq!(request.events[0].name, "told");
}

#[test]
fn details_of_a_trace_that_is_not_kept_hide_nothing_of_the_next() {
    let (request, query) = among_others(|| {
        info_span!("noise").in_scope(|| {
            tracing::debug_span!("detail").in_scope(|| info_span!("noise").in_scope(|| ()));
            tracing::debug!("not told");
        });
        info_span!("request").in_scope(|| {
            tracing::info!("told");
            info_span!("query").in_scope(|| ());
        });
    });
    assert_eq!(query.parent_span_id, request.span_id);
    assert_eq!(request.events.len(), 1);
}

#[test]
fn the_extension_of_tracing_opentelemetry_works_on_spans_that_are_kept() {
    let (request, _) = deliver(
        |_| (),
        || {
            let span = info_span!("request");
            span.set_attribute("agent", "a-17");
            span.in_scope(|| ());
        },
    );
    let attributes = request.span("request").attributes;
    assert_eq!(text(&attributes, "agent").as_deref(), Some("a-17"));
}

#[test]
fn the_extension_does_no_harm_on_spans_that_are_not() {
    let mut config = config("http://127.0.0.1:9");
    config.sampling_ratio = 0.0;
    let guard = OtelGuard::start(&config).expect("a guard");
    tracing::subscriber::with_default(guard.subscriber(), || {
        info_span!("request").in_scope(|| {
            let span = info_span!("query");
            span.set_attribute("agent", "a-17");
            span.add_event("event", Vec::new());
            assert!(!span.context().span().span_context().is_valid());
        });
    });
}

#[test]
fn nothing_that_happens_while_telemetry_is_suppressed_is_a_span() {
    let receiver = Receiver::start();
    let guard = OtelGuard::start(&config(&receiver.endpoint)).expect("a guard");
    tracing::subscriber::with_default(guard.subscriber(), || {
        let _quiet = Context::enter_telemetry_suppressed_scope();
        one_span();
        info_span!(parent: None, "root").in_scope(|| ());
    });
    assert_eq!(guard.shutdown(PATIENCE).ended, 0);
}

#[test]
fn a_span_that_is_not_kept_may_be_left_before_the_one_inside() {
    let mut config = config("http://127.0.0.1:9");
    config.sampling_ratio = 0.0;
    let guard = OtelGuard::start(&config).expect("a guard");
    tracing::subscriber::with_default(guard.subscriber(), || {
        let request = info_span!("request").entered();
        let trace = current_trace();
        assert!(trace.is_some());
        let query = info_span!("query").entered();
        drop(request);
        assert_eq!(current_trace(), trace);
        drop(query);
        assert_eq!(current_trace(), None);
    });
}

#[test]
fn spans_of_libraries_join_the_trace_and_its_decision() {
    let receiver = Receiver::start();
    let mut config = config(&receiver.endpoint);
    config.route_ratios = vec![("noise".to_owned(), 0.0)];
    let guard = OtelGuard::start(&config).expect("a guard");
    guard.install_provider();
    let library = || {
        let span = opentelemetry::global::tracer("library").start("step");
        drop(Context::current_with_span(span));
    };
    tracing::subscriber::with_default(guard.subscriber(), || {
        info_span!("request").in_scope(library);
        info_span!("noise").in_scope(library);
    });
    assert_eq!(guard.shutdown(PATIENCE).exported, 2);
    let request = receiver.next();
    let (parent, child) = (request.span("request"), request.span("step"));
    assert_eq!(child.parent_span_id, parent.span_id);
}

#[test]
fn a_span_may_outlive_what_its_thread_knows() {
    thread_local! {
        static LEFT: std::cell::RefCell<Option<tracing::Span>> = const { std::cell::RefCell::new(None) };
    }
    let mut config = config("http://127.0.0.1:9");
    config.sampling_ratio = 0.0;
    let guard = OtelGuard::start(&config).expect("a guard");
    let dispatch = tracing::Dispatch::new(guard.subscriber());
    let thread = std::thread::spawn(move || {
        // Registered before the layer's own, and so dropped after it.
        LEFT.with_borrow(|left| assert!(left.is_none()));
        tracing::dispatcher::with_default(&dispatch, || {
            LEFT.replace(Some(info_span!("request")));
        });
    });
    assert!(thread.join().is_ok());
}

/// Tells a span something again and again before anybody is in it.
#[track_caller]
fn check_bounded(tell: fn(&Span, &Span)) {
    let guard = OtelGuard::start(&config("http://127.0.0.1:9")).expect("a guard");
    tracing::subscriber::with_default(guard.subscriber(), || {
        let [span, other] = [(); 2].map(|()| info_span!("request", agent = Empty));
        let told = measure(|| (0..10_000).for_each(|_| tell(&span, &other)));
        assert!(told.bytes_max < 100_000, "{told:?}");
    });
}

#[test]
fn a_span_that_nobody_is_in_is_bounded_too() {
    check_bounded(|span, _| tracing::info!(parent: span, "told"));
    check_bounded(|span, _| {
        span.record("agent", "a-17");
    });
    // The span that its thread made last takes a shorter way.
    check_bounded(|_, last| {
        last.record("agent", "a-17");
    });
    check_bounded(|span, other| {
        span.follows_from(other);
    });
}
