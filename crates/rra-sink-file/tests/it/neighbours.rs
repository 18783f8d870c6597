//! Other programs at the same log: the real logrotate, and further processes that write it.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rra_schema::Severity;
use rra_sink::{Journal, Overflow, SinkSettings};
use rra_sink_file::{FileConfig, FileSink, Note};

use crate::effort::{effort, say};
use crate::oracle::{Found, events, log_files};
use crate::victim::{LONG, Stage, Victim};

const EVENTS_PER_MILLISECOND: u64 = 5;

/// Emits 5,000 events a second until `rotate` was called so often.
#[track_caller]
fn check_rotations(directives: &str) {
    let rotations = effort(60, 1_000);
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("security.log");
    let lost = Arc::new(AtomicU64::new(0));
    let told = Arc::clone(&lost);
    let sink = FileSink::open(FileConfig::new(&log)).unwrap();
    let sink = sink.on_note(move |note| {
        if let Note::Lost { count, .. } = note {
            told.fetch_add(count, Ordering::Relaxed);
        }
    });
    // What the journal holds bounds the gap that can be filled: here seconds of a stalled machine.
    let builder = Journal::builder()
        .max_bytes(64 * 1024 * 1024)
        .overflow(Overflow::Block)
        .patience(LONG);
    let journal = builder.sink(sink).start().unwrap();
    let is_over = AtomicBool::new(false);
    let accepted = thread::scope(|scope| {
        let producer = scope.spawn(|| emit_until(&is_over, &journal));
        let end = SetWhenDropped(&is_over);
        for number in 0..rotations {
            rotate(&log, directives, number);
            // An empty log may not be rotated.
            thread::sleep(SinkSettings::default().linger);
        }
        drop(end);
        producer.join().unwrap()
    });
    let report = journal.shutdown(LONG);
    assert!(report.is_complete(), "{report:?}");
    let told: Vec<String> = (1..=accepted)
        .map(|seq| format!("accepted 00000000000000aa-{seq}"))
        .collect();
    assert_eq!(lost.load(Ordering::Relaxed), 0, "the journal was too small");
    let found = Found::in_directory(directory.path());
    found.check(&told, 0, directives);
    let files = log_files(directory.path()).len();
    assert!(files * 2 > rotations, "only {files} files of {rotations}");
    say(&format!(
        "{directives:?}: {rotations} rotations, {files} files, {accepted} events, {} found",
        found.len()
    ));
}

/// Ends the other thread however this one ends: a scope waits for it even after a panic.
struct SetWhenDropped<'f>(&'f AtomicBool);

impl Drop for SetWhenDropped<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn emit_until(is_over: &AtomicBool, journal: &Journal) -> u64 {
    let start = Instant::now();
    let mut accepted = 0;
    while !is_over.load(Ordering::Relaxed) {
        let millis = u64::try_from(start.elapsed().as_millis()).unwrap();
        while accepted < millis * EVENTS_PER_MILLISECOND {
            let write = |seq: u64, line: &mut Vec<u8>| {
                let filling = "x".repeat(300);
                let text = format!(
                    "{{\"filling\":\"{filling}\",\"event_id\":\"00000000000000aa-{seq}\"}}\n"
                );
                line.extend_from_slice(text.as_bytes());
            };
            accepted = journal.append(Severity::Error, write).unwrap().seq;
        }
        thread::sleep(Duration::from_millis(1));
    }
    accepted
}

fn rotate(log: &Path, directives: &str, number: usize) {
    let configuration = log.with_file_name("logrotate.conf");
    let text = format!("{} {{\n  rotate 2000\n  {directives}\n}}\n", log.display());
    fs::write(&configuration, text).unwrap();
    let output = Command::new("/usr/sbin/logrotate")
        .args(["--force", "--state"])
        .arg(log.with_file_name("logrotate.state"))
        .arg(&configuration)
        .output()
        .expect("logrotate starts; Debian has it in the package logrotate");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "rotation {number}: {said}");
}

#[test]
fn logrotate_create_loses_and_doubles_nothing() {
    check_rotations("create 0640");
}

#[test]
fn logrotate_create_with_compression_at_once_loses_and_doubles_nothing() {
    check_rotations("create 0640\n  compress");
}

/// The block of the monitoring guide, but for the owner of the file, who is not on every machine.
#[test]
fn the_guides_own_logrotate_block_loses_and_doubles_nothing() {
    check_rotations("daily\n  compress\n  delaycompress\n  missingok\n  notifempty\n  create 0640");
}

#[test]
fn logrotate_copytruncate_loses_and_doubles_nothing() {
    check_rotations("copytruncate");
}

#[test]
fn logrotate_copytruncate_with_compression_at_once_loses_and_doubles_nothing() {
    check_rotations("copytruncate\n  compress");
}

/// Lets all of them go on, and collects what they told.
fn told_to_the_end(mut victims: Vec<Victim>) -> Vec<String> {
    for victim in &mut victims {
        victim.step();
    }
    let ended = victims.into_iter().map(Victim::wait);
    ended.flat_map(|ended| ended.told).collect()
}

#[test]
fn eight_processes_write_one_log_without_a_torn_line() {
    let stage = Stage::new();
    let count = effort(500, 100_000).to_string();
    let mut victims: Vec<_> = (0..8)
        .map(|number| {
            let instance = format!("instance=00000000000000a{number}");
            let events = format!("events={count}");
            stage.start(&[&instance, &events, "group=50", "rotate=200000"])
        })
        .collect();
    for victim in &mut victims {
        assert!(victim.open());
    }
    let told = told_to_the_end(victims);
    assert_eq!(events(&told, "ended "), ["balanced 0"; 8]);
    Found::in_directory(&stage.logs()).check(&told, 0, "eight processes");
}

#[test]
fn of_eight_processes_with_a_chain_one_writes_and_the_others_say_why_not() {
    let stage = Stage::new();
    let start = |number| {
        let instance = format!("instance=00000000000000a{number}");
        stage.start(&[&instance, "events=100", "group=10", "chain=1"])
    };
    let mut victims: Vec<_> = (0..8).map(start).collect();
    let is_open: Vec<_> = victims.iter_mut().map(Victim::open).collect();
    assert_eq!(is_open.iter().filter(|is_open| **is_open).count(), 1);
    let said = stage.stderr();
    let refusals = said.matches("is being written by another process").count();
    assert_eq!(refusals, 7, "{said}");
    let told = told_to_the_end(victims);
    assert_eq!(events(&told, "accepted ").len(), 100);
    Found::in_directory(&stage.logs()).check(&told, 0, "one chain");
}
