//! The file against a real file system: what is opened, what is refused, what survives.

mod chain;
mod held;
mod repair;
mod rotation;
mod truncation;

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::time::Duration;

use rra_schema::Severity;
use rra_sink::{Journal, Report};
use tempfile::TempDir;

use super::*;

const LONG: Duration = Duration::from_secs(20);
const SYMLINK: &str = "is a symbolic link, which could lead a log anywhere: name the real file";
const NOT_A_FILE: &str = "is not a regular file: name one, or a path where none exists yet";

struct Bench {
    directory: TempDir,
}

impl Bench {
    fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
        }
    }

    /// In memory where there is such a place: thousands of small files are slow on a disk.
    fn in_memory() -> Self {
        Self {
            directory: tempfile::tempdir_in("/dev/shm")
                .unwrap_or_else(|_| tempfile::tempdir().unwrap()),
        }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("security.log")
    }

    fn other(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn open(&self) -> Result<FileSink, Error> {
        Self::open_as(FileConfig::new(self.path()))
    }

    /// A sink that waits for nobody to create a file that was renamed.
    fn open_as(config: FileConfig) -> Result<FileSink, Error> {
        let sink = FileSink::open(config)?;
        Ok(FileSink {
            create_after: Duration::ZERO,
            ..sink
        })
    }

    fn start(&self) -> Journal {
        start(self.open().unwrap())
    }

    fn text(&self) -> String {
        fs::read_to_string(self.path()).unwrap()
    }

    /// The whole error: what is wrong, where, and how to mend it.
    #[track_caller]
    fn check_refused(&self, expected: &str) {
        let error = self.open().unwrap_err().to_string();
        let whole = format!("the log file {} {expected}", self.path().display());
        assert_eq!(error, whole);
    }
}

fn start(sink: FileSink) -> Journal {
    Journal::builder().sink(sink).start().unwrap()
}

fn append(journal: &Journal, text: &str) {
    let write = |_, out: &mut Vec<u8>| {
        out.extend_from_slice(text.as_bytes());
        out.push(b'\n');
    };
    journal.append(Severity::Info, write).unwrap();
}

fn flushed(journal: &Journal, text: &str) {
    append(journal, text);
    journal.flush(LONG).unwrap();
}

fn end(journal: &Journal) -> Report {
    journal.shutdown(LONG)
}

#[test]
fn lines_reach_the_file_in_order() {
    let bench = Bench::new();
    let journal = bench.start();
    for text in ["a", "b", "c"] {
        append(&journal, text);
    }
    assert!(end(&journal).is_complete());
    assert_eq!(bench.text(), "a\nb\nc\n");
}

#[test]
fn an_existing_log_is_continued() {
    let bench = Bench::new();
    fs::write(bench.path(), "old\n").unwrap();
    let journal = bench.start();
    append(&journal, "new");
    end(&journal);
    assert_eq!(bench.text(), "old\nnew\n");
}

#[test]
fn file_and_directories_are_created_with_narrow_modes() {
    let bench = Bench::new();
    let path = bench.other("a/b/security.log");
    FileSink::open(FileConfig::new(&path)).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o640);
    assert_eq!(mode(path.parent().unwrap()) & !0o750, 0);
}

#[test]
fn the_descriptor_is_not_inherited() {
    let bench = Bench::new();
    let sink = bench.open().unwrap();
    let flags = rustix::io::fcntl_getfd(&sink.log.as_ref().unwrap().file).unwrap();
    assert!(flags.contains(rustix::io::FdFlags::CLOEXEC));
}

#[test]
fn a_symbolic_link_is_refused() {
    let bench = Bench::new();
    fs::write(bench.other("real"), "").unwrap();
    symlink(bench.other("real"), bench.path()).unwrap();
    bench.check_refused(SYMLINK);
}

#[test]
fn a_dangling_symbolic_link_is_refused() {
    let bench = Bench::new();
    symlink(bench.other("nowhere"), bench.path()).unwrap();
    bench.check_refused(SYMLINK);
}

#[test]
fn a_hard_link_is_refused() {
    let bench = Bench::new();
    fs::write(bench.path(), "").unwrap();
    fs::hard_link(bench.path(), bench.other("second")).unwrap();
    bench.check_refused(
        "has 2 names, so it may be somebody else's file: remove the others or name a new file",
    );
}

#[test]
fn a_directory_in_the_place_of_the_file_is_refused() {
    let bench = Bench::new();
    fs::create_dir(bench.path()).unwrap();
    bench.check_refused(NOT_A_FILE);
}

#[test]
fn a_socket_in_the_place_of_the_file_is_refused() {
    let bench = Bench::new();
    let _listener = UnixListener::bind(bench.path()).unwrap();
    bench.check_refused(NOT_A_FILE);
}

#[test]
fn a_pipe_in_the_place_of_the_file_is_refused_without_waiting_for_a_reader() {
    let bench = Bench::new();
    let made = std::process::Command::new("mkfifo")
        .arg(bench.path())
        .status();
    assert!(made.unwrap().success());
    bench.check_refused(NOT_A_FILE);
}

#[test]
fn a_device_is_refused() {
    let error = FileSink::open(FileConfig::new("/dev/null")).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("the log file /dev/null {NOT_A_FILE}")
    );
}

#[test]
fn a_directory_that_everybody_may_write_is_refused() {
    let bench = Bench::new();
    fs::set_permissions(bench.directory.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let error = bench.open().unwrap_err().to_string();
    let expected = format!(
        "the log directory {} is writable by everybody, who could replace the log: take that right away with chmod o-w, or use another directory",
        bench.directory.path().display()
    );
    assert_eq!(error, expected);
    assert!(!bench.path().exists());
}

#[test]
fn a_lock_that_is_a_link_or_has_two_names_is_refused() {
    let bench = Bench::new();
    let lock = bench.other(".security.log.lock");
    let chained = || {
        let mut config = FileConfig::new(bench.path());
        config.chain = true;
        Bench::open_as(config).unwrap_err().to_string()
    };
    fs::write(bench.other("real"), "").unwrap();
    symlink(bench.other("real"), &lock).unwrap();
    let expected = format!("the lock {} cannot be used: Too many", lock.display());
    assert!(chained().starts_with(&expected), "{}", chained());
    fs::remove_file(&lock).unwrap();
    fs::hard_link(bench.other("real"), &lock).unwrap();
    assert!(chained().contains("has 2 names"), "{}", chained());
}

#[test]
fn a_directory_that_cannot_be_made_is_a_clear_error() {
    let bench = Bench::new();
    fs::write(bench.other("file"), "").unwrap();
    let error = FileSink::open(FileConfig::new(bench.other("file/logs/security.log")));
    let error = error.unwrap_err().to_string();
    assert!(error.contains("file/logs cannot be used"), "{error}");
    assert!(error.contains("Not a directory"), "{error}");
}

#[test]
fn after_a_rename_the_next_line_is_in_a_new_file() {
    let bench = Bench::new();
    let journal = bench.start();
    flushed(&journal, "one");
    fs::rename(bench.path(), bench.other("security.log.1")).unwrap();
    flushed(&journal, "two");
    assert_eq!(
        fs::read_to_string(bench.other("security.log.1")).unwrap(),
        "one\n"
    );
    assert_eq!(bench.text(), "two\n");
    end(&journal);
}

#[test]
fn a_renamed_file_is_written_until_the_next_one_had_time_to_appear() {
    let bench = Bench::new();
    let journal = start(FileSink::open(FileConfig::new(bench.path())).unwrap());
    flushed(&journal, "one");
    fs::rename(bench.path(), bench.other("security.log.1")).unwrap();
    flushed(&journal, "two");
    let old = fs::read_to_string(bench.other("security.log.1")).unwrap();
    assert_eq!(old, "one\ntwo\n");
    while !bench.path().exists() {
        std::thread::yield_now();
    }
    end(&journal);
}

#[test]
fn a_new_file_put_in_place_by_logrotate_is_used() {
    let bench = Bench::new();
    let journal = bench.start();
    flushed(&journal, "one");
    fs::rename(bench.path(), bench.other("security.log.1")).unwrap();
    File::create(bench.path()).unwrap();
    flushed(&journal, "two");
    assert_eq!(bench.text(), "two\n");
    end(&journal);
}

#[test]
fn a_removed_directory_is_made_again() {
    let bench = Bench::new();
    let path = bench.other("logs/security.log");
    let sink = FileSink::open(FileConfig::new(&path)).unwrap();
    let journal = Journal::builder().sink(sink).start().unwrap();
    flushed(&journal, "one");
    fs::remove_dir_all(path.parent().unwrap()).unwrap();
    flushed(&journal, "two");
    // What was written just before may be there again: nobody can tell who saw it.
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.ends_with("two\n"), "{text}");
    end(&journal);
}

#[test]
fn a_path_that_becomes_a_symbolic_link_makes_the_sink_unhealthy_until_it_is_gone() {
    let bench = Bench::new();
    let journal = bench.start();
    flushed(&journal, "one");
    fs::remove_file(bench.path()).unwrap();
    symlink(bench.other("elsewhere"), bench.path()).unwrap();
    append(&journal, "two");
    while journal.health()[0].up {
        std::thread::yield_now();
    }
    let cause = journal.health()[0].last_error.clone().unwrap();
    assert!(cause.contains("is a symbolic link"), "{cause}");
    fs::remove_file(bench.path()).unwrap();
    journal.flush(LONG).unwrap();
    assert!(journal.health()[0].up);
    assert!(bench.text().ends_with("two\n"), "{}", bench.text());
    assert!(!bench.other("elsewhere").exists());
    end(&journal);
}

#[test]
fn a_durable_receipt_comes_from_the_file() {
    let bench = Bench::new();
    let journal = bench.start();
    let write = |_, out: &mut Vec<u8>| out.extend_from_slice(b"kept\n");
    let receipt = journal
        .append_with_receipt(Severity::Error, Level::Durable, write)
        .unwrap();
    receipt.wait(LONG).unwrap();
    assert_eq!(bench.text(), "kept\n");
    end(&journal);
}

/// Moves the file away just after it was written, and takes from the sink what it could sync it with.
struct MovedAway {
    sink: FileSink,
    to: PathBuf,
}

impl Sink for MovedAway {
    fn name(&self) -> &'static str {
        "moved away"
    }

    fn deliver(&mut self, batch: &Batch<'_>) -> Result<(), DeliveryError> {
        self.sink.deliver(batch)?;
        fs::rename(self.sink.path(), &self.to).unwrap();
        File::create(self.sink.path()).unwrap();
        if let Some(log) = &mut self.sink.log {
            log.file = File::open("/dev/null").unwrap();
        }
        Ok(())
    }

    fn sync(&mut self, earlier: Earlier<'_>) -> Result<(), DeliveryError> {
        self.sink.sync(earlier)
    }

    fn level(&self) -> Level {
        Level::Durable
    }
}

#[test]
fn a_line_is_durable_although_its_file_was_moved_away_before_the_sync() {
    let bench = Bench::new();
    let journal = Journal::builder().sink(MovedAway {
        sink: bench.open().unwrap(),
        to: bench.other("security.log.1"),
    });
    let journal = journal.start().unwrap();
    let write = |_, out: &mut Vec<u8>| out.extend_from_slice(b"kept\n");
    let receipt = journal.append_with_receipt(Severity::Error, Level::Durable, write);
    receipt.unwrap().wait(LONG).unwrap();
    // The old file could not be synced, so the new one has its line.
    assert_eq!(bench.text(), "kept\n");
    end(&journal);
}
