//! What the metrics say of files that are there, are not, and change.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::Instant;

use super::*;
use crate::config::MetricsConfig;
use crate::ledger::Ledger;

const LEAF: &str = include_str!("testdata/leaf.pem");
const EXPIRY: &str = "rra_tls_certificate_expiry_seconds{certificate=public}";
const ERRORS: &str = "rra_tls_certificate_read_errors_total{certificate=public}";

/// Metrics of a certificate in this file.
fn open(path: impl Into<PathBuf>) -> (Metrics, std::sync::Arc<Ledger>, CertificateFile) {
    let file = CertificateFile::new("public", path);
    let (metrics, ledger) = Ledger::open(&MetricsConfig {
        certificate_files: vec![file.clone()],
        ..MetricsConfig::default()
    });
    (metrics, ledger, file)
}

#[test]
fn a_readable_file_tells_its_end_and_no_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("public.pem");
    fs::write(&path, LEAF).expect("a file");
    let (metrics, ledger, file) = open(path);
    read(&metrics, &file);
    assert_eq!(ledger.gauge(EXPIRY), Some(1_925_089_445.0));
    assert_eq!(ledger.counter(ERRORS), Some(0));
}

#[test]
fn a_missing_file_is_an_error_and_no_end() {
    let (metrics, ledger, file) = open("/nowhere/public.pem");
    read(&metrics, &file);
    assert_eq!(ledger.gauge(EXPIRY), None);
    assert_eq!(ledger.counter(ERRORS), Some(1));
}

#[test]
fn an_end_that_was_known_stays_when_the_file_goes() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("public.pem");
    fs::write(&path, LEAF).expect("a file");
    let (metrics, ledger, file) = open(&path);
    read(&metrics, &file);
    fs::remove_file(path).expect("the file");
    read(&metrics, &file);
    assert_eq!(ledger.gauge(EXPIRY), Some(1_925_089_445.0));
    assert_eq!(ledger.counter(ERRORS), Some(1));
}

#[test]
fn a_file_that_is_too_long_is_an_error_and_not_read_in_part() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("public.pem");
    let space = " ".repeat(usize::try_from(MAX_BYTES).expect("a length"));
    let far = include_str!("testdata/far.pem");
    fs::write(&path, format!("{far}{space}{LEAF}")).expect("a file");
    let (metrics, ledger, file) = open(&path);
    read(&metrics, &file);
    assert_eq!(
        (ledger.gauge(EXPIRY), ledger.counter(ERRORS)),
        (None, Some(1))
    );
    fs::File::create(&path)
        .and_then(|file| file.set_len(1 << 40))
        .expect("a file with a hole");
    assert!(contents(&path).is_err());
}

#[test]
fn a_pipe_or_a_device_is_an_error_and_not_waited_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("public.pem");
    let made = Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo").success());
    for path in [pipe, "/dev/zero".into()] {
        let (metrics, ledger, file) = open(path);
        read(&metrics, &file);
        assert_eq!(ledger.counter(ERRORS), Some(1));
    }
}

/// Waits until the certificate ends then, in seconds since 1970.
#[track_caller]
fn wait_for(ledger: &Ledger, end: f64) {
    let begun = Instant::now();
    while ledger.gauge(EXPIRY) != Some(end) {
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "{end} was not read"
        );
        thread::yield_now();
    }
}

#[test]
fn a_watch_reads_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("public.pem");
    fs::write(&path, LEAF).expect("a file");
    let (metrics, ledger, file) = open(path);
    let _watch = CertificateWatch::start(&metrics, &[file]).expect("a thread");
    wait_for(&ledger, 1_925_089_445.0);
}

#[test]
fn a_renewed_certificate_is_noticed_without_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("public.pem");
    fs::write(&path, LEAF).expect("a file");
    let (metrics, ledger, file) = open(&path);
    let soon = Duration::from_millis(1);
    let _watch = CertificateWatch::start_every(soon, &metrics, &[file]).expect("a thread");
    wait_for(&ledger, 1_925_089_445.0);
    fs::write(&path, include_str!("testdata/far.pem")).expect("a file");
    wait_for(&ledger, 2_556_241_445.0);
}
