//! The log is taken away from a running service, and given back.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use rra_observability::{Guard, Setup};

use super::served::get;
use super::{Bench, LONG, failure};

/// Promised to operators.
const BACK_WITHIN: Duration = Duration::from_secs(2);

/// Waits until the page says that.
#[track_caller]
fn wait_for(guard: &Guard, page: &str, expected: &str, within: Duration) {
    let start = Instant::now();
    loop {
        let answer = get(guard, page);
        if answer.contains(expected) {
            return;
        }
        assert!(start.elapsed() < within, "{expected} is not in {answer}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Takes the log away, emits, gives it back, without a flush that would wake anybody.
#[track_caller]
fn check(take: impl FnOnce(&Path), give_back: impl FnOnce(&Path), cause: &str) {
    let bench = Bench::new();
    let mut config = bench.config();
    config.metrics_address = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
    let guard = Setup::new(config).start().unwrap();
    wait_for(
        &guard,
        "/metrics",
        "rra_sink_written_events_total{sink=\"file\"} 1\n",
        LONG,
    );
    let logs = bench.path().parent().unwrap().to_owned();

    take(&logs);
    for _ in 0..10 {
        guard.emit(&failure()).unwrap();
    }
    wait_for(&guard, "/ready", "HTTP/1.1 503 ", LONG);
    wait_for(&guard, "/ready", cause, LONG);
    wait_for(&guard, "/metrics", "rra_sink_up{sink=\"file\"} 0\n", LONG);
    wait_for(
        &guard,
        "/metrics",
        "rra_sink_queue_events{sink=\"file\"} 10\n",
        LONG,
    );
    let errors = "rra_sink_errors_total{sink=\"file\",error_type=\"io\"} ";
    let page = get(&guard, "/metrics");
    let count = page.lines().find_map(|line| line.strip_prefix(errors));
    assert!(count.unwrap().parse::<u64>().unwrap() > 0, "{page}");

    give_back(&logs);
    wait_for(&guard, "/ready", "HTTP/1.1 200 ", BACK_WITHIN);
    let report = guard.shutdown(LONG).events;
    assert!(report.is_complete() && report.is_balanced(), "{report:?}");
    let types = bench.types();
    let failures = types.iter().filter(|name| *name == "auth.failure");
    assert_eq!(failures.count(), 10);
}

#[test]
fn a_directory_that_was_removed_and_cannot_be_made() {
    let take = |logs: &Path| {
        fs::remove_dir_all(logs).unwrap();
        fs::write(logs, "in the way").unwrap();
    };
    let give_back = |logs: &Path| fs::remove_file(logs).unwrap();
    check(take, give_back, "cannot be used: not a directory");
}

#[test]
fn a_directory_that_everybody_may_write_now() {
    use std::os::unix::fs::PermissionsExt;
    let set = |logs: &Path, mode| {
        fs::set_permissions(logs, fs::Permissions::from_mode(mode)).unwrap();
    };
    // Looked at when a file is opened, so it must be.
    let take = move |logs: &Path| {
        set(logs, 0o777);
        fs::remove_file(logs.join("security.log")).unwrap();
    };
    check(
        take,
        move |logs| set(logs, 0o750),
        "is writable by everybody",
    );
}

#[test]
fn a_directory_that_was_removed_is_made_again_and_nothing_is_refused() {
    let bench = Bench::new();
    let guard = bench.start();
    guard.handle().flush(LONG).unwrap();
    fs::remove_dir_all(bench.path().parent().unwrap()).unwrap();
    guard.emit(&failure()).unwrap();
    let start = Instant::now();
    while !fs::read_to_string(bench.path()).is_ok_and(|text| text.contains("auth.failure")) {
        assert!(start.elapsed() < BACK_WITHIN);
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(guard.shutdown(LONG).events.is_complete());
}
