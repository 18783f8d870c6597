//! The sink's own rotation, alone and beside logrotate's.

use std::os::unix::fs::MetadataExt;
use std::sync::Mutex;
use std::sync::mpsc;

use rra_schema::Timestamp;

use super::*;
use crate::rotation::{Every, Rotation};

const DAY: i64 = 86_400_000;

/// Keeps plain files and removes nothing.
fn by_size(max_bytes: u64) -> Rotation {
    Rotation {
        max_bytes: Some(max_bytes),
        every: None,
        compress: false,
        keep_files: None,
        ..Rotation::default()
    }
}

impl Bench {
    fn rotating(&self, rotation: Rotation, clock: Clock) -> FileSink {
        let config = FileConfig {
            rotation: Some(rotation),
            ..FileConfig::new(self.path())
        };
        let sink = FileSink::open_at(config, clock).unwrap();
        FileSink {
            create_after: Duration::ZERO,
            ..sink
        }
    }

    /// The old files, oldest first, and the log.
    fn texts(&self) -> Vec<String> {
        let mut old: Vec<_> = fs::read_dir(self.directory.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.to_str().unwrap().contains("/security.log."))
            .collect();
        old.sort();
        old.push(self.path());
        old.iter()
            .map(|path| fs::read_to_string(path).unwrap())
            .collect()
    }
}

fn fixed() -> Clock {
    Clock::new(|| Timestamp::from_unix_millis(1_000 * DAY))
}

#[test]
fn a_file_that_would_become_too_long_is_rotated_before_the_line() {
    let bench = Bench::new();
    let journal = start(bench.rotating(by_size(10), fixed()));
    for text in ["one", "two", "three", "a line beyond every bound", "four"] {
        flushed(&journal, text);
    }
    end(&journal);
    let expected = [
        "one\ntwo\n",
        "three\n",
        "a line beyond every bound\n",
        "four\n",
    ];
    assert_eq!(bench.texts(), expected);
}

#[test]
fn a_file_is_rotated_when_the_day_changes_and_after_a_restart_on_another_day() {
    let bench = Bench::new();
    let daily = || Rotation {
        every: Some(Every::Day),
        ..by_size(1_000)
    };
    let now = Arc::new(Mutex::new(Timestamp::from_unix_millis(20_000 * DAY)));
    let clock = || {
        let now = Arc::clone(&now);
        Clock::new(move || *now.lock().unwrap())
    };
    let journal = start(bench.rotating(daily(), clock()));
    flushed(&journal, "one");
    *now.lock().unwrap() = Timestamp::from_unix_millis(20_001 * DAY);
    flushed(&journal, "two");
    flushed(&journal, "three");
    end(&journal);
    drop(journal);
    assert_eq!(bench.texts(), ["one\n", "two\nthree\n"]);

    let file = File::options().append(true).open(bench.path()).unwrap();
    let written = std::time::UNIX_EPOCH + Duration::from_hours(20_001 * 24);
    file.set_modified(written).unwrap();
    *now.lock().unwrap() = Timestamp::from_unix_millis(20_002 * DAY);
    let journal = start(bench.rotating(daily(), clock()));
    flushed(&journal, "four");
    end(&journal);
    assert_eq!(bench.texts(), ["one\n", "two\nthree\n", "four\n"]);
}

#[test]
fn a_rotated_file_has_the_narrow_mode_and_so_has_the_new_one() {
    let bench = Bench::new();
    let journal = start(bench.rotating(by_size(5), fixed()));
    flushed(&journal, "one");
    flushed(&journal, "two");
    end(&journal);
    for entry in fs::read_dir(bench.directory.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        let is_lock = entry.file_name() == ".security.log.lock";
        assert_eq!(mode, if is_lock { 0o600 } else { 0o640 }, "{entry:?}");
    }
}

#[test]
fn logrotate_and_the_sink_rotate_the_same_log_without_harm() {
    let bench = Bench::new();
    let journal = start(bench.rotating(by_size(10), fixed()));
    flushed(&journal, "one");
    fs::rename(bench.path(), bench.other("security.log.1")).unwrap();
    File::create(bench.path()).unwrap();
    for text in ["two", "three", "four"] {
        flushed(&journal, text);
    }
    end(&journal);
    let mut lines: Vec<_> = bench.texts().concat().lines().map(str::to_owned).collect();
    lines.sort();
    assert_eq!(lines, ["four", "one", "three", "two"]);
}

#[test]
fn a_log_that_cannot_be_renamed_is_written_all_the_same() {
    let bench = Bench::new();
    fs::create_dir(bench.other(".security.log.lock")).unwrap();
    let journal = start(bench.rotating(by_size(5), fixed()));
    flushed(&journal, "one");
    flushed(&journal, "two");
    assert!(end(&journal).is_complete());
    assert_eq!(bench.text(), "one\ntwo\n");
}

#[test]
fn whoever_listens_is_told_of_each_new_file() {
    let bench = Bench::new();
    let (told, notes) = mpsc::channel();
    let sink = bench.rotating(by_size(5), fixed());
    let journal = start(sink.on_note(move |note| told.send(note).unwrap()));
    flushed(&journal, "one");
    flushed(&journal, "two");
    fs::rename(bench.path(), bench.other("security.log.1")).unwrap();
    flushed(&journal, "three");
    end(&journal);
    let numbers: Vec<Note> = notes.try_iter().collect();
    let segment = |number| Note::Segment {
        number,
        previous_head: None,
    };
    assert_eq!(numbers, [segment(2), segment(3)]);
}

#[test]
fn an_old_file_keeps_no_room_behind_its_end() {
    let bench = Bench::in_memory();
    let journal = start(bench.rotating(by_size(200_000), fixed()));
    let line = "x".repeat(999);
    for _ in 0..600 {
        append(&journal, &line);
    }
    end(&journal);
    let log = bench.path();
    for old in fs::read_dir(bench.directory.path()).unwrap() {
        let old = old.unwrap();
        let found = old.metadata().unwrap();
        let is_log = old.path() == log;
        assert!(
            is_log || found.blocks() * 512 < found.len() + 4_096,
            "{old:?}"
        );
    }
}
