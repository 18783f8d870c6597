//! What the page tells that nobody counts: certificates, the runtime, the networks of attackers.

use std::net::IpAddr;
use std::time::Instant;

use rra_observability::metrics::CertificateFile;
use rra_observability::schema::Event;
use rra_observability::schema::events::auth::{AuthFailureReason, Failure};
use rra_observability::{Config, Guard, Setup};

use super::LONG;

fn start(change: impl FnOnce(&mut Config)) -> Guard {
    let mut config = Config {
        metrics_address: None,
        ..Config::default()
    };
    change(&mut config);
    Setup::new(config).start().unwrap()
}

/// Renders until the page has the line.
#[track_caller]
fn wait_for(guard: &Guard, line: &str) {
    let begun = Instant::now();
    while !guard.handle().render_metrics().contains(line) {
        assert!(begun.elapsed() < LONG, "{line} did not appear");
        std::thread::yield_now();
    }
}

#[test]
#[cfg(feature = "certificates")]
fn a_certificate_in_a_file_tells_its_end_and_a_missing_one_an_error() {
    let leaf = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../rra-metrics/src/certificates/testdata/leaf.pem"
    );
    let guard = start(|config| {
        config.metrics.certificate_files = vec![
            CertificateFile::new("public", leaf),
            CertificateFile::new("gone", "/nowhere/gone.pem"),
        ];
    });
    let end = "rra_tls_certificate_expiry_seconds{certificate=\"public\"} 1925089445\n";
    wait_for(&guard, end);
    let missing = "rra_tls_certificate_read_errors_total{certificate=\"gone\"} 1\n";
    wait_for(&guard, missing);
    let page = guard.handle().render_metrics();
    assert!(!page.contains("rra_tls_certificate_expiry_seconds{certificate=\"gone\"}"));
}

#[test]
#[cfg(not(feature = "certificates"))]
fn files_of_certificates_are_refused_without_their_feature() {
    let mut config = Config {
        metrics_address: None,
        ..Config::default()
    };
    config.metrics.certificate_files = vec![CertificateFile::new("public", "/a.pem")];
    let error = Setup::new(config).start().unwrap_err().to_string();
    assert!(error.contains("feature certificates"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
#[cfg(feature = "tokio")]
async fn the_runtime_of_the_service_is_shown() {
    let guard = start(|_| ());
    wait_for(&guard, "\nrra_tokio_workers 3\n");
    wait_for(&guard, "\nrra_tokio_busy_seconds_total ");
}

#[test]
#[cfg(feature = "tokio")]
fn a_runtime_that_comes_later_is_shown_when_it_is_given() {
    let guard = start(|_| ());
    assert!(!guard.handle().render_metrics().contains("rra_tokio_"));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    guard.handle().observe_runtime(runtime.handle().clone());
    wait_for(&guard, "\nrra_tokio_workers 1\n");
}

#[test]
fn networks_of_failures_are_named_when_asked_for() {
    let guard = start(|config| config.metrics.by_source = true);
    let address: IpAddr = "203.0.113.9".parse().unwrap();
    let failure = Event::new(Failure::new(AuthFailureReason::InvalidKey)).source_ip(address);
    guard.emit(&failure).unwrap();
    wait_for(
        &guard,
        "rra_auth_failures_by_source{source=\"203.0.113.0/24\"} 1\n",
    );
}

#[test]
#[cfg(feature = "file")]
fn the_room_for_the_log_and_its_journal_is_told_at_the_first_look() {
    // A directory that does not exist yet would be found at the second look, after 15 seconds.
    let begun = Instant::now();
    for _ in 0..10 {
        let directory = tempfile::tempdir().unwrap();
        let guard = start(|config| config.log_file = Some(directory.path().join("security.log")));
        wait_for(&guard, "\nrra_filesystem_available_bytes{role=\"log\"} ");
        wait_for(&guard, "\nrra_filesystem_size_bytes{role=\"spool\"} ");
    }
    let took_seconds = begun.elapsed().as_secs();
    assert!(took_seconds < 10, "ten first looks: {took_seconds} s");
}
