//! From `emit` to the line in the file, and what the log says about itself.

use std::fs;

use rra_observability::Setup;
use rra_observability::file::{Verdict, verify};
use rra_observability::schema::{Scalar, SecurityEvent, UserId};
use rra_observability::sink::Level;

use super::{Bench, LONG, failure};

#[test]
fn an_emitted_event_is_a_strict_line_with_its_seal() {
    let bench = Bench::new();
    let guard = bench.start();
    let user = UserId::new("user_abc123").unwrap();
    let accepted = guard
        .emit(&failure().user_id(user).message("wrong key"))
        .unwrap();
    guard.shutdown(LONG);
    let events = bench.events();
    let event = &events[1];
    assert_eq!(event.event_name().as_str(), "auth.failure");
    assert_eq!((event.service(), event.environment()), ("shop", "test"));
    assert_eq!(
        (event.message(), event.user_id()),
        ("wrong key", Some("user_abc123"))
    );
    assert_eq!(event.event_id().unwrap().seq, accepted.seq);
    let instance = |at: usize| events[at].event_id().unwrap().instance;
    assert_eq!(instance(0), instance(1));
}

#[test]
fn the_log_says_that_it_started_and_stopped() {
    let bench = Bench::new();
    let guard = bench.start();
    guard.emit(&failure()).unwrap();
    guard.shutdown(LONG);
    assert_eq!(
        bench.types(),
        ["audit.started", "auth.failure", "audit.stopped"]
    );
    let stopped = &bench.events()[2];
    assert_eq!(stopped.detail("accepted_events"), Some(Scalar::Integer(2)));
}

#[test]
fn a_dropped_guard_delivers_what_waits() {
    let bench = Bench::new();
    let guard = bench.start();
    guard.emit(&failure()).unwrap();
    drop(guard);
    assert_eq!(
        bench.types(),
        ["audit.started", "auth.failure", "audit.stopped"]
    );
}

#[test]
fn a_torn_line_of_an_earlier_run_is_a_gap() {
    let bench = Bench::new();
    std::fs::create_dir(bench.directory.path().join("logs")).unwrap();
    std::fs::write(bench.path(), "{\"timestamp\":\"2025-").unwrap();
    bench.start().shutdown(LONG);
    assert_eq!(
        bench.types(),
        ["audit.started", "audit.gap", "audit.stopped"]
    );
    let gap = &bench.events()[1];
    assert_eq!(gap.detail("reason"), Some(Scalar::Text("torn_line")));
}

#[test]
fn a_file_of_the_journal_that_is_no_ring_is_a_gap() {
    let bench = Bench::new();
    bench.start().shutdown(LONG);
    fs::remove_file(bench.path()).unwrap();
    let ring = bench.path().with_extension("log.journal").join("0.ring");
    fs::write(ring, "no ring").unwrap();
    bench.start().shutdown(LONG);
    let gap = &bench.events()[1];
    assert_eq!(gap.detail("reason"), Some(Scalar::Text("damaged")));
    assert!(gap.message().contains("0.damaged"), "{}", gap.message());
}

#[test]
fn lines_that_were_cut_away_and_that_the_journal_lacks_are_a_gap() {
    let bench = Bench::new();
    let mut config = bench.config();
    config.journal.max_bytes = Some(128 * 1024);
    let guard = Setup::new(config).start().unwrap();
    for _ in 0..100 {
        for _ in 0..10 {
            guard.emit(&failure()).unwrap();
        }
        guard.handle().flush(LONG).unwrap();
    }
    fs::write(bench.path(), "").unwrap();
    guard.emit(&failure()).unwrap();
    guard.handle().flush(LONG).unwrap();
    guard.shutdown(LONG);
    let events = bench.events();
    let gap = events
        .iter()
        .find(|event| event.event_name().as_str() == "audit.gap")
        .unwrap();
    assert_eq!(gap.detail("reason"), Some(Scalar::Text("io_error")));
    assert_eq!(gap.detail("first_seq"), Some(Scalar::Integer(1)));
    assert_eq!(gap.detail("sink"), Some(Scalar::Text("file")));
    let Some(Scalar::Integer(lost)) = gap.detail("count") else {
        panic!("{gap:?}");
    };
    // All of them but the gap and the last line: started, and 1,001 events.
    assert_eq!(events.len() - 2, 1_002 - usize::try_from(lost).unwrap());
}

#[test]
fn a_durable_event_is_in_the_file_when_its_receipt_says_so() {
    let bench = Bench::new();
    let guard = bench.start();
    guard
        .handle()
        .emit_durable(&failure())
        .unwrap()
        .wait(LONG)
        .unwrap();
    assert!(bench.types().contains(&"auth.failure".to_owned()));
    let written = guard
        .handle()
        .emit_with_receipt(&failure(), Level::Written)
        .unwrap();
    written.wait(LONG).unwrap();
    guard.shutdown(LONG);
}

#[test]
fn a_line_of_the_rra_module_is_replayed_as_an_event_of_ours() {
    let bench = Bench::new();
    let guard = bench.start();
    let line = r#"{"timestamp": "2015-05-17T13:05:42Z", "service": "rra-module",
        "environment": "production", "event_type": "rate_limit.exceeded", "severity": "warning",
        "message": "Rate limit exceeded", "details": {"limit": 30, "window_minutes": 1}}"#;
    let accepted = guard.handle().replay(line).unwrap();
    let error = guard.handle().replay("not json").unwrap_err().to_string();
    assert!(
        error.starts_with("the line cannot be replayed: the line is not one JSON"),
        "{error}"
    );
    guard.shutdown(LONG);
    let events = bench.events();
    let event = &events[1];
    assert_eq!(event.event_name().as_str(), "rate_limit.exceeded");
    assert_eq!(event.event_id().unwrap().seq, accepted.seq);
    assert_eq!(event.message(), "Rate limit exceeded");
}

#[test]
fn a_log_that_was_moved_away_says_that_another_file_began() {
    let bench = Bench::new();
    let guard = bench.start();
    guard.handle().flush(LONG).unwrap();
    let log = bench.path();
    std::fs::rename(&log, log.with_extension("log.1")).unwrap();
    std::fs::write(&log, "").unwrap();
    let has_segment = || {
        std::fs::read_to_string(&log)
            .unwrap()
            .contains("audit.segment")
    };
    let start = std::time::Instant::now();
    while !has_segment() {
        assert!(start.elapsed() < LONG, "nothing was said");
        std::thread::yield_now();
    }
    guard.shutdown(LONG);
    assert_eq!(bench.types(), ["audit.segment", "audit.stopped"]);
}

#[test]
fn a_log_that_rotates_itself_keeps_every_event_in_one_chain() {
    let bench = Bench::new();
    let mut config = bench.config();
    config.log.chain = true;
    config.log.rotate_bytes = Some(4096);
    config.log.compress = false;
    let guard = Setup::new(config).start().unwrap();
    for _ in 0..30 {
        guard.emit(&failure()).unwrap();
        guard.handle().flush(LONG).unwrap();
    }
    assert!(guard.shutdown(LONG).events.is_complete());

    let files = bench.files();
    assert!(files.len() > 2, "{files:?}");
    assert!(matches!(verify(&files, &[]).verdict, Verdict::Intact));
    let texts = files.iter().map(|file| fs::read_to_string(file).unwrap());
    let all: String = texts.collect();
    assert_eq!(all.matches("auth.failure").count(), 30);
    assert!(all.contains("audit.segment"));

    let changed = fs::read_to_string(&files[0])
        .unwrap()
        .replacen("invalid_key", "unknown_user", 1);
    fs::write(&files[0], changed).unwrap();
    assert_eq!(verify(&files, &[]).verdict.exit_code(), 1);
}
