//! logrotate moves the log away while the service writes into it.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use rra_observability::schema::events::auth::{AuthFailureReason, Failure};
use rra_observability::schema::{Event, RequestId, read_strict};
use rra_observability::{Config, Handle, Setup};

use super::{LONG, output, system_program};

const ROTATIONS: usize = 5;
const PRODUCERS: usize = 4;
/// So many events come at once; then a producer waits until they are in the file.
const BURST: usize = 50;

#[test]
fn logrotate_create_loses_nothing_and_doubles_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("security.log");
    let guard = Setup::new(Config {
        log_file: Some(log.clone()),
        metrics_address: None,
        ..Config::default()
    })
    .start()
    .unwrap();

    let accepted = emit_while(&guard.handle(), || {
        for _ in 0..ROTATIONS {
            rotate(&log);
        }
    });
    let report = guard.shutdown(LONG);

    assert!(report.events.is_complete(), "{:?}", report.events);
    let (requests, files) = requests_in(directory.path());
    assert!(files > 2, "only {files} files: nothing was rotated");
    assert!(accepted > 0, "nothing was emitted");
    assert_eq!(requests.len(), accepted, "lines in {files} files");
    let distinct: HashSet<&String> = requests.iter().collect();
    assert_eq!(distinct.len(), accepted, "different lines");
}

/// Emits from several threads for as long as `work` takes; the number of accepted events.
fn emit_while(handle: &Handle, work: impl FnOnce()) -> usize {
    let ends = AtomicBool::new(false);
    let accepted = AtomicUsize::new(0);
    thread::scope(|scope| {
        for producer in 0..PRODUCERS {
            let (ends, accepted) = (&ends, &accepted);
            scope.spawn(move || {
                for number in 0_usize.. {
                    if ends.load(Ordering::Relaxed) {
                        return;
                    }
                    if emit(handle, &format!("request-{producer}-{number}")) {
                        accepted.fetch_add(1, Ordering::Relaxed);
                    }
                    if number % BURST == 0 {
                        handle.flush(LONG).unwrap();
                    }
                }
            });
        }
        work();
        ends.store(true, Ordering::Relaxed);
    });
    accepted.into_inner()
}

/// Whether the event was accepted: a full journal may refuse it, and then it must not be found.
fn emit(handle: &Handle, request: &str) -> bool {
    let event = Event::new(Failure::new(AuthFailureReason::InvalidKey))
        .request_id(RequestId::new(request).unwrap());
    handle.emit(&event).is_ok()
}

/// Rotates once, as the configuration for operators does it: by `create`, without a signal.
fn rotate(log: &Path) {
    let configuration = log.with_file_name("logrotate.conf");
    let path = log.display();
    let text = format!("{path} {{\n  create 0640\n  rotate 100\n}}\n");
    fs::write(&configuration, text).unwrap();
    output(
        system_program("logrotate")
            .args(["--force", "--state"])
            .arg(log.with_file_name("logrotate.state"))
            .arg(&configuration),
    );
}

/// The request ids of all our events in all files of the log, and the number of files.
fn requests_in(directory: &Path) -> (Vec<String>, usize) {
    let logs: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file() && path.to_string_lossy().contains("security.log"))
        .collect();
    let requests = logs
        .iter()
        .flat_map(|path| {
            let text = fs::read_to_string(path).unwrap();
            text.lines()
                .filter_map(|line| read_strict(line).unwrap().request_id().map(str::to_owned))
                .collect::<Vec<_>>()
        })
        .collect();
    (requests, logs.len())
}
