//! What an open asks of the disk, in which order: a power failure between any two of these calls must
//! leave no log without a name and no fragment that is in neither file.

use std::fs;
use std::path::Path;

use crate::runs::run;
use crate::victim::{Stage, Target};

/// The changes and syncs of the main thread while it opens the log.
#[track_caller]
fn check(before: impl FnOnce(&Path), expected: &[&str]) {
    let stage = Stage::new();
    before(&stage.logs());
    let calls = "trace=mkdir,mkdirat,fsync,fdatasync,ftruncate";
    let (ended, trace) = run(&stage, Target::Main, &["-y", "-e", calls]);
    assert_eq!(ended.code, Some(0));
    let directory = stage.logs();
    let parent = directory.parent().unwrap().to_str().unwrap();
    let told: Vec<String> = trace
        .lines()
        .filter_map(|line| step(line, parent))
        .collect();
    assert_eq!(told, expected, "{trace}");
}

/// A call and its path below that directory, if that is the one of the log or in it.
fn step(line: &str, parent: &str) -> Option<String> {
    let (call, arguments) = line.split_once('(')?;
    let start = arguments.find(parent)? + parent.len();
    let path = arguments[start..].split(['>', '"']).next()?;
    let (path, word) = match path.split_once(".torn-") {
        Some((path, _)) => (path, " torn"),
        None => (path, ""),
    };
    match path {
        "" => Some(format!("{call} /")),
        _ if path.starts_with("/logs") => Some(format!("{call} {path}{word}")),
        _ => None,
    }
}

#[test]
fn a_new_directory_has_its_name_on_the_disk_before_anything_is_in_it() {
    check(|_| (), &["mkdir /logs", "fsync /"]);
}

#[test]
fn a_fragment_is_safe_elsewhere_before_the_log_is_cut() {
    let torn = |logs: &Path| {
        fs::create_dir(logs).unwrap();
        fs::write(logs.join("security.log"), "{\"event_id\":\"1\"}\n{\"half").unwrap();
    };
    check(
        torn,
        &[
            "fsync /logs/security.log torn",
            "ftruncate /logs/security.log",
            "fsync /logs/security.log",
            "fsync /logs",
        ],
    );
}
