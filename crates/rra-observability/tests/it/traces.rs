//! Traces beside events, to a receiver that is away.

use std::time::Duration;

use rra_observability::Setup;
use tracing_subscriber::layer::SubscriberExt;

use super::{Bench, failure};

#[test]
fn an_event_inside_a_span_carries_its_trace() {
    let bench = Bench::new();
    let mut config = bench.config();
    // Port 9 discards; whether anything listens there does not matter here.
    config.traces.endpoint = Some("http://127.0.0.1:9".to_owned());
    let guard = Setup::new(config).start().unwrap();
    let subscriber = tracing_subscriber::registry().with(guard.tracing_layer());
    tracing::subscriber::with_default(subscriber, || {
        let span = tracing::info_span!("authenticate");
        let _inside = span.enter();
        guard.emit(&failure()).unwrap();
    });
    let report = guard.shutdown(Duration::from_secs(2));
    assert!(report.events.is_complete());
    assert_eq!(report.traces.unwrap().ended, 1);
    let events = bench.events();
    assert!(events[1].trace().is_some());
    assert!(
        events[0].trace().is_none(),
        "nothing was going on when logging started"
    );
}

#[test]
fn without_an_endpoint_nothing_is_traced() {
    let guard = Bench::new().start();
    assert!(
        guard
            .tracing_layer::<tracing_subscriber::Registry>()
            .is_none()
    );
    assert!(guard.shutdown(super::LONG).traces.is_none());
}
