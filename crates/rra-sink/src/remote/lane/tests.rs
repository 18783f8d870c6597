//! A remote sink behind its lane, in time that passes as fast as nothing happens.

use std::fs;
use std::path::{Path, PathBuf};

use rra_schema::Severity;
use tokio::runtime::Runtime;
use tokio::task::LocalSet;

use super::*;
use crate::journal::{Assembled, Journal};
use crate::loss::Reason;
use crate::paused::{jumping_clock, runtime};
use crate::scratch::private_directory;
use crate::testing::RemoteFailure::{AnswerLost, Error, Hang, Panic, Partly};
use crate::testing::{Captured, CapturingSink, FailingRemote, RemoteFailure};
use crate::{Builder, Health, SinkReport};

/// A journal with one remote sink, whose lane runs as the test lets time pass.
struct Bench {
    runtime: Runtime,
    tasks: LocalSet,
    journal: Journal,
    captured: Captured,
}

impl Bench {
    fn new(script: &[RemoteFailure]) -> Self {
        Self::with(script, RemoteSettings::default(), None)
    }

    fn with(script: &[RemoteFailure], settings: RemoteSettings, directory: Option<&Path>) -> Self {
        let runtime = runtime();
        let tasks = LocalSet::new();
        let (sink, captured) = CapturingSink::new("remote");
        let sink = FailingRemote::new(sink, script.to_vec()).settings(settings);
        let mut builder = Journal::builder()
            .max_bytes(Builder::LEAST_BYTES)
            .patience(Duration::ZERO)
            .clock(jumping_clock)
            .dice(|| u64::MAX / 2)
            .remote(sink);
        if let Some(directory) = directory {
            builder = builder.directory(directory);
        }
        let entered = runtime.enter();
        let Assembled {
            journal, remotes, ..
        } = builder.assemble_all().unwrap();
        drop(entered);
        for lane in remotes.0 {
            tasks.spawn_local(lane.run());
        }
        Self {
            runtime,
            tasks,
            journal,
            captured,
        }
    }

    fn append(&self, severity: Severity, length: usize) -> bool {
        let write = |_, out: &mut Vec<u8>| {
            out.resize(length, b'x');
            out.push(b'\n');
        };
        self.journal.append(severity, write).is_ok()
    }

    fn append_many(&self, count: usize) {
        for _ in 0..count {
            assert!(self.append(Severity::Info, 9));
        }
    }

    /// Lets so much time pass.
    fn pass(&self, time: Duration) {
        self.tasks
            .block_on(&self.runtime, async { tokio::time::sleep(time).await });
    }

    fn pass_ms(&self, millis: u64) {
        self.pass(Duration::from_millis(millis));
    }

    fn sink(&self) -> SinkReport {
        let report = self.journal.report();
        assert!(report.is_balanced(), "{report:?}");
        report.sinks[0].clone()
    }

    fn health(&self) -> Health {
        self.journal.health().remove(0)
    }

    fn numbers(&self) -> Vec<u64> {
        self.captured.lines().iter().map(|line| line.seq).collect()
    }
}

fn down() -> RemoteFailure {
    Error(DeliveryError::retryable("down").fault(Fault::Connect))
}

#[test]
fn events_gather_for_the_linger_and_go_out_together() {
    let bench = Bench::new(&[]);
    bench.append_many(3);
    bench.pass_ms(900);
    assert_eq!(bench.captured.event_count(), 0);
    bench.pass_ms(200);
    bench.captured.assert_unbroken(3);
    assert_eq!(bench.sink().delivered, 3);
}

#[test]
fn a_full_batch_does_not_linger() {
    let settings = RemoteSettings {
        max_batch_events: 10,
        ..RemoteSettings::default()
    };
    let bench = Bench::with(&[], settings, None);
    bench.append_many(25);
    bench.pass_ms(60);
    assert_eq!(bench.captured.event_count(), 20);
    bench.pass_ms(1_100);
    bench.captured.assert_unbroken(25);
}

#[test]
fn what_failed_is_sent_again_and_nothing_is_doubled_or_lost() {
    let bench = Bench::new(&[down(), Panic, down(), Hang]);
    bench.append_many(5);
    bench.pass_ms(1_010);
    let health = bench.health();
    assert_eq!((health.up, health.queued_events), (false, 5));
    assert_eq!(health.last_error.as_deref(), Some("down"));
    bench.pass(Duration::from_secs(2));
    assert_eq!(bench.sink().pending, 5, "it hangs");
    bench.pass(Duration::from_secs(31));
    bench.captured.assert_unbroken(5);
    let health = bench.health();
    assert_eq!(health.last_error.as_deref(), Some("no answer within 30 s"));
    assert!(health.up && health.last_success.is_some());
}

#[test]
fn refused_events_are_dropped_and_those_put_off_come_before_later_ones() {
    let partly = Partly {
        rejected: vec![0],
        again: vec![2, 3],
    };
    let bench = Bench::new(&[partly]);
    bench.append_many(4);
    bench.pass_ms(1_010);
    bench.append_many(2);
    let sink = bench.sink();
    assert_eq!((sink.delivered, sink.pending), (1, 4));
    assert_eq!(sink.dropped.count(Reason::Rejected, Severity::Info), 1);
    assert!(bench.health().up, "it answers");
    bench.pass(Duration::from_secs(3));
    assert_eq!(bench.numbers(), [2, 3, 4, 5, 6]);
    assert_eq!(bench.sink().pending, 0);
}

#[test]
fn a_fatal_answer_drops_what_did_not_arrive() {
    let bench = Bench::new(&[Error(DeliveryError::fatal("never").after(1))]);
    bench.append_many(3);
    bench.pass(Duration::from_secs(2));
    let sink = bench.sink();
    assert_eq!(
        (sink.delivered, sink.dropped.total(), sink.pending),
        (1, 2, 0)
    );
}

#[test]
fn retry_after_is_honoured() {
    let busy = DeliveryError::retryable("busy")
        .fault(Fault::Throttled)
        .retry_after(Duration::from_mins(1));
    let bench = Bench::new(&[Error(busy)]);
    bench.append_many(1);
    bench.pass(Duration::from_mins(1));
    assert_eq!(bench.captured.event_count(), 0);
    bench.pass(Duration::from_secs(2));
    bench.captured.assert_unbroken(1);
}

#[test]
fn a_destination_that_is_away_is_probed_with_one_event() {
    let bench = Bench::new(&vec![down(); 6]);
    bench.append_many(50);
    bench.pass(Duration::from_secs(5));
    assert_eq!(bench.sink().pending, 50);
    // Five failures, then a rest of three quarters of 30 s, a failed probe, and one that works.
    bench.pass(Duration::from_secs(40));
    assert_eq!(bench.captured.event_count(), 0);
    let first = {
        bench.pass(Duration::from_secs(5));
        bench.captured.event_count()
    };
    assert!(first == 50, "the probe and everything after it: {first}");
    bench.captured.assert_unbroken(50);
}

#[test]
fn a_dead_network_does_not_fill_the_journal() {
    let directory = private_directory();
    let settings = RemoteSettings::default();
    let bench = Bench::with(&vec![down(); 1_000], settings, Some(directory.path()));
    for _ in 0..1_000 {
        assert!(bench.append(Severity::Info, 3_000));
        bench.pass_ms(5);
    }
    let sink = bench.sink();
    assert_eq!(
        (sink.delivered, sink.dropped.total(), sink.pending),
        (0, 0, 1_000)
    );
    assert!(sink.spooled > 900, "{}", sink.spooled);
    let spool = bench.health().spool.unwrap();
    assert!(
        spool.bytes > 2_700_000 && spool.oldest.is_some(),
        "{spool:?}"
    );
}

#[test]
fn the_spool_is_delivered_in_order_when_the_destination_is_back() {
    let directory = private_directory();
    let settings = RemoteSettings::default();
    let bench = Bench::with(&vec![down(); 7], settings, Some(directory.path()));
    for _ in 0..200 {
        assert!(bench.append(Severity::Info, 3_000));
        bench.pass_ms(50);
    }
    assert!(bench.sink().spooled > 0);
    bench.pass(Duration::from_mins(2));
    bench.captured.assert_unbroken(200);
    let sink = bench.sink();
    assert_eq!((sink.delivered, sink.spooled, sink.pending), (200, 0, 0));
}

#[test]
fn without_a_directory_the_least_serious_go_first() {
    let bench = Bench::new(&vec![down(); 1_000]);
    for _ in 0..100 {
        assert!(bench.append(Severity::Critical, 3_000));
        bench.pass_ms(20);
    }
    for _ in 0..1_000 {
        assert!(
            bench.append(Severity::Info, 3_000),
            "the journal never fills"
        );
        bench.pass_ms(20);
    }
    let sink = bench.sink();
    assert!(sink.dropped.count(Reason::SpoolFull, Severity::Info) > 600);
    assert_eq!(sink.dropped.count(Reason::SpoolFull, Severity::Critical), 0);
    assert_eq!((sink.spooled, bench.health().spool), (0, None));
    assert!(bench.health().queued_bytes < 1_100_000);
}

/// A process that spools some of a hundred events and is gone.
fn spool_and_die(settings: RemoteSettings, directory: &Path) {
    let dead = Bench::with(&vec![down(); 1_000], settings, Some(directory));
    for _ in 0..100 {
        assert!(dead.append(Severity::Info, 3_000));
        dead.pass_ms(100);
    }
    assert!(dead.sink().spooled > 0);
}

#[test]
fn the_next_process_delivers_what_was_spooled() {
    let directory = private_directory();
    let settings = RemoteSettings::default();
    spool_and_die(settings, directory.path());
    let next = Bench::with(&[], settings, Some(directory.path()));
    assert_eq!(next.sink().recovered, 100);
    next.append_many(1);
    next.pass(Duration::from_secs(3));
    assert_eq!(next.captured.event_count(), 101);
    assert_eq!(next.numbers()[..100], (1..=100).collect::<Vec<_>>());
    let sink = next.sink();
    assert_eq!((sink.delivered, sink.pending), (101, 0));
}

/// What ends so in a folder.
fn entry_with(extension: &str, folder: &Path) -> PathBuf {
    let entries = fs::read_dir(folder).unwrap();
    let mut paths = entries.map(|entry| entry.unwrap().path());
    let has_it = |path: &PathBuf| path.extension().is_some_and(|found| found == extension);
    paths.find(has_it).unwrap()
}

#[test]
fn what_is_damaged_in_a_spool_is_part_of_the_account() {
    let directory = private_directory();
    let settings = RemoteSettings::default();
    spool_and_die(settings, directory.path());
    let spool = entry_with("spool", directory.path());
    let file = entry_with("records", &spool);
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, bytes).unwrap();

    let next = Bench::with(&[], settings, Some(directory.path()));
    assert_eq!(next.sink().recovered, 100);
    next.pass(Duration::from_secs(3));
    let sink = next.sink();
    assert_eq!(sink.dropped.by_reason(Reason::Damaged), 1);
    assert_eq!((sink.delivered, sink.pending), (99, 0));
}

#[test]
fn a_living_process_keeps_its_spool() {
    let directory = private_directory();
    let settings = RemoteSettings::default();
    let living = Bench::with(&vec![down(); 1_000], settings, Some(directory.path()));
    for _ in 0..100 {
        assert!(living.append(Severity::Info, 3_000));
        living.pass_ms(100);
    }
    assert!(living.sink().spooled > 0);
    let other = Bench::with(&[], settings, Some(directory.path()));
    assert_eq!(other.sink().recovered, 0);
}

#[test]
fn what_waited_for_too_long_is_given_up_and_named() {
    let directory = private_directory();
    let settings = RemoteSettings {
        spool_max_age: Duration::from_hours(1),
        ..RemoteSettings::default()
    };
    let bench = Bench::with(&vec![down(); 1_000], settings, Some(directory.path()));
    bench.append_many(10);
    bench.pass(Duration::from_secs(3_500));
    assert_eq!(bench.sink().spooled, 10);
    bench.pass(Duration::from_secs(200));
    let sink = bench.sink();
    assert_eq!(sink.dropped.by_reason(Reason::Expired), 10);
    assert_eq!(sink.pending, 0);
}

#[test]
fn a_lost_answer_doubles_a_batch_and_nothing_else() {
    let bench = Bench::new(&[AnswerLost]);
    bench.append_many(3);
    bench.pass_ms(1_100);
    bench.append_many(1);
    bench.pass(Duration::from_secs(3));
    assert_eq!(bench.numbers(), [1, 2, 3, 1, 2, 3, 4]);
    assert_eq!(bench.sink().delivered, 4);
}

#[test]
fn a_spool_that_cannot_be_written_costs_this_sink_its_events_and_nobody_else_theirs() {
    let directory = private_directory();
    let settings = RemoteSettings::default();
    let bench = Bench::with(&vec![down(); 7], settings, Some(directory.path()));
    for entry in std::fs::read_dir(directory.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|found| found == "spool") {
            std::fs::remove_dir_all(path).unwrap();
        }
    }
    for _ in 0..200 {
        assert!(
            bench.append(Severity::Info, 3_000),
            "the journal never fills"
        );
        bench.pass_ms(50);
    }
    let lost = bench.sink().dropped.by_reason(Reason::SpoolFull);
    assert!(lost > 0);
    let said = bench.health().last_error.unwrap();
    assert!(said.starts_with("the spool: "), "{said}");
    bench.pass(Duration::from_mins(2));
    let sink = bench.sink();
    assert_eq!((sink.delivered, sink.pending), (200 - lost, 0));
}

#[test]
fn what_is_under_way_leaves_the_rings_too() {
    let directory = private_directory();
    let settings = RemoteSettings::default();
    let bench = Bench::with(&[Hang], settings, Some(directory.path()));
    bench.append_many(1);
    bench.pass_ms(1_100);
    for _ in 0..100 {
        assert!(
            bench.append(Severity::Info, 3_000),
            "the journal never fills"
        );
        bench.pass_ms(10);
    }
    assert!(bench.sink().spooled > 80);
    bench.pass(Duration::from_secs(40));
    bench.captured.assert_unbroken(101);
}

#[test]
fn a_shutdown_leaves_what_the_next_process_can_deliver() {
    let directory = private_directory();
    let settings = RemoteSettings::default();
    let bench = Bench::with(&vec![down(); 1_000], settings, Some(directory.path()));
    bench.append_many(10);
    bench.pass_ms(100);
    let started = bench.runtime.block_on(async { Instant::now() });
    bench
        .journal
        .shared_for_tests()
        .close(std::time::Instant::now() + Duration::from_mins(1));
    bench.runtime.block_on(bench.tasks);
    let took = bench.runtime.block_on(async { started.elapsed() });
    // Five attempts, and the rests between them.
    assert!(took < Duration::from_secs(4), "{took:?}");
    let report = bench.journal.report();
    assert_eq!(report.sinks[0].pending, 10);
}

#[test]
fn a_shutdown_without_a_directory_tries_to_the_end() {
    let bench = Bench::new(&vec![down(); 3]);
    bench.append_many(10);
    bench
        .journal
        .shared_for_tests()
        .close(std::time::Instant::now() + Duration::from_mins(1));
    bench.runtime.block_on(bench.tasks);
    bench.captured.assert_unbroken(10);
}

#[test]
fn no_file_of_a_journal_is_handed_on_to_another_program() {
    let directory = private_directory();
    let settings = RemoteSettings::default();
    let bench = Bench::with(&vec![down(); 1_000], settings, Some(directory.path()));
    for _ in 0..100 {
        assert!(bench.append(Severity::Info, 3_000));
        bench.pass_ms(100);
    }
    assert!(bench.sink().spooled > 0);
    let mut open = 0;
    for entry in std::fs::read_dir("/proc/self/fd").unwrap() {
        let path = entry.unwrap().path();
        if !std::fs::read_link(&path).is_ok_and(|file| file.starts_with(directory.path())) {
            continue;
        }
        let number = path.file_name().unwrap().to_str().unwrap();
        let info = std::fs::read_to_string(format!("/proc/self/fdinfo/{number}")).unwrap();
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
        let flags = u32::from_str_radix(flags.unwrap().trim(), 8).unwrap();
        assert!(rustix::fs::OFlags::from_bits_retain(flags).contains(rustix::fs::OFlags::CLOEXEC));
        open += 1;
    }
    // The ring, the lock of the spool, and its records.
    assert!(open >= 3, "{open}");
}
