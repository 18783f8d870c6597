//! What a crash leaves at the end of the file, and what the next open makes of it.

use std::io::Write;
use std::os::unix::fs::FileExt;
use std::time::Instant;

use super::*;

#[track_caller]
fn check_repair(content: &str, whole: &str, torn: Option<&str>) {
    let bench = Bench::new();
    fs::write(bench.path(), content).unwrap();
    let sink = bench.open().unwrap();
    assert_eq!(bench.text(), whole);
    let kept = sink.torn().map(|torn| {
        assert!(
            torn.kept_in
                .to_str()
                .unwrap()
                .contains("/security.log.torn-1")
        );
        (fs::read_to_string(&torn.kept_in).unwrap(), torn.bytes)
    });
    assert_eq!(kept, torn.map(|text| (text.to_owned(), text.len() as u64)));
}

#[test]
fn a_torn_last_line_is_moved_aside() {
    check_repair("", "", None);
    check_repair("a\nb\n", "a\nb\n", None);
    check_repair("a\nb\n{\"torn", "a\nb\n", Some("{\"torn"));
    check_repair("torn", "", Some("torn"));
}

/// How much of the end is cut away or flipped, byte by byte and bit by bit.
const LAST_BYTES: usize = 4096;

/// A line of about so many bytes.
fn line(number: usize, bytes: usize) -> String {
    let text = "\u{e9}\\\"x".repeat(bytes / 5);
    format!("{{\"n\":{number},\"text\":\"{text}\"}}\n")
}

/// Cuts a log of such lines at every byte of its end: every whole line is kept, every byte is
/// somewhere.
fn check_every_cut(line_bytes: usize) {
    let lines = 2 + 2 * LAST_BYTES / line_bytes.max(20);
    let log: String = (0..lines).map(|number| line(number, line_bytes)).collect();
    let log = log.as_bytes();
    let bench = Bench::in_memory();
    for cut in log.len() - LAST_BYTES..=log.len() {
        fs::write(bench.path(), &log[..cut]).unwrap();
        let torn = bench.open().unwrap().torn().cloned();
        let whole = log[..cut]
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        assert_eq!(fs::read(bench.path()).unwrap(), &log[..whole]);
        let kept = torn.map(|torn| {
            let kept = fs::read(&torn.kept_in).unwrap();
            fs::remove_file(torn.kept_in).unwrap();
            kept
        });
        assert_eq!(kept.unwrap_or_default(), &log[whole..cut]);
    }
}

#[test]
fn a_log_cut_at_any_byte_of_its_last_block_keeps_every_whole_line() {
    check_every_cut(0);
    check_every_cut(400);
    check_every_cut(16 * 1024);
}

#[test]
fn a_log_with_any_bit_of_its_last_line_flipped_is_opened_and_loses_no_byte() {
    let bench = Bench::in_memory();
    let mut log = [line(1, 100), line(2, 100)].concat().into_bytes();
    for at in log.len() / 2..log.len() {
        for bit in 0..8 {
            log[at] ^= 1 << bit;
            fs::write(bench.path(), &log).unwrap();
            let torn = bench.open().unwrap().torn().cloned();
            let kept = torn.map_or(0, |torn| {
                fs::remove_file(torn.kept_in).unwrap();
                torn.bytes
            });
            let left = fs::metadata(bench.path()).unwrap().len();
            assert_eq!(left + kept, log.len() as u64, "byte {at}, bit {bit}");
            log[at] ^= 1 << bit;
        }
    }
}

#[test]
fn only_the_end_of_a_long_log_is_read() {
    let bench = Bench::new();
    let file = File::create(bench.path()).unwrap();
    // The hole reads as zeros: a repair that looked at it would take minutes.
    file.write_all_at(b"{\"n\":1}\n{\"torn", 1 << 40).unwrap();
    let start = Instant::now();
    let sink = bench.open().unwrap();
    let took = start.elapsed();
    assert_eq!(sink.torn().unwrap().bytes, 6);
    assert!(took < LONG, "{took:?}");
}

#[test]
fn a_torn_line_longer_than_a_block_is_moved_aside_whole() {
    let long = "x".repeat(200_000);
    check_repair(&format!("a\n{long}"), "a\n", Some(&long));
}

#[test]
fn a_line_that_another_open_log_may_be_writing_is_left_alone() {
    let bench = Bench::new();
    let _first = bench.open().unwrap();
    fs::write(bench.path(), "half").unwrap();
    let second = bench.open().unwrap();
    assert!(second.torn().is_none());
    assert_eq!(bench.text(), "half");
}

/// What is in the log when another process was killed within a write, and left this at its end.
#[track_caller]
fn check_left_behind(left: &str, expected: &str) {
    let bench = Bench::new();
    let journal = bench.start();
    flushed(&journal, "one");
    let mut other = File::options().append(true).open(bench.path()).unwrap();
    other.write_all(left.as_bytes()).unwrap();
    flushed(&journal, "two");
    flushed(&journal, "three");
    assert!(end(&journal).is_complete());
    assert_eq!(bench.text(), expected);
}

#[test]
fn a_line_that_joined_what_another_process_left_cut_is_written_again() {
    check_left_behind("", "one\ntwo\nthree\n");
    check_left_behind("whole\n", "one\nwhole\ntwo\nthree\n");
    check_left_behind("hal", "one\nhaltwo\ntwo\nthree\n");
}

#[test]
fn the_first_line_after_an_open_is_written_again_if_it_joined_a_cut_one() {
    let bench = Bench::new();
    let _other = bench.open().unwrap();
    fs::write(bench.path(), "hal").unwrap();
    let journal = bench.start();
    append(&journal, "one");
    end(&journal);
    assert_eq!(bench.text(), "halone\none\n");
}
