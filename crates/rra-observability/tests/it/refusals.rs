//! What cannot work is a clear error at the start, and leaves nothing behind.

use std::process::Command;

#[cfg(feature = "otel")]
use rra_observability::otel::OtelConfig;
use rra_observability::{Config, JournalDirectory, Setup};

use super::{Bench, LONG};

#[track_caller]
fn check(change: impl FnOnce(&mut Config), expected: &str) {
    let bench = Bench::new();
    let mut config = bench.config();
    change(&mut config);
    let error = Setup::new(config).start().unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn a_log_directory_that_cannot_be_made() {
    check(
        |config| config.log_file = Some("/proc/rra/security.log".into()),
        "the log directory /proc/rra cannot be used",
    );
}

#[test]
fn a_log_file_that_is_a_directory() {
    check(
        |config| config.log_file = Some("/proc".into()),
        "the log file /proc is not a regular file",
    );
}

#[test]
fn a_service_name_that_no_event_can_carry() {
    check(
        |config| config.service_name = String::new(),
        "service cannot be \"\": expected 1 to 64 visible characters",
    );
}

#[test]
fn a_journal_smaller_than_a_line() {
    check(
        |config| config.journal.max_bytes = Some(1_000),
        "a journal of 1000 bytes cannot hold the longest line",
    );
}

#[test]
fn a_journal_directory_that_cannot_be_used_names_its_setting() {
    let at = |path: &'static str| {
        move |config: &mut Config| config.journal.directory = JournalDirectory::At(path.into())
    };
    let setting = "journal.directory (RRA_JOURNAL_DIRECTORY): the journal";
    check(at("/proc/rra"), &format!("{setting} cannot use /proc/rra"));
    check(at("/tmp"), &format!("{setting}'s directory /tmp must be"));
}

#[test]
fn more_chains_than_metrics_can_tell_apart() {
    check(
        |config| config.metrics.chains = (0..17).map(|n| format!("eip155:{n}")).collect(),
        "17 values are registered for the metric label chain",
    );
}

#[test]
fn two_sinks_of_one_name() {
    let bench = Bench::new();
    let (sink, _) = rra_observability::sink::testing::CapturingSink::new("file");
    let error = Setup::new(bench.config()).sink(sink).start().unwrap_err();
    assert_eq!(
        error.to_string(),
        "two sinks are named \"file\": give each its own name"
    );
}

/// One test, because its child is this test once more.
#[expect(
    clippy::disallowed_methods,
    reason = "how a test knows that it is the child, and no setting of the library"
)]
#[test]
fn a_variable_whose_name_has_a_slip() {
    let (slip, name) = (
        "RRA_SECURITY_LOG_FIEL",
        "refusals::a_variable_whose_name_has_a_slip",
    );
    if std::env::var_os(slip).is_some() {
        let error = Config::from_env().unwrap_err().to_string();
        assert!(error.contains("did you mean RRA_SECURITY_LOG_FILE?"));
        return;
    }
    let mut child = Command::new(std::env::current_exe().unwrap());
    let output = child.args(["--exact", name]).env(slip, "true").output();
    // A child that found no test of that name would have succeeded too.
    let said = String::from_utf8(output.unwrap().stdout).unwrap();
    assert!(said.contains("test result: ok. 1 passed"), "{said}");
}

#[test]
fn what_is_kept_of_a_log_that_never_rotates_itself() {
    let missing = "is set and log.rotate_bytes or log.rotate_every is not";
    check(
        |config| config.log.keep_files = 7,
        &format!("log.keep_files {missing}"),
    );
    check(
        |config| config.log.keep_bytes = Some(1),
        &format!("log.keep_bytes {missing}"),
    );
    check(
        |config| config.log.keep_age = Some(LONG),
        &format!("log.keep_days {missing}"),
    );
}

#[cfg(feature = "http")]
#[test]
fn a_header_of_proxies_without_a_proxy() {
    check(
        |config| config.http.proxy_header = rra_observability::ProxyHeader::Forwarded,
        "http.proxy_header (RRA_PROXY_HEADER) is set and http.trusted_proxies (RRA_TRUSTED_PROXIES) is not",
    );
}

#[cfg(feature = "http")]
#[test]
fn a_port_in_use_and_the_same_setup_works_on_another() {
    let bench = Bench::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut config = bench.config();
    config.metrics_address = taken.local_addr().ok();
    let error = Setup::new(config.clone()).start().unwrap_err().to_string();
    assert!(error.contains("something listens there already"), "{error}");
    assert!(
        error.starts_with("metrics.address (RRA_METRICS_ADDRESS): "),
        "{error}"
    );
    config.metrics_address = "127.0.0.1:0".parse().ok();
    let guard = Setup::new(config).start().unwrap();
    assert_ne!(guard.admin_address().unwrap().port(), 0);
    guard.shutdown(LONG);
}

#[cfg(feature = "http")]
#[test]
fn every_interface_that_nobody_asked_for() {
    check(
        |config| config.metrics_address = "0.0.0.0:0".parse().ok(),
        "set metrics.every_interface (RRA_METRICS_EVERY_INTERFACE) to true",
    );
}

#[cfg(feature = "http")]
#[test]
fn a_network_or_a_token_that_is_none() {
    let served = |config: &mut Config| config.metrics_address = "127.0.0.1:0".parse().ok();
    check(
        |config| {
            served(config);
            config.metrics_access.allowed = vec!["everyone".to_owned()];
        },
        "metrics.allowed (RRA_METRICS_ALLOWED): \"everyone\" is no network",
    );
    check(
        |config| {
            served(config);
            config.metrics_access.token = Some(rra_observability::Secret::new("short"));
        },
        "at least 16 visible ASCII characters",
    );
}

#[cfg(all(feature = "http", feature = "tls"))]
#[test]
fn a_certificate_without_its_key_or_without_a_file() {
    let served = |config: &mut Config| {
        config.metrics_address = "127.0.0.1:0".parse().ok();
        config.metrics_access.tls_certificate = Some("/nowhere/tls.crt".into());
    };
    check(served, "(RRA_METRICS_TLS_KEY) is not: set both or none");
    check(
        |config| {
            served(config);
            config.metrics_access.tls_key = Some("/nowhere/tls.key".into());
        },
        "the admin listener cannot use /nowhere/tls.crt",
    );
}

#[cfg(all(feature = "http", not(feature = "tls")))]
#[test]
fn a_certificate_without_the_feature() {
    check(
        |config| {
            config.metrics_address = "127.0.0.1:0".parse().ok();
            config.metrics_access.tls_certificate = Some("/nowhere/tls.crt".into());
        },
        "built without its feature tls",
    );
}

#[cfg(all(feature = "otel", not(feature = "tls")))]
#[test]
fn traces_over_https_without_the_feature() {
    check(
        |config| config.traces.otel = OtelConfig::new("https://127.0.0.1:4318"),
        "https:// in traces.endpoint (OTEL_EXPORTER_OTLP_ENDPOINT) is set, but the library was built without its feature tls",
    );
}

#[cfg(all(feature = "otel", not(feature = "grpc")))]
#[test]
fn traces_over_grpc_without_the_feature() {
    check(
        |config| {
            config.traces.otel = OtelConfig::new("http://127.0.0.1:4317");
            config.traces.otel.protocol = rra_observability::otel::Protocol::Grpc;
        },
        "traces.protocol (OTEL_EXPORTER_OTLP_PROTOCOL) is set, but the library was built without its feature grpc",
    );
}

#[cfg(not(feature = "http"))]
#[test]
fn an_address_to_serve_without_the_feature() {
    check(
        |config| config.metrics_address = "127.0.0.1:0".parse().ok(),
        "built without its feature http",
    );
}

#[cfg(feature = "otel")]
#[test]
fn an_endpoint_that_is_no_url() {
    check(
        |config| config.traces.otel = OtelConfig::new("not a url"),
        "traces.endpoint (OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT): traces cannot be sent to \"not a url\": write it as http://",
    );
}

#[cfg(not(feature = "otel"))]
#[test]
fn traces_without_the_feature() {
    check(
        |config| {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("rra.toml");
            std::fs::write(&path, "traces.endpoint = 'http://127.0.0.1:4318'").unwrap();
            config.traces = Config::from_file(&path).unwrap().traces;
        },
        "traces.endpoint is set, but the library was built without its feature otel",
    );
}

#[test]
fn an_error_that_main_returns_reads_as_it_is_displayed() {
    let mut config = Bench::new().config();
    config.log_file = Some("/proc".into());
    let error = Setup::new(config).start().unwrap_err();
    assert_eq!(format!("{error:?}"), error.to_string());
}

#[test]
fn a_failed_start_leaves_the_file_free_for_the_next() {
    let bench = Bench::new();
    let mut config = bench.config();
    config.journal.max_bytes = Some(1);
    Setup::new(config).start().unwrap_err();
    assert!(bench.start().shutdown(LONG).events.is_complete());
}
