//! Metrics that go to a recorder of the service's own, of which a process has one.

#![cfg(not(feature = "prometheus"))]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use metrics::{
    Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit,
    set_global_recorder,
};
use rra_observability::schema::metrics::pipeline::EVENTS_ACCEPTED;
use rra_observability::{Config, Setup};

/// Keeps one counter.
struct Own(Arc<AtomicU64>);

impl Recorder for Own {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        if key.name() == EVENTS_ACCEPTED.name {
            return Counter::from_arc(Arc::clone(&self.0));
        }
        Counter::noop()
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

#[test]
fn the_recorder_has_the_whole_account_when_the_end_has_come() {
    let accepted = Arc::new(AtomicU64::new(0));
    assert!(set_global_recorder(Own(Arc::clone(&accepted))).is_ok());
    let directory = tempfile::tempdir().unwrap();
    let guard = Setup::new(Config {
        log_file: Some(directory.path().join("security.log")),
        metrics_address: None,
        ..Config::default()
    });
    let report = guard.start().unwrap().shutdown(Duration::from_secs(20));
    assert_eq!(report.events.accepted, 2);
    assert_eq!(accepted.load(Ordering::Relaxed), 2);
}
