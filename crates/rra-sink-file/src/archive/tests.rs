//! Old files after every way in which an earlier run may have ended.

use std::io::Read;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use flate2::read::GzDecoder;
use rra_schema::Timestamp;
use tempfile::TempDir;

use super::*;

const FIRST: &str = "security.log.20251220T100000.000Z";
const SECOND: &str = "security.log.20251220T110000.000Z";

struct Bench {
    directory: TempDir,
    archive: Archive,
}

impl Bench {
    fn new(rotation: Rotation) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let archive = Archive {
            place: Place::new(&directory.path().join("security.log")).unwrap(),
            rotation,
            clock: Clock::new(|| Timestamp::parse("2025-12-20T12:00:00Z").unwrap()),
            stop: Arc::default(),
        };
        Self { directory, archive }
    }

    fn put(&self, name: &str, content: &str) -> PathBuf {
        let path = self.directory.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    #[track_caller]
    fn check(&self, expected: &[&str]) {
        self.archive.look().unwrap();
        assert_eq!(self.names(), expected);
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.directory.path()).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn unpacked(&self, name: &str) -> String {
        let file = File::open(self.directory.path().join(name)).unwrap();
        let mut text = String::new();
        GzDecoder::new(file).read_to_string(&mut text).unwrap();
        text
    }
}

fn gz(name: &str) -> String {
    format!("{name}.gz")
}

#[test]
fn old_files_are_compressed_with_their_mode_and_time_and_the_log_is_not() {
    let bench = Bench::new(Rotation::default());
    bench.put("security.log", "new\n");
    let path = bench.put(FIRST, "old\n");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let modified = fs::metadata(&path).unwrap().modified().unwrap();
    bench.check(&["security.log", &gz(FIRST)]);
    assert_eq!(bench.unpacked(&gz(FIRST)), "old\n");
    let found = fs::metadata(bench.directory.path().join(gz(FIRST))).unwrap();
    assert_eq!(found.permissions().mode() & 0o777, 0o640);
    assert_eq!(found.modified().unwrap(), modified);
}

#[test]
fn what_other_programs_rotated_is_left_alone() {
    let bench = Bench::new(Rotation {
        keep_files: Some(0),
        ..Rotation::default()
    });
    let names = [
        "security.log",
        "security.log-20251219",
        "security.log.1",
        "security.log.torn-17",
    ];
    for name in names {
        bench.put(name, "x\n");
    }
    bench.check(&names);
}

#[test]
fn a_file_that_some_process_still_writes_is_compressed_when_it_is_done() {
    let bench = Bench::new(Rotation::default());
    let path = bench.put(FIRST, "old\n");
    let writer = File::options().append(true).open(path).unwrap();
    writer.lock_shared().unwrap();
    bench.check(&[FIRST]);
    (&writer).write_all(b"late\n").unwrap();
    drop(writer);
    bench.check(&[&gz(FIRST)]);
    assert_eq!(bench.unpacked(&gz(FIRST)), "old\nlate\n");
}

#[test]
fn a_kill_at_any_step_leaves_what_the_next_run_makes_whole() {
    let bench = Bench::new(Rotation::default());
    // While the compressed file was written; just before the plain one went; with neither left.
    bench.put(FIRST, "first\n");
    bench.put(&format!("{FIRST}.gz.tmp"), "half");
    bench.put(SECOND, "second\n");
    bench.put(&gz(SECOND), "whatever was there");
    bench.put("security.log.20251219T000000.000Z.gz.tmp", "half");
    bench.check(&[&gz(FIRST), &gz(SECOND)]);
    assert_eq!(bench.unpacked(&gz(FIRST)), "first\n");
    assert_eq!(bench.unpacked(&gz(SECOND)), "second\n");
}

#[test]
fn a_thread_that_is_told_to_stop_leaves_the_plain_file() {
    let bench = Bench::new(Rotation::default());
    bench.put(FIRST, "first\n");
    bench.archive.stop.store(true, Ordering::Relaxed);
    bench.archive.look().unwrap_err();
    assert_eq!(bench.names(), [FIRST]);
}

#[test]
fn a_link_in_the_place_of_an_old_file_leads_nowhere() {
    let bench = Bench::new(Rotation::default());
    let secret = bench.put("secret", "secret\n");
    symlink(&secret, bench.directory.path().join(FIRST)).unwrap();
    bench.put(SECOND, "second\n");
    // The name where the compressed file is made leads to another file too.
    symlink(
        &secret,
        bench.directory.path().join(format!("{SECOND}.gz.tmp")),
    )
    .unwrap();
    bench.check(&["secret", FIRST, &gz(SECOND)]);
    assert_eq!(fs::read_to_string(secret).unwrap(), "secret\n");
}

/// Three old files of 100 bytes, two days, one day and an hour old: how many are kept by count,
/// bytes and days.
#[track_caller]
fn check_kept(bounds: (Option<usize>, Option<u64>, Option<u64>), expected: usize) {
    let (keep_files, keep_bytes, keep_days) = bounds;
    let names = [
        "security.log.20251218T110000.000Z",
        "security.log.20251219T110000.000Z",
        SECOND,
    ];
    let bench = Bench::new(Rotation {
        compress: false,
        keep_files,
        keep_bytes,
        keep_age: keep_days.map(|days| Duration::from_hours(24 * days)),
        ..Rotation::default()
    });
    for name in names {
        bench.put(name, &"x".repeat(100));
    }
    bench.put("security.log", "the log itself is never removed");
    let kept = &names[names.len() - expected..];
    bench.check(&[&["security.log"], kept].concat());
}

#[test]
fn old_files_are_kept_by_count_bytes_and_age() {
    check_kept((None, None, None), 3);
    check_kept((Some(2), None, None), 2);
    check_kept((Some(0), None, None), 0);
    check_kept((None, Some(300), None), 3);
    check_kept((None, Some(299), None), 2);
    check_kept((None, Some(99), None), 0);
    check_kept((None, None, Some(3)), 3);
    check_kept((None, None, Some(2)), 2);
    check_kept((None, None, Some(1)), 1);
}

#[test]
fn surplus_files_are_removed_even_where_nothing_can_be_compressed() {
    let bench = Bench::new(Rotation {
        keep_files: Some(1),
        ..Rotation::default()
    });
    let path = bench.put(FIRST, "first\n");
    fs::hard_link(path, bench.directory.path().join("second name")).unwrap();
    bench.put(SECOND, "second\n");
    bench.archive.look().unwrap_err();
    assert_eq!(bench.names(), ["second name", SECOND]);
}

#[test]
fn the_thread_compresses_what_it_finds_and_ends_with_its_owner() {
    let bench = Bench::new(Rotation::default());
    bench.put(FIRST, "first\n");
    let archivist = Archivist::start(bench.archive.clone(), Arc::default()).unwrap();
    while bench.names() != [gz(FIRST)] {
        thread::yield_now();
    }
    bench.put(SECOND, "second\n");
    archivist.wake();
    while bench.names() != [gz(FIRST), gz(SECOND)] {
        thread::yield_now();
    }
    drop(archivist);
}
