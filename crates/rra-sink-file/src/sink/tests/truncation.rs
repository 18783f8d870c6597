//! `copytruncate` done by hand, at every moment at which it may happen.

use std::io::Write;
use std::sync::mpsc::{self, Receiver};

use flate2::write::GzEncoder;
use rra_sink::{Earlier, SinkSettings};

use super::*;
use crate::verify::verify;

impl Bench {
    /// What logrotate does first.
    fn copy_to(&self, name: &str) {
        fs::copy(self.path(), self.other(name)).unwrap();
    }

    /// What logrotate does then.
    fn truncate(&self) {
        let file = File::options().write(true).open(self.path()).unwrap();
        file.set_len(0).unwrap();
    }

    fn text_of(&self, name: &str) -> String {
        fs::read_to_string(self.other(name)).unwrap()
    }

    fn told(&self, chain: bool) -> (Journal, Receiver<Note>) {
        let (told, notes) = mpsc::channel();
        let mut config = FileConfig::new(self.path());
        config.chain = chain;
        let sink = FileSink::open(config).unwrap();
        (
            start(sink.on_note(move |note| told.send(note).unwrap())),
            notes,
        )
    }
}

fn rewritten(count: u64, is_exact: bool) -> Note {
    Note::Rewritten { count, is_exact }
}

#[test]
fn lines_written_between_the_copy_and_the_cut_are_written_again_and_no_others() {
    let bench = Bench::new();
    let (journal, notes) = bench.told(false);
    flushed(&journal, "one");
    flushed(&journal, "two");
    bench.copy_to("security.log.1");
    flushed(&journal, "three");
    flushed(&journal, "four");
    bench.truncate();
    flushed(&journal, "five");
    end(&journal);
    assert_eq!(bench.text_of("security.log.1"), "one\ntwo\n");
    assert_eq!(bench.text(), "three\nfour\nfive\n");
    assert_eq!(notes.try_iter().collect::<Vec<_>>(), [rewritten(2, true)]);
}

#[test]
fn a_copy_that_has_everything_lacks_nothing() {
    let bench = Bench::new();
    let (journal, notes) = bench.told(false);
    flushed(&journal, "one");
    bench.copy_to("security.log-20251220");
    bench.truncate();
    flushed(&journal, "two");
    end(&journal);
    assert_eq!(bench.text(), "two\n");
    assert_eq!(notes.try_iter().count(), 0);
}

#[test]
fn a_copy_that_ends_within_a_line_lacks_that_line() {
    let bench = Bench::new();
    let (journal, _notes) = bench.told(false);
    flushed(&journal, "one");
    for text in ["two", "three"] {
        append(&journal, text);
    }
    journal.flush(LONG).unwrap();
    fs::write(
        bench.other("security.log.1"),
        &bench.text()[.."one\ntwo\nth".len()],
    )
    .unwrap();
    bench.truncate();
    flushed(&journal, "four");
    end(&journal);
    assert_eq!(bench.text(), "three\nfour\n");
}

#[test]
fn a_copy_that_ends_within_the_first_write_has_the_first_lines_of_it() {
    for (name, is_compressed) in [("security.log.1", false), ("security.log.1.gz", true)] {
        let bench = Bench::new();
        let (journal, notes) = bench.told(false);
        for text in ["one", "two", "three"] {
            append(&journal, text);
        }
        journal.flush(LONG).unwrap();
        let mut copy = bench.text().into_bytes();
        copy.truncate("one\ntwo\nth".len());
        if is_compressed {
            copy = packed(&copy);
        }
        // Another one that was cut there, of other lines.
        fs::write(bench.other("security.log.2"), "eno\ntwo\nth").unwrap();
        fs::write(bench.other(name), copy).unwrap();
        bench.truncate();
        flushed(&journal, "four");
        end(&journal);
        assert_eq!(bench.text(), "three\nfour\n", "{name}");
        assert_eq!(notes.try_iter().collect::<Vec<_>>(), [rewritten(1, true)]);
    }
}

#[test]
fn a_copy_is_found_behind_the_empty_ones_of_rotations_since() {
    let bench = Bench::new();
    let (journal, notes) = bench.told(false);
    flushed(&journal, "one");
    bench.copy_to("security.log.21");
    flushed(&journal, "two");
    for number in 1..=20 {
        File::create(bench.other(&format!("security.log.{number}"))).unwrap();
    }
    bench.truncate();
    flushed(&journal, "three");
    end(&journal);
    assert_eq!(bench.text(), "two\nthree\n");
    assert_eq!(notes.try_iter().collect::<Vec<_>>(), [rewritten(1, true)]);
}

#[test]
fn a_copy_of_a_log_that_was_there_before_is_known_by_its_end() {
    let bench = Bench::new();
    fs::write(bench.path(), "old\n").unwrap();
    let (journal, _notes) = bench.told(false);
    bench.copy_to("security.log.1");
    flushed(&journal, "one");
    bench.truncate();
    flushed(&journal, "two");
    end(&journal);
    assert_eq!(bench.text(), "one\ntwo\n");
}

#[test]
fn without_a_copy_that_can_be_known_everything_is_written_again_and_said_to_be_doubled() {
    let bench = Bench::new();
    let (journal, notes) = bench.told(false);
    flushed(&journal, "one");
    fs::create_dir(bench.other("old")).unwrap();
    bench.copy_to("old/security.log.1");
    fs::write(bench.other("security.log.1"), "eno\n").unwrap();
    flushed(&journal, "two");
    bench.truncate();
    flushed(&journal, "three");
    end(&journal);
    assert_eq!(bench.text(), "one\ntwo\nthree\n");
    assert_eq!(notes.try_iter().collect::<Vec<_>>(), [rewritten(2, false)]);
}

#[test]
fn lines_written_while_the_log_was_taken_away_and_compressed_are_written_again() {
    let bench = Bench::new();
    let (journal, notes) = bench.told(false);
    flushed(&journal, "one");
    let read_by_the_compressor = fs::read(bench.path()).unwrap();
    fs::rename(bench.path(), bench.other("security.log.1")).unwrap();
    flushed(&journal, "two");
    let copy = packed(&read_by_the_compressor);
    fs::write(bench.other("security.log.1.gz"), copy).unwrap();
    File::create(bench.path()).unwrap();
    fs::remove_file(bench.other("security.log.1")).unwrap();
    flushed(&journal, "three");
    end(&journal);
    assert_eq!(bench.text(), "two\nthree\n");
    assert!(notes.try_iter().any(|note| note == rewritten(1, true)));
}

#[test]
fn the_compressed_copy_is_known_behind_those_of_many_rotations_since() {
    let bench = Bench::new();
    let (journal, notes) = bench.told(false);
    flushed(&journal, "one");
    let plain = bench.other("security.log.1");
    fs::rename(bench.path(), &plain).unwrap();
    flushed(&journal, "two");
    let copy = bench.other("security.log.1.gz");
    fs::write(&copy, packed(&fs::read(&plain).unwrap())).unwrap();
    let of_the_log = fs::metadata(&plain).unwrap().modified().unwrap();
    let copy = File::options().write(true).open(copy).unwrap();
    copy.set_modified(of_the_log).unwrap();
    for number in 2..30 {
        fs::write(
            bench.other(&format!("security.log.{number}")),
            "somebody else's\n",
        )
        .unwrap();
    }
    File::create(bench.path()).unwrap();
    fs::remove_file(plain).unwrap();
    flushed(&journal, "three");
    end(&journal);
    assert_eq!(bench.text(), "three\n");
    let is_rewritten = |note| matches!(note, Note::Rewritten { .. });
    assert!(!notes.try_iter().any(is_rewritten));
}

#[test]
fn a_quiet_log_is_filled_up_too() {
    let bench = Bench::new();
    let (journal, notes) = bench.told(false);
    flushed(&journal, "one");
    bench.copy_to("security.log.1");
    flushed(&journal, "two");
    bench.truncate();
    assert_eq!(notes.recv_timeout(LONG).unwrap(), rewritten(1, true));
    end(&journal);
    assert_eq!(bench.text(), "two\n");
}

#[test]
fn the_chain_is_whole_over_a_truncation() {
    let bench = Bench::new();
    let (journal, _notes) = bench.told(true);
    for number in 0..6 {
        flushed(&journal, &format!("{{\"n\":{number}}}"));
        match number {
            2 => bench.copy_to("security.log.1"),
            4 => bench.truncate(),
            _ => {}
        }
    }
    end(&journal);
    let found = verify(&[bench.path(), bench.other("security.log.1")], &[]);
    assert_eq!(found.verdict.exit_code(), 0, "{found}");
    assert_eq!(found.chained_lines, 6);
}

#[test]
fn what_the_journal_does_not_hold_any_more_is_told_as_lost() {
    let bench = Bench::new();
    let (told, notes) = mpsc::channel();
    let sink = bench
        .open()
        .unwrap()
        .on_note(move |note| told.send(note).unwrap());
    let journal = Journal::builder()
        .max_bytes(rra_sink::Builder::LEAST_BYTES)
        .sink(sink)
        .start()
        .unwrap();
    let long = "x".repeat(4_000);
    flushed(&journal, "one");
    bench.copy_to("security.log.1");
    for _ in 0..100 {
        flushed(&journal, &long);
    }
    bench.truncate();
    flushed(&journal, "two");
    end(&journal);
    let kept = bench.text().lines().count() as u64 - 1;
    let notes: Vec<_> = notes.try_iter().collect();
    let [
        Note::Lost {
            count,
            first_seq,
            last_seq,
        },
        again,
    ] = &notes[..]
    else {
        panic!("{notes:?}");
    };
    assert_eq!(*again, rewritten(kept, true));
    assert_eq!((count + kept, *first_seq), (100, 2));
    assert!(kept > 10 && *last_seq == 1 + count, "{kept} {last_seq}");
}

/// Truncates the file when the sink has looked at it and has not written yet.
struct Race {
    sink: FileSink,
    rounds: Vec<&'static str>,
    path: PathBuf,
}

impl Sink for Race {
    fn name(&self) -> &'static str {
        "race"
    }

    fn deliver(&mut self, batch: &Batch<'_>) -> Result<(), DeliveryError> {
        self.sink.prepare(0, batch.earlier())?;
        if let Some(copy) = self.rounds.pop() {
            fs::copy(&self.path, self.path.with_file_name(copy)).unwrap();
            fs::write(&self.path, "").unwrap();
        }
        if self.sink.write_once(batch)? {
            return Ok(());
        }
        self.sink.deliver(batch)
    }

    fn sync(&mut self, earlier: Earlier<'_>) -> Result<(), DeliveryError> {
        self.sink.sync(earlier)
    }

    fn level(&self) -> Level {
        Level::Durable
    }

    fn settings(&self) -> SinkSettings {
        SinkSettings {
            max_batch_events: 1,
            ..SinkSettings::default()
        }
    }
}

#[track_caller]
fn check_race(chain: bool) {
    let bench = Bench::new();
    let mut config = FileConfig::new(bench.path());
    config.chain = chain;
    let race = Race {
        sink: FileSink::open(config).unwrap(),
        rounds: vec!["security.log.1", "security.log.2", "security.log.3"],
        path: bench.path(),
    };
    let journal = Journal::builder().sink(race).start().unwrap();
    for number in 0..6 {
        flushed(&journal, &format!("{{\"n\":{number}}}"));
    }
    assert!(end(&journal).is_complete());
    let names = [
        "security.log",
        "security.log.1",
        "security.log.2",
        "security.log.3",
    ];
    let mut lines: Vec<_> = names
        .iter()
        .flat_map(|name| {
            bench
                .text_of(name)
                .lines()
                .map(|line| line[..6].to_owned())
                .collect::<Vec<_>>()
        })
        .collect();
    lines.sort();
    let expected: Vec<_> = (0..6).map(|number| format!("{{\"n\":{number}")).collect();
    assert_eq!(lines, expected);
    if chain {
        let found = verify(&names.map(|name| bench.other(name)), &[]);
        assert_eq!(found.verdict.exit_code(), 0, "{found}");
    }
}

#[test]
fn a_truncation_between_the_look_and_the_write_is_noticed_by_where_the_write_landed() {
    check_race(false);
    check_race(true);
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
