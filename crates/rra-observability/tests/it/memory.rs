//! What the library holds in memory while nothing can be delivered: the log is gone, the network is
//! dead, and events keep coming.

use std::fs;
use std::process::Command;
use std::sync::{Barrier, OnceLock};
use std::time::Duration;

use rra_observability::sink::{Answer, Batch, DeliveryError, Fault, RemoteSink};
use rra_observability::{Guard, JournalDirectory, Setup};

use super::{Bench, failure};

/// For each thread that emits: its ring and a little. Promised are 1.1 MiB.
const KIB_A_PRODUCER: u64 = 1072;
/// For everything else but the program's own pages, which are not counted here. Promised are 2 MiB
/// with them.
const KIB_APART: u64 = 1152;
/// What a network sink may hold back where there is no directory for its spool, and what its lane has in
/// hand of it while it tries.
const KIB_OF_A_SPOOL: u64 = 1024 + 128;
/// Tells a child which case it is. Memory belongs to a process, so each case has one.
const ORDERS: &str = "RRA_TEST_MEMORY";
/// More than any ring holds, many times over.
const EVENTS: usize = 20_000;

/// Nobody answers there.
struct Dead;

impl RemoteSink for Dead {
    fn name(&self) -> &'static str {
        "dead"
    }

    async fn send(&mut self, _: &Batch<'_>) -> Result<Answer, DeliveryError> {
        Err(DeliveryError::retryable("no route to host").fault(Fault::Connect))
    }
}

#[test]
fn an_outage_of_everything_costs_what_was_promised() {
    if let Some(orders) = orders() {
        let (producers, journal) = orders.split_once(' ').unwrap();
        println!("{} held", held(producers.parse().unwrap(), journal));
        return;
    }
    for journal in ["mapped", "plain"] {
        for producers in [1, 2, 4, 8] {
            check(producers, journal);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "how a child is told what to do")]
fn orders() -> Option<String> {
    std::env::var(ORDERS).ok()
}

#[track_caller]
fn check(producers: u64, journal: &str) {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "--nocapture"]);
    child.arg("memory::an_outage_of_everything_costs_what_was_promised");
    let output = child.env(ORDERS, format!("{producers} {journal}")).output();
    let said = String::from_utf8(output.unwrap().stdout).unwrap();
    let held = said.lines().find_map(|line| line.strip_suffix(" held"));
    let held: u64 = held.expect(&said).parse().unwrap();
    let spools = if journal == "plain" {
        KIB_OF_A_SPOOL
    } else {
        0
    };
    let limit = producers * KIB_A_PRODUCER + KIB_APART + spools;
    assert!(
        held <= limit,
        "{producers} producers, {journal}: {held} KiB of {limit}"
    );
    // Whoever emits more than there is room for fills a ring.
    assert!(held > 1024, "{held} KiB are too few to be true");
}

/// What is held more than before the library was started, by so many threads that have emitted more
/// than there is room for.
fn held(producers: usize, journal: &str) -> u64 {
    let bench = Bench::new();
    let (guard, barrier) = (OnceLock::new(), Barrier::new(producers + 1));
    let (guard, barrier) = (&guard, &barrier);
    std::thread::scope(|scope| {
        for _ in 0..producers {
            scope.spawn(move || {
                barrier.wait();
                emit(guard.wait());
                barrier.wait();
                barrier.wait();
            });
        }
        // Threads of the program are no part of the library.
        barrier.wait();
        let before = resident_kib();
        let guard = guard.get_or_init(|| start(&bench, journal));
        barrier.wait();
        let after = resident_kib();
        assert!(
            guard.handle().report().refused.total() > 0,
            "there was room for all"
        );
        barrier.wait();
        after - before
    })
}

fn start(bench: &Bench, journal: &str) -> Guard {
    let mut config = bench.config();
    config.shutdown_deadline = Duration::ZERO;
    if journal == "plain" {
        config.journal.directory = JournalDirectory::Off;
    }
    let guard = Setup::new(config).remote(Dead).start().unwrap();
    // Neither the file nor its directory can be made again.
    let logs = bench.path().parent().unwrap().to_owned();
    fs::remove_dir_all(&logs).unwrap();
    fs::write(&logs, "").unwrap();
    guard
}

fn emit(guard: &Guard) {
    for _ in 0..EVENTS {
        // Refused events are counted, and wanted here.
        let _ = guard.emit(&failure());
    }
}

/// Memory that is there, without that of program files: how much of a program is read depends on
/// how it was built.
fn resident_kib() -> u64 {
    let maps = fs::read_to_string("/proc/self/smaps").unwrap();
    let mut is_program = false;
    let mut sum = 0;
    for line in maps.lines() {
        let words: Vec<_> = line.split_whitespace().collect();
        if words[0].contains('-') {
            let is_file = words.get(5).is_some_and(|name| name.starts_with('/'));
            is_program = is_file && !words[5].contains(".ring");
        } else if words[0] == "Rss:" && !is_program {
            sum += words[1].parse::<u64>().unwrap();
        }
    }
    sum
}
