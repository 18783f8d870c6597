//! What the next process finds in the directory of one that died. A journal that is dropped with
//! events in it leaves them as a killed one would.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::sync::atomic::AtomicBool;

use rra_schema::Severity;

use super::*;
use crate::lane::{Lane, Turn};
use crate::loss::Reason;
use crate::scratch::private_directory;
use crate::testing::{Captured, CapturingSink};
use crate::{Builder, Journal};

/// A journal in a directory, with lanes that move by hand.
struct Bench {
    journal: Journal,
    lanes: Vec<Lane>,
    captured: Vec<Captured>,
}

fn start(directory: &Path, sinks: &[&str]) -> Result<Bench, Error> {
    let (sinks, captured): (Vec<_>, _) = sinks.iter().map(|name| CapturingSink::new(*name)).unzip();
    let builder = Journal::builder()
        .max_bytes(Builder::LEAST_BYTES)
        .directory(directory);
    let builder = sinks.into_iter().fold(builder, Builder::sink);
    let (journal, lanes) = builder.assemble()?;
    let lanes = lanes.into_iter().map(|(_, lane)| lane).collect();
    Ok(Bench {
        journal,
        lanes,
        captured,
    })
}

impl Bench {
    fn append(&self, line: &str) {
        let write = |_, out: &mut Vec<u8>| out.extend_from_slice(line.as_bytes());
        self.journal.append(Severity::Info, write).unwrap();
    }

    fn drain(&mut self) {
        for lane in &mut self.lanes {
            while !matches!(lane.turn(), Turn::Idle) {}
        }
    }
}

fn files(directory: &Path, extension: &str) -> usize {
    let entries = fs::read_dir(directory).unwrap();
    let names = entries.map(|entry| entry.unwrap().path());
    names
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .count()
}

#[test]
fn what_a_dead_process_left_is_delivered_before_anything_new() {
    let directory = private_directory();
    let mut dead = start(directory.path(), &["a"]).unwrap();
    dead.append("delivered\n");
    dead.drain();
    dead.append("left 1\n");
    dead.append("left 2\n");
    drop(dead);

    let mut next = start(directory.path(), &["a"]).unwrap();
    assert_eq!(next.journal.recovered_events(), 2);
    next.append("new\n");
    next.drain();
    next.captured[0].assert_lines(&["left 1\n", "left 2\n", "new\n"]);
    let report = next.journal.report();
    assert!(report.is_balanced(), "{report:?}");
    assert_eq!((report.accepted, report.sinks[0].recovered), (1, 2));
    assert_eq!(files(directory.path(), "ring"), 1, "the old ring is gone");
}

#[test]
fn each_sink_gets_what_it_lacked() {
    let directory = private_directory();
    let mut dead = start(directory.path(), &["fast", "slow"]).unwrap();
    dead.append("one\n");
    while !matches!(dead.lanes[0].turn(), Turn::Idle) {}
    drop(dead);

    let mut next = start(directory.path(), &["slow", "fast"]).unwrap();
    next.drain();
    next.captured[0].assert_lines(&["one\n"]);
    next.captured[1].assert_lines(&[]);
}

#[test]
fn what_a_sink_holds_already_is_not_delivered_again() {
    let directory = private_directory();
    let dead = start(directory.path(), &["a"]).unwrap();
    for line in ["1\n", "2\n", "3\n", "4\n"] {
        dead.append(line);
    }
    drop(dead);

    // A sink that has the second and third line from the process that died.
    let earlier = start(private_directory().path(), &["a"]);
    let mut earlier = earlier.unwrap();
    earlier.append("2\n");
    earlier.append("3\n");
    earlier.drain();
    let (mut sink, captured) = CapturingSink::new("a");
    sink.adopt(&earlier.captured[0]);
    let builder = Journal::builder().directory(directory.path()).sink(sink);
    let (journal, mut lanes) = builder.assemble().unwrap();
    while !matches!(lanes[0].1.turn(), Turn::Idle) {}
    captured.assert_lines(&["2\n", "3\n", "1\n", "4\n"]);
    let report = journal.report();
    assert_eq!((report.sinks[0].delivered, report.sinks[0].pending), (4, 0));
}

#[test]
fn a_living_process_keeps_its_rings() {
    let directory = private_directory();
    let living = start(directory.path(), &["a"]).unwrap();
    living.append("mine\n");
    let other = start(directory.path(), &["a"]).unwrap();
    assert_eq!(other.journal.recovered_events(), 0);
    assert_eq!(files(directory.path(), "ring"), 2);
}

#[test]
fn a_start_waits_until_another_one_is_through() {
    let directory = private_directory();
    let first = Directory::open(directory.path()).unwrap();
    let is_through = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(20));
            is_through.store(true, Ordering::SeqCst);
            drop(first);
        });
        Directory::open(directory.path()).unwrap();
        assert!(is_through.load(Ordering::SeqCst));
    });
}

#[test]
fn a_journal_that_ends_with_nothing_left_leaves_no_ring() {
    let directory = private_directory();
    let mut bench = start(directory.path(), &["a"]).unwrap();
    bench.append("one\n");
    bench.drain();
    drop(bench);
    assert_eq!(files(directory.path(), "ring"), 0);
}

#[test]
fn a_shutdown_leaves_no_ring_while_handles_are_kept() {
    let directory = private_directory();
    let (sink, _) = CapturingSink::new("a");
    let builder = Journal::builder().directory(directory.path()).sink(sink);
    let journal = builder.start().unwrap();
    let write = |_, out: &mut Vec<u8>| out.extend_from_slice(b"one\n");
    journal.append(Severity::Info, write).unwrap();
    assert!(journal.shutdown(START_DEADLINE).is_complete());
    assert_eq!(files(directory.path(), "ring"), 0);
    assert!(journal.report().is_complete(), "the account outlives them");
}

#[test]
fn events_for_a_sink_that_is_not_there_wait_for_it() {
    let directory = private_directory();
    let dead = start(directory.path(), &["away", "here"]).unwrap();
    dead.append("one\n");
    drop(dead);
    let mut next = start(directory.path(), &["here"]).unwrap();
    next.drain();
    next.captured[0].assert_lines(&["one\n"]);
    drop(next);
    let mut last = start(directory.path(), &["away", "here"]).unwrap();
    last.drain();
    last.captured[0].assert_lines(&["one\n"]);
    last.captured[1].assert_lines(&[]);
}

#[test]
fn a_line_that_a_power_failure_took_is_counted_and_the_rest_is_delivered() {
    let directory = private_directory();
    let dead = start(directory.path(), &["a"]).unwrap();
    for line in ["whole 1\n", "broken!\n", "whole 2\n"] {
        dead.append(line);
    }
    drop(dead);
    change_ring(directory.path(), |bytes| {
        let at = bytes
            .windows(7)
            .position(|found| found == b"broken!")
            .unwrap();
        bytes[at..at + 7].fill(0);
    });
    let mut next = start(directory.path(), &["a"]).unwrap();
    next.drain();
    next.captured[0].assert_lines(&["whole 1\n", "whole 2\n"]);
    let report = next.journal.report();
    assert_eq!(report.sinks[0].dropped.by_reason(Reason::Damaged), 1);
    assert!(report.is_balanced());
}

#[test]
fn a_file_that_is_no_ring_is_put_aside() {
    check_damaged(|bytes| bytes.truncate(5_000));
    check_damaged(|bytes| bytes[0] ^= 1);
    // More lines than there is room for; a cursor beyond the head; a line beyond the data.
    check_damaged(|bytes| put(bytes, 16, u64::MAX));
    check_damaged(|bytes| put(bytes, 32, 9));
    check_damaged(|bytes| put(bytes, 513, u64::MAX));
}

#[track_caller]
fn check_damaged(change: impl FnOnce(&mut Vec<u8>)) {
    let directory = private_directory();
    let dead = start(directory.path(), &["a"]).unwrap();
    dead.append("one\n");
    drop(dead);
    change_ring(directory.path(), change);
    let mut next = start(directory.path(), &["a"]).unwrap();
    next.drain();
    next.captured[0].assert_lines(&[]);
    assert_eq!(next.journal.damaged_files().len(), 1);
    assert_eq!(files(directory.path(), "damaged"), 1);
}

#[test]
fn a_ring_that_was_never_made_whole_is_removed() {
    let directory = private_directory();
    drop(start(directory.path(), &["a"]).unwrap());
    fs::write(directory.path().join("0.ring"), [0; 8192]).unwrap();
    fs::write(directory.path().join("1.ring"), []).unwrap();
    drop(start(directory.path(), &["a"]).unwrap());
    assert_eq!(files(directory.path(), "ring"), 0);
}

#[test]
fn a_directory_and_its_rings_are_for_their_owner() {
    let directory = private_directory();
    let path = directory.path().join("made");
    let _bench = start(&path, &["a"]).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o7777;
    assert_eq!(mode(&path), 0o700);
    let rings = fs::read_dir(&path)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let rings: Vec<_> = rings.filter(|path| path.extension().is_some()).collect();
    assert_eq!(rings.len(), 1);
    assert_eq!(mode(&rings[0]), 0o600);
}

#[test]
fn a_directory_that_others_may_open_is_refused() {
    let directory = private_directory();
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o750)).unwrap();
    let error = start(directory.path(), &["a"]).map(drop).unwrap_err();
    assert!(
        matches!(error, Error::DirectoryNotPrivate { .. }),
        "{error}"
    );
    assert!(error.to_string().contains("chmod 700"), "{error}");
}

#[test]
fn a_symbolic_link_is_followed_neither_as_directory_nor_as_ring() {
    let directory = private_directory();
    let link = directory.path().join("link");
    let real = directory.path().join("real");
    drop(start(&real, &["a"]).unwrap());
    symlink(&real, &link).unwrap();
    let error = start(&link, &["a"]).map(drop).unwrap_err();
    assert!(
        matches!(error, Error::DirectoryNotPrivate { .. }),
        "{error}"
    );
    symlink("/dev/null", real.join("0.ring")).unwrap();
    let error = start(&real, &["a"]).map(drop).unwrap_err();
    assert!(error.to_string().contains("0.ring"), "{error}");
}

#[test]
fn a_directory_that_cannot_be_made_names_itself() {
    let error = start(Path::new("/proc/rra/journal"), &["a"])
        .map(drop)
        .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("the journal cannot use /proc/rra/journal: "),
        "{error}"
    );
}

fn change_ring(directory: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let entries = fs::read_dir(directory).unwrap();
    let mut paths = entries.map(|entry| entry.unwrap().path());
    let path = paths.find(|path| path.extension().is_some_and(|found| found == EXTENSION));
    let path = path.unwrap();
    let mut bytes = fs::read(&path).unwrap();
    change(&mut bytes);
    fs::write(&path, bytes).unwrap();
}

fn put(bytes: &mut [u8], word: usize, value: u64) {
    bytes[word * 8..][..8].copy_from_slice(&value.to_ne_bytes());
}
