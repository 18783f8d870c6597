//! The file against a real file system: what is opened, what is refused, what survives.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::time::Duration;

use rra_schema::Severity;
use rra_sink::{Journal, Report};
use tempfile::TempDir;

use super::*;

const LONG: Duration = Duration::from_secs(20);

struct Bench {
    directory: TempDir,
}

impl Bench {
    fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("security.log")
    }

    fn other(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn open(&self) -> Result<FileSink, Error> {
        FileSink::open(FileConfig::new(self.path()))
    }

    fn start(&self) -> Journal {
        Journal::builder()
            .sink(self.open().unwrap())
            .start()
            .unwrap()
    }

    fn text(&self) -> String {
        fs::read_to_string(self.path()).unwrap()
    }

    #[track_caller]
    fn check_refused(&self, expected: &str) {
        let error = self.open().unwrap_err().to_string();
        let start = format!("the log file {} {expected}", self.path().display());
        assert!(error.starts_with(&start), "{error}");
    }
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
    bench.check_refused("is a symbolic link");
}

#[test]
fn a_dangling_symbolic_link_is_refused() {
    let bench = Bench::new();
    symlink(bench.other("nowhere"), bench.path()).unwrap();
    bench.check_refused("is a symbolic link");
}

#[test]
fn a_hard_link_is_refused() {
    let bench = Bench::new();
    fs::write(bench.path(), "").unwrap();
    fs::hard_link(bench.path(), bench.other("second")).unwrap();
    bench.check_refused("has 2 names");
}

#[test]
fn a_directory_in_the_place_of_the_file_is_refused() {
    let bench = Bench::new();
    fs::create_dir(bench.path()).unwrap();
    bench.check_refused("is not a regular file");
}

#[test]
fn a_socket_in_the_place_of_the_file_is_refused() {
    let bench = Bench::new();
    let _listener = UnixListener::bind(bench.path()).unwrap();
    bench.check_refused("is not a regular file");
}

#[test]
fn a_device_is_refused() {
    let error = FileSink::open(FileConfig::new("/dev/null")).unwrap_err();
    assert!(matches!(error, Error::NotAFile { .. }), "{error}");
}

#[test]
fn a_directory_that_everybody_may_write_is_refused() {
    let bench = Bench::new();
    fs::set_permissions(bench.directory.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let error = bench.open().unwrap_err().to_string();
    assert!(error.contains("is writable by everybody"), "{error}");
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

#[test]
fn a_log_cut_at_any_byte_keeps_every_whole_line() {
    let log = "{\"a\":1}\n{\"b\":\"\u{e9}\"}\n{}\n".as_bytes();
    for cut in 0..=log.len() {
        let bench = Bench::new();
        fs::write(bench.path(), &log[..cut]).unwrap();
        let torn = bench.open().unwrap().torn().map_or(0, |torn| torn.bytes);
        let kept = fs::read(bench.path()).unwrap();
        assert!(log.starts_with(&kept) && (kept.is_empty() || kept.ends_with(b"\n")));
        assert_eq!(kept.len() as u64 + torn, cut as u64);
    }
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
    assert_eq!(fs::read_to_string(&path).unwrap(), "two\n");
    end(&journal);
}

#[test]
fn a_truncated_file_gets_no_hole() {
    let bench = Bench::new();
    let journal = bench.start();
    flushed(&journal, "one");
    File::options()
        .write(true)
        .open(bench.path())
        .unwrap()
        .set_len(0)
        .unwrap();
    flushed(&journal, "two");
    assert_eq!(bench.text(), "two\n");
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
    assert_eq!(bench.text(), "two\n");
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

/// Takes so many bytes per call, then fails.
struct Script(Vec<io::Result<usize>>);

impl Write for Script {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.remove(0).map(|count| count.min(bytes.len()))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[track_caller]
fn check_writes(script: Vec<io::Result<usize>>, expected: Result<(), usize>) {
    let outcome = write_counting(&mut Script(script), b"0123456789");
    assert_eq!(outcome.map_err(|(written, _)| written), expected);
}

#[test]
fn short_and_interrupted_writes_are_finished_and_failures_counted() {
    let interrupted = || Err(io::ErrorKind::Interrupted.into());
    let full = || Err(io::ErrorKind::StorageFull.into());
    check_writes(vec![Ok(10)], Ok(()));
    check_writes(vec![Ok(3), interrupted(), Ok(7)], Ok(()));
    check_writes(vec![Ok(3), full()], Err(3));
    check_writes(vec![full()], Err(0));
    check_writes(vec![Ok(4), Ok(0)], Err(4));
}

/// Hands every batch to the sink as if its first line had been cut by a full disk.
struct Cut(FileSink, &'static str);

impl Sink for Cut {
    fn name(&self) -> &'static str {
        "cut"
    }

    fn deliver(&mut self, batch: &Batch<'_>) -> Result<(), DeliveryError> {
        let log = self.0.log.as_mut().unwrap();
        log.unfinished = Some(Unfinished {
            seq: batch.first_seq(),
            bytes: 3,
        });
        log.unfinished_length = 3;
        fs::write(&self.0.path, self.1).unwrap();
        self.0.deliver(batch)
    }
}

#[track_caller]
fn check_continued(in_the_file: &'static str, expected: &str) {
    let bench = Bench::new();
    let sink = Cut(bench.open().unwrap(), in_the_file);
    let journal = Journal::builder().sink(sink).start().unwrap();
    append(&journal, "whole");
    end(&journal);
    assert_eq!(bench.text(), expected);
}

#[test]
fn a_line_cut_by_a_full_disk_is_finished_unless_its_beginning_is_gone() {
    check_continued("who", "whole\n");
    check_continued("", "whole\n");
    check_continued("whother\n", "whother\nwhole\n");
}
