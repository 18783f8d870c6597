//! Paths that are named from where the process started. One test, because where it is belongs to the whole
//! process.

use std::fs;
use std::time::Duration;

use rra_observability::schema::Event;
use rra_observability::schema::events::auth::{AuthMethod, Success};
use rra_observability::sink::DeliveryError;
use rra_observability::sink::testing::{CapturingSink, FailingRemote, RemoteFailure};
use rra_observability::{Config, Setup};

const LONG: Duration = Duration::from_secs(20);

#[test]
fn a_service_that_goes_elsewhere_means_the_places_it_was_told() {
    let (start, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::env::set_current_dir(start.path()).unwrap();
    let config = Config {
        metrics_address: None,
        log_file: Some("logs/security.log".into()),
        ..Config::default()
    };
    let (sink, _) = CapturingSink::new("remote");
    let down = RemoteFailure::Error(DeliveryError::retryable("no route to host"));
    let remote = FailingRemote::new(sink, vec![down; usize::from(u16::MAX)]);
    let guard = Setup::new(config).remote(remote).start().unwrap();
    // As a daemon does.
    std::env::set_current_dir(elsewhere.path()).unwrap();
    let handle = guard.handle();
    for _ in 0..100 {
        let event = Event::new(Success::new(AuthMethod::ApiKey));
        handle.emit(&event).unwrap();
    }
    let report = guard.shutdown(LONG).events;
    assert_eq!(report.sinks[1].pending, 102);
    assert_eq!(report.sinks[1].spooled, 102, "{report:?}");
    assert!(start.path().join("logs/security.log").is_file());
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
    let text = handle.render_metrics();
    for role in ["log", "spool"] {
        let series = format!("rra_filesystem_size_bytes{{role=\"{role}\"}}");
        assert!(text.contains(&series), "{text}");
    }
}
