//! Random schedules of everything that can go wrong, with three sinks, four producers, kills and
//! restarts. A ledger beside the journal knows what each destination was asked and what it said; the
//! account must agree with it after every step.

mod ledger;
mod plan;
mod producer;

use std::collections::HashMap;

use proptest::prelude::*;
use tokio::runtime::Runtime;
use tokio::task::LocalSet;

use super::*;
use crate::journal::Assembled;
use crate::loss::LossTable;
use crate::paused::{jumping_clock, runtime};
use crate::testing::RemoteFailure;
use crate::{RemoteSettings, SinkReport};
use ledger::{Ledger, LedgerSink};
use plan::{Step, answers, failures, steps};
use producer::Producer;

const REMOTES: [&str; 2] = ["one", "two"];

/// Lost events by sink, reason and severity; no sink for those that were refused.
type Losses = HashMap<(Option<String>, Reason, Severity), u64>;

/// A process with its journal.
struct Process {
    runtime: Runtime,
    tasks: LocalSet,
    journal: Journal,
    local: Lane,
    captured: Captured,
    gaps: Arc<std::sync::Mutex<Losses>>,
    accepted: u64,
    refused: u64,
}

/// The world around it.
struct World {
    directory: Option<tempfile::TempDir>,
    max_bytes: usize,
    ledgers: [Ledger; 2],
    producers: Vec<Producer>,
    process: Option<Process>,
    next_id: u64,
    /// What every accepted event was, by its id.
    severities: HashMap<u64, Severity>,
    /// What the spools of each remote sink gave up in earlier processes, by severity.
    given_up: [[u64; 5]; 2],
    /// Events that came to a sink again because its process was killed within a batch.
    doubled: u64,
    is_closed: bool,
}

impl World {
    fn new(is_on_disk: bool, is_large: bool, answers: [Vec<RemoteFailure>; 2]) -> Self {
        let mut world = Self {
            directory: is_on_disk.then(private_directory),
            max_bytes: if is_large { 2 << 20 } else { SMALL },
            ledgers: answers.map(Ledger::new),
            producers: (0..4).map(|_| Producer::start()).collect(),
            process: None,
            next_id: 1,
            severities: HashMap::new(),
            given_up: Default::default(),
            doubled: 0,
            is_closed: false,
        };
        world.process = Some(world.start(Vec::new()));
        world
    }

    fn start(&self, failures: Vec<Failure>) -> Process {
        let runtime = runtime();
        let gaps = Arc::new(std::sync::Mutex::new(Losses::new()));
        let seen = Arc::clone(&gaps);
        let (sink, captured) = CapturingSink::new("local");
        let mut builder = Journal::builder()
            .max_bytes(self.max_bytes)
            .patience(Duration::ZERO)
            .clock(jumping_clock)
            .dice(|| u64::MAX / 3)
            .on_gap(move |_, gap| {
                for severity in Severity::ALL {
                    let key = (gap.sink.clone(), gap.reason, severity);
                    *seen.lock().unwrap().entry(key).or_default() += gap.severity(severity);
                }
                Ok(())
            })
            .sink(FailingSink::new(sink, failures));
        if let Some(directory) = &self.directory {
            builder = builder.directory(directory.path());
        }
        for (name, ledger) in REMOTES.into_iter().zip(&self.ledgers) {
            builder = builder.remote(LedgerSink::new(name, ledger, SETTINGS));
        }
        let entered = runtime.enter();
        let mut assembled = builder.assemble_all().unwrap();
        drop(entered);
        let Assembled {
            journal, remotes, ..
        } = assembled;
        let tasks = LocalSet::new();
        for lane in remotes.0 {
            tasks.spawn_local(lane.run());
        }
        Process {
            runtime,
            tasks,
            journal,
            local: assembled.lanes.remove(0).1,
            captured,
            gaps,
            accepted: 0,
            refused: 0,
        }
    }

    fn process(&mut self) -> &mut Process {
        self.process.as_mut().unwrap()
    }

    fn run(&mut self, step: &Step, failures: &mut Vec<Failure>) {
        match *step {
            Step::Append(producer, severity, length, count) => {
                for _ in 0..count {
                    self.append(producer, severity, length);
                }
            }
            Step::Turn => drop(self.process().local.turn()),
            Step::Pass(millis) => {
                let Process { runtime, tasks, .. } = self.process();
                let time = tokio::time::sleep_until;
                let until = runtime.block_on(async { tokio::time::Instant::now() });
                let until = until + Duration::from_millis(millis);
                tasks.block_on(runtime, async move { time(until).await });
            }
            Step::Close => {
                let until = std::time::Instant::now() + Duration::from_mins(1);
                self.process().journal.shared.close(until);
                self.is_closed = true;
            }
            Step::Restart => self.restart(std::mem::take(failures)),
        }
    }

    fn append(&mut self, producer: usize, severity: Severity, length: usize) {
        let id = self.next_id;
        let mut line = id.to_string().into_bytes();
        line.resize(length.max(line.len() + 1), b' ');
        line.push(b'\n');
        let journal = self.process().journal.clone();
        if self.producers[producer].append(&journal, severity, line) {
            self.process().accepted += 1;
            self.severities.insert(id, severity);
            self.next_id += 1;
        } else {
            self.process().refused += 1;
        }
    }

    /// Kills the process: what it had not delivered is what the next one recovers.
    fn restart(&mut self, failures: Vec<Failure>) {
        if self.directory.is_none() {
            return;
        }
        let (before, again) = self.end();
        let process = self.start(failures);
        let after = process.journal.report();
        for ((before, after), again) in before.sinks.iter().zip(&after.sinks).zip(again) {
            let more = after.recovered - before.pending;
            assert!(more <= again, "{more} events of {} come again", before.name);
            self.doubled += more;
        }
        self.process = Some(process);
        self.is_closed = false;
    }

    /// Ends the process as a kill would, and keeps its losses; how many events may come again to each
    /// sink.
    fn end(&mut self) -> (Report, [u64; 3]) {
        let process = self.process.take().unwrap();
        let report = process.journal.report();
        process.journal.report_gaps();
        check_gaps(&process.gaps.lock().unwrap(), &report);
        for (sink, given_up) in report.sinks[1..].iter().zip(&mut self.given_up) {
            for severity in Severity::ALL {
                for reason in [Reason::SpoolFull, Reason::Expired] {
                    given_up[severity as usize] += sink.dropped.count(reason, severity);
                }
            }
        }
        drop(process);
        let [one, two] = self.ledgers.each_ref().map(Ledger::start_over);
        (report, [0, one, two])
    }

    /// The account against the ledgers.
    fn check(&mut self) {
        let process = self.process.as_ref().unwrap();
        let report = process.journal.report();
        assert!(report.is_balanced(), "{report:?}");
        assert_eq!(report.accepted, process.accepted);
        assert_eq!(report.refused.total(), process.refused);
        assert_eq!(
            report.sinks[0].delivered,
            process.captured.event_count() as u64
        );
        for (sink, ledger) in report.sinks[1..].iter().zip(&self.ledgers) {
            assert!(ledger.wrong().is_empty(), "{:?} came again", ledger.wrong());
            assert_eq!(sink.delivered, ledger.arrived(), "{}", sink.name);
            let rejected = sink.dropped.by_reason(Reason::Rejected);
            assert_eq!(rejected, ledger.rejected(), "{}", sink.name);
            assert!(sink.spooled <= sink.pending);
        }
        for (health, sink) in process.journal.health().iter().zip(&report.sinks) {
            let spooled = health.spool.map_or(0, |spool| spool.events);
            assert_eq!(spooled, sink.spooled);
            assert_eq!(health.queued_events + spooled, sink.pending);
        }
    }

    /// The destinations work again, and everything comes to its end.
    fn finish(&mut self) {
        if self.is_closed && self.directory.is_none() {
            return;
        }
        self.restart(Vec::new());
        for ledger in &self.ledgers {
            ledger.work();
        }
        drain(&mut self.process().local);
        for _ in 0..20 {
            let report = self.process().journal.report();
            if report.sinks.iter().any(|sink| sink.pending > 0) {
                self.run(&Step::Pass(30_000), &mut Vec::new());
            }
        }
        self.check();
        let (report, _) = self.end();
        let is_settled = |sink: &SinkReport| sink.pending == 0;
        assert!(report.sinks.iter().all(is_settled), "{report:?}");
        for (ledger, given_up) in self.ledgers.iter().zip(self.given_up) {
            let mut missing = [0; 5];
            for (id, severity) in &self.severities {
                missing[*severity as usize] += u64::from(!ledger.is_settled(*id));
            }
            // An event that comes again may be given up although it had arrived.
            let more = given_up.iter().sum::<u64>() - missing.iter().sum::<u64>();
            assert!(more <= self.doubled, "counted as lost and not lost: {more}");
            assert!(more > 0 || missing == given_up, "other events than said");
        }
    }
}

/// Every loss of the account was offered to the log, and nothing else.
fn check_gaps(gaps: &Losses, report: &Report) {
    let mut expected = Losses::new();
    let mut add = |sink: Option<&str>, table: &LossTable| {
        for reason in Reason::ALL {
            for severity in Severity::ALL {
                let key = (sink.map(str::to_owned), reason, severity);
                expected.insert(key, table.count(reason, severity));
            }
        }
    };
    add(None, &report.refused);
    for sink in &report.sinks {
        add(Some(&sink.name), &sink.dropped);
    }
    expected.retain(|_, count| *count > 0);
    let mut gaps = gaps.clone();
    gaps.retain(|_, count| *count > 0);
    assert_eq!(gaps, expected);
}

/// Small enough that a spool fills, and short-lived enough that events expire.
const SETTINGS: RemoteSettings = RemoteSettings {
    max_batch_events: 40,
    spool_max_bytes: 0,
    spool_max_age: Duration::from_secs(40),
    ..RemoteSettings::DEFAULT
};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn the_account_agrees_with_the_ledgers_after_every_step(
        is_on_disk in proptest::bool::weighted(0.7),
        is_large in any::<bool>(),
        answers in [answers(), answers()],
        mut failures in failures(),
        steps in steps(),
    ) {
        let mut world = World::new(is_on_disk, is_large, answers);
        for step in &steps {
            world.run(step, &mut failures);
            world.check();
        }
        world.finish();
    }
}
