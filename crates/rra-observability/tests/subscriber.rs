//! The tracing subscriber, of which a process has one. One test, because tests of one file share
//! a process.

use std::time::Duration;

use opentelemetry::global;
use opentelemetry::trace::Tracer;
use rra_observability::otel::OtelConfig;
use rra_observability::{Config, Error, init};

#[test]
fn a_subscriber_of_the_service_itself_is_an_error_unless_it_says_so() {
    tracing::subscriber::set_global_default(tracing_subscriber::registry()).unwrap();
    let mut config = Config {
        metrics_address: None,
        ..Config::default()
    };
    // Port 9 discards; whether anything listens there does not matter here.
    config.traces.otel = OtelConfig::new("http://127.0.0.1:9");
    let error = init(config.clone()).unwrap_err();
    assert!(matches!(error, Error::SubscriberInstalled));
    assert!(
        error
            .to_string()
            .contains("set traces.install_subscriber to false")
    );

    config.traces.install_subscriber = false;
    let guard = init(config).unwrap();
    assert!(
        guard
            .tracing_layer::<tracing_subscriber::Registry>()
            .is_some()
    );
    // Spans of libraries that do not go through `tracing` are sent too.
    drop(global::tracer("library").start("work"));
    let report = guard.shutdown(Duration::from_secs(1));
    assert_eq!(report.traces.map(|traces| traces.ended), Some(1));
}
