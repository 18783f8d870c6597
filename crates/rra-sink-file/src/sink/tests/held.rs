//! What the log says it has after a crash.

use std::io::Write;

use flate2::write::GzEncoder;
use rra_schema::Severity;
use rra_sink::Line;

use super::*;

fn line(seq: u64) -> String {
    format!(
        "{{\"message\":\"m\",\"event_id\":\"00000000000000aa-{seq}\",\"outcome\":\"success\"}}\n"
    )
}

#[track_caller]
fn check(bench: &Bench, seq: u64, expected: bool) {
    let mut sink = bench.open().unwrap();
    let text = line(seq);
    let line = Line {
        seq,
        severity: Severity::Info,
        bytes: text.as_bytes(),
    };
    assert_eq!(sink.holds(&line), expected, "{seq}");
}

#[test]
fn an_event_is_held_in_the_log_in_old_files_and_in_compressed_ones() {
    let bench = Bench::new();
    fs::write(bench.path(), line(3)).unwrap();
    fs::write(bench.other("security.log.1"), line(2)).unwrap();
    let file = File::create(bench.other("security.log.2.gz")).unwrap();
    let mut encoder = GzEncoder::new(file, flate2::Compression::fast());
    encoder.write_all(line(1).as_bytes()).unwrap();
    encoder.finish().unwrap();
    for seq in 1..=3 {
        check(&bench, seq, true);
    }
    check(&bench, 4, false);
}

#[test]
fn a_torn_line_is_not_held_wherever_it_is() {
    let bench = Bench::new();
    let torn = &line(2)[..60];
    fs::write(bench.path(), [&line(1), torn].concat()).unwrap();
    fs::write(bench.other("security.log.1"), &line(3)[..60]).unwrap();
    check(&bench, 1, true);
    check(&bench, 2, false);
    check(&bench, 3, false);
}

#[test]
fn only_the_end_of_a_long_log_is_asked() {
    let bench = Bench::new();
    let file = File::create(bench.path()).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&file, line(7).as_bytes(), 1 << 30).unwrap();
    let start = std::time::Instant::now();
    check(&bench, 7, true);
    assert!(start.elapsed() < LONG);
}
