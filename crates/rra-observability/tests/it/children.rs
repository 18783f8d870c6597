//! What a program that the service starts gets of us: nothing.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use rra_observability::Setup;
use rra_observability::sink::testing::{CapturingSink, FailingRemote, RemoteFailure};
use rra_observability::sink::{DeliveryError, RemoteSettings};

use super::{Bench, LONG, failure};

/// The files below a directory that a list of descriptors, as links, names.
fn below(descriptors: &str, directory: &Path) -> Vec<String> {
    let directory = format!("{}/", directory.display());
    let names = descriptors.lines().filter_map(|line| {
        let (_, name) = line.split_once(&directory)?;
        Some(name.to_owned())
    });
    names.collect()
}

/// Our own descriptors, as `ls` shows those of others.
fn own_descriptors() -> String {
    let entries = fs::read_dir("/proc/self/fd").unwrap();
    let links = entries.filter_map(|entry| fs::read_link(entry.unwrap().path()).ok());
    let names: Vec<_> = links.map(|link| link.display().to_string()).collect();
    names.join("\n")
}

#[test]
fn a_child_inherits_no_file_of_log_journal_spool_or_lock() {
    let bench = Bench::new();
    let mut config = bench.config();
    config.log.chain = true;
    config.log.rotate_bytes = Some(1_000);
    let (sink, _) = CapturingSink::new("remote");
    let down = RemoteFailure::Error(DeliveryError::retryable("no route to host"));
    let sink = FailingRemote::new(sink, vec![down; usize::from(u16::MAX)]);
    let sink = sink.settings(RemoteSettings {
        linger: Duration::ZERO,
        first_retry: Duration::from_millis(1),
        ..RemoteSettings::default()
    });
    let guard = Setup::new(config).remote(sink).start().unwrap();
    let kinds = ["security.log", ".security.log.lock", ".ring", ".records"];
    let deadline = Instant::now() + LONG;
    loop {
        guard.emit(&failure()).unwrap();
        let open = below(&own_descriptors(), bench.directory.path());
        let is_open = |kind: &&str| open.iter().any(|name| name.ends_with(*kind));
        if kinds.iter().all(is_open) {
            break;
        }
        assert!(Instant::now() < deadline, "not all are open: {open:?}");
        std::thread::sleep(Duration::from_millis(1));
    }
    let output = Command::new("ls")
        .args(["-l", "/proc/self/fd"])
        .output()
        .unwrap();
    let inherited = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && inherited.contains(" 1 -> "));
    let inherited = below(&inherited, bench.directory.path());
    assert_eq!(inherited, Vec::<String>::new());
    guard.shutdown(LONG);
}
