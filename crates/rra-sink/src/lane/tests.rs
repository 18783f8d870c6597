//! The account stays exact whatever the sink does, and a lane recovers by itself.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use proptest::prelude::*;
use rra_schema::Severity;

use super::*;
use crate::journal::Journal;
use crate::loss::Reason;
use crate::report::Attempt;
use crate::sink::Fault;
use crate::testing::{Captured, CapturingSink, FailingSink, Failure};

const SMALL: usize = crate::Builder::LEAST_BYTES;

fn lane_with(script: Vec<Failure>) -> (Journal, Lane, Captured) {
    lane_of(SMALL, script)
}

fn lane_of(max_bytes: usize, script: Vec<Failure>) -> (Journal, Lane, Captured) {
    let (sink, captured) = CapturingSink::new("memory");
    let builder = Journal::builder()
        .max_bytes(max_bytes)
        .patience(Duration::ZERO)
        .clock(|| SystemTime::UNIX_EPOCH);
    let (journal, mut lanes) = builder
        .sink(FailingSink::new(sink, script))
        .assemble()
        .unwrap();
    (journal, lanes.remove(0).1, captured)
}

fn append(journal: &Journal, severity: Severity, length: usize) -> bool {
    let write = |_, out: &mut Vec<u8>| {
        out.resize(length, b'x');
        out.push(b'\n');
    };
    journal.append(severity, write).is_ok()
}

#[test]
fn a_sink_that_comes_back_gets_everything_once() {
    let down = Failure::Retryable { after: 0 };
    let (journal, mut lane, captured) = lane_with(vec![down, Failure::Panic, down]);
    for _ in 0..10 {
        append(&journal, Severity::Info, 10);
    }
    assert_eq!(lane.turn(), Turn::Rest(Duration::from_millis(50)));
    let health = &journal.health()[0];
    assert_eq!(
        (health.up, health.queued_events, health.queued_bytes),
        (false, 10, 110)
    );
    assert_eq!(lane.turn(), Turn::Rest(Duration::from_millis(100)));
    assert_eq!(
        journal.health()[0].last_error.as_deref(),
        Some("the sink panicked")
    );
    assert_eq!(lane.turn(), Turn::Rest(Duration::from_millis(200)));
    assert_eq!(lane.turn(), Turn::Linger);
    assert_eq!(lane.turn(), Turn::Idle);
    captured.assert_unbroken(10);
    let health = &journal.health()[0];
    assert_eq!(
        (health.up, health.queued_events, health.queued_bytes),
        (true, 0, 0)
    );
}

/// Appends and closes the journal while its lane syncs: the moment between a look that found nothing
/// and the question whether that was all.
struct LastMoment(Arc<std::sync::OnceLock<(Journal, Arc<Shared>)>>);

impl Sink for LastMoment {
    fn name(&self) -> &'static str {
        "last moment"
    }

    fn deliver(&mut self, _: &crate::Batch<'_>) -> Result<(), DeliveryError> {
        Ok(())
    }

    fn sync(&mut self, _: Earlier<'_>) -> Result<(), DeliveryError> {
        if let Some((journal, shared)) = self.0.get() {
            append(journal, Severity::Info, 9);
            shared.close(Instant::now() + Duration::from_mins(1));
        }
        Ok(())
    }

    fn level(&self) -> Level {
        Level::Durable
    }
}

#[test]
fn what_is_appended_in_the_last_moment_is_delivered() {
    let moment = Arc::new(std::sync::OnceLock::new());
    let builder = Journal::builder().sink(LastMoment(Arc::clone(&moment)));
    let (journal, mut lanes) = builder.assemble().unwrap();
    let lane = &mut lanes[0].1;
    append(&journal, Severity::Info, 9);
    assert_eq!(lane.turn(), Turn::Linger);
    // Somebody asks for a sync although nothing is left to deliver.
    let mut account = lane.shared.lane(0).account();
    let _receipt = account.promises.make((0, 0), 1, 1, Level::Durable);
    drop(account);
    assert!(
        moment
            .set((journal.clone(), Arc::clone(&lane.shared)))
            .is_ok()
    );
    while lane.turn() != Turn::Done {}
    let report = journal.report();
    assert_eq!((report.sinks[0].delivered, report.sinks[0].pending), (2, 0));
}

#[test]
fn whoever_is_within_an_append_at_the_close_is_waited_for() {
    let (journal, mut lane, captured) = lane_with(Vec::new());
    let (entered, is_inside) = std::sync::mpsc::channel();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let producer = journal.clone();
    let appending = std::thread::spawn(move || {
        producer.append(Severity::Info, |_, out| {
            entered.send(()).unwrap();
            let _ = released.recv();
            out.extend_from_slice(b"last\n");
        })
    });
    is_inside.recv().unwrap();
    let shared = Arc::clone(&lane.shared);
    let until = Instant::now() + Duration::from_mins(1);
    let closing = std::thread::spawn(move || shared.close(until));
    while !journal.is_closed() {
        std::thread::yield_now();
    }
    let releasing = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(20));
        drop(release);
    });
    while lane.turn() != Turn::Done {}
    captured.assert_lines(&["last\n"]);
    assert!(appending.join().unwrap().is_ok());
    closing.join().unwrap();
    releasing.join().unwrap();
}

/// A sink that takes its time to let go of its destination.
struct Slow(Arc<AtomicBool>);

impl Sink for Slow {
    fn name(&self) -> &'static str {
        "slow"
    }

    fn deliver(&mut self, _: &crate::Batch<'_>) -> Result<(), DeliveryError> {
        Ok(())
    }
}

impl Drop for Slow {
    fn drop(&mut self) {
        std::thread::sleep(Duration::from_millis(20));
        self.0.store(true, Ordering::SeqCst);
        panic!("a stranger's sink may");
    }
}

#[test]
fn a_shutdown_is_over_when_the_sink_has_let_go() {
    let is_gone = Arc::new(AtomicBool::new(false));
    let sink = Slow(Arc::clone(&is_gone));
    let journal = Journal::builder().sink(sink).start().unwrap();
    let start = Instant::now();
    journal.shutdown(Duration::from_mins(1));
    assert!(is_gone.load(Ordering::SeqCst));
    assert!(
        start.elapsed() < Duration::from_secs(30),
        "a panic hangs it"
    );
}

#[test]
fn every_attempt_is_told_with_what_came_of_it() {
    let told = Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = Arc::clone(&told);
    let (sink, _) = CapturingSink::new("memory");
    let script = [
        Failure::Retryable { after: 1 },
        Failure::None,
        Failure::Fatal { after: 0 },
        Failure::Panic,
    ];
    let builder = Journal::builder()
        .sink(FailingSink::new(sink, script))
        .on_attempt(move |attempt| {
            let Attempt { events, bytes, .. } = *attempt;
            let told = (events, bytes, attempt.is_retry, attempt.fault);
            seen.lock().unwrap().push(told);
            panic!("a hook that panics harms nobody");
        });
    let (journal, mut lanes) = builder.assemble().unwrap();
    for _ in 0..4 {
        append(&journal, Severity::Info, 9);
        append(&journal, Severity::Info, 9);
        lanes[0].1.turn();
    }
    let told = told.lock().unwrap();
    assert_eq!(
        *told,
        [
            (1, 10, false, Some(Fault::Other)),
            (3, 30, true, None),
            (0, 0, false, Some(Fault::Rejected)),
            (0, 0, false, Some(Fault::Other)),
        ]
    );
}

#[track_caller]
fn check_capacity(lengths: &[usize], expected: u64) {
    let (journal, _lane, _) = lane_with(Vec::new());
    for length in lengths {
        append(&journal, Severity::Info, *length);
    }
    assert_eq!(journal.health()[0].capacity_events, expected);
}

#[test]
fn the_capacity_in_events_goes_by_the_length_of_those_that_wait() {
    // 128 KiB have 512 rows for lines, and room for 84 KiB of them.
    check_capacity(&[], 512);
    check_capacity(&[10, 10], 512);
    check_capacity(&[1_023], 84);
    check_capacity(&[1_023, 3_071], 42);
}

#[test]
fn a_fatal_answer_drops_the_rest_of_the_batch_and_the_lane_goes_on() {
    let (journal, mut lane, captured) = lane_with(vec![Failure::Fatal { after: 2 }]);
    for severity in [
        Severity::Info,
        Severity::Info,
        Severity::Info,
        Severity::Error,
    ] {
        append(&journal, severity, 10);
    }
    lane.turn();
    append(&journal, Severity::Info, 10);
    lane.turn();
    let report = journal.report();
    assert_eq!((report.accepted, report.sinks[0].delivered), (5, 3));
    let dropped = &report.sinks[0].dropped;
    assert_eq!(dropped.count(Reason::Rejected, Severity::Error), 1);
    assert_eq!(dropped.total(), 2);
    let numbers: Vec<_> = captured.lines().iter().map(|line| line.seq).collect();
    assert_eq!(numbers, [1, 2, 5]);
}

#[test]
fn a_loss_that_no_delivery_follows_is_told_by_a_lane_that_has_nothing_to_do() {
    let (told, gaps) = std::sync::mpsc::channel();
    let builder = Journal::builder().on_gap(move |_, gap| {
        told.send(gap.count).unwrap();
        Ok(())
    });
    let (sink, _) = CapturingSink::new("memory");
    let (journal, mut lanes) = builder.sink(sink).assemble().unwrap();
    let lane = &mut lanes[0].1;
    journal.append(Severity::Info, |_, _| {}).unwrap_err();
    assert_eq!(lane.turn(), Turn::Idle);
    lane.tended -= TEND_EVERY;
    lane.tend_if_due();
    assert_eq!(gaps.try_recv(), Ok(1));
}

#[test]
fn a_large_backlog_goes_out_without_lingering() {
    let (journal, mut lane, _) = lane_of(1 << 20, Vec::new());
    while append(&journal, Severity::Info, 8_000) {}
    assert_eq!(lane.turn(), Turn::Again);
}

/// A sink that meanwhile does something to the journal.
struct Followed {
    known: Arc<std::sync::OnceLock<Journal>>,
    settings: SinkSettings,
    then: fn(&Journal),
}

impl Sink for Followed {
    fn name(&self) -> &'static str {
        "followed"
    }

    fn deliver(&mut self, _: &crate::Batch<'_>) -> Result<(), DeliveryError> {
        (self.then)(self.known.get().unwrap());
        Ok(())
    }

    fn settings(&self) -> SinkSettings {
        self.settings
    }
}

fn followed(settings: SinkSettings, then: fn(&Journal)) -> (Journal, Lane) {
    let known = Arc::default();
    let builder = Journal::builder().sink(Followed {
        known: Arc::clone(&known),
        settings,
        then,
    });
    let (journal, mut lanes) = builder.assemble().unwrap();
    known.set(journal.clone()).unwrap();
    (journal, lanes.remove(0).1)
}

fn append_one(journal: &Journal) {
    append(journal, Severity::Info, 9);
}

/// Appends so many, and compares what the lane does after the first batch of at most `most` events.
#[track_caller]
fn check_after(events: usize, most: usize, then: fn(&Journal), expected: Turn) {
    let settings = SinkSettings {
        max_batch_events: most,
        ..SinkSettings::default()
    };
    let (journal, mut lane) = followed(settings, then);
    for _ in 0..events {
        append_one(&journal);
    }
    assert_eq!(lane.turn(), expected);
}

#[test]
fn what_comes_during_a_delivery_waits_for_company() {
    check_after(3, 10, append_one, Turn::Linger);
}

#[test]
fn what_was_there_before_a_delivery_does_not_wait() {
    check_after(3, 2, append_one, Turn::Again);
}

#[test]
fn a_ring_that_filled_during_a_delivery_does_not_wait() {
    let fill = |journal: &Journal| while append(journal, Severity::Info, 8_000) {};
    check_after(3, 10, fill, Turn::Again);
    let fill = |journal: &Journal| while append(journal, Severity::Info, 9) {};
    check_after(3, 10, fill, Turn::Again);
}

/// Puts a line into that ring.
fn put(shared: &Shared, ring: usize) {
    let ring = &shared.rings[ring];
    let line = |out: &mut [u8]| {
        out[..2].copy_from_slice(b"x\n");
        Ok(2)
    };
    let pushed = ring.push(&mut ring.lock(), 1, Severity::Info, line);
    pushed.unwrap();
}

/// A sink that is given a line and a flush of the first ring while that has its turn.
struct Flushed {
    known: Arc<std::sync::OnceLock<Arc<Shared>>>,
    delivered: std::sync::mpsc::Sender<()>,
    is_first: bool,
}

impl Sink for Flushed {
    fn name(&self) -> &'static str {
        "flushed"
    }

    fn deliver(&mut self, _: &crate::Batch<'_>) -> Result<(), DeliveryError> {
        if std::mem::take(&mut self.is_first) {
            let shared = self.known.get().unwrap();
            put(shared, 0);
            let _ = shared.flush(Duration::ZERO);
        }
        let _ = self.delivered.send(());
        Ok(())
    }

    fn settings(&self) -> SinkSettings {
        SinkSettings {
            linger: Duration::from_mins(1),
            ..SinkSettings::default()
        }
    }
}

#[test]
fn a_flush_in_the_midst_of_a_round_does_not_wait_for_company() {
    let known = Arc::default();
    let (delivered, deliveries) = std::sync::mpsc::channel();
    let builder = Journal::builder().sink(Flushed {
        known: Arc::clone(&known),
        delivered,
        is_first: true,
    });
    let (journal, mut lanes) = builder.assemble().unwrap();
    let lane = lanes.remove(0).1;
    assert!(known.set(Arc::clone(&lane.shared)).is_ok());
    put(&lane.shared, 0);
    put(&lane.shared, 1);
    let thread = std::thread::spawn(|| lane.run());
    for _ in 0..3 {
        deliveries.recv_timeout(Duration::from_secs(10)).unwrap();
    }
    journal.shutdown(Duration::from_secs(10));
    thread.join().unwrap();
}

#[test]
fn a_slow_lane_does_not_hold_back_a_fast_one() {
    let (slow, slow_lines) = CapturingSink::new("slow");
    let (fast, fast_lines) = CapturingSink::new("fast");
    let builder = Journal::builder().max_bytes(SMALL).sink(slow).sink(fast);
    let (journal, mut lanes) = builder.assemble().unwrap();
    for _ in 0..5 {
        append(&journal, Severity::Info, 10);
    }
    lanes[1].1.turn();
    fast_lines.assert_unbroken(5);
    assert_eq!(journal.health()[0].queued_events, 5);
    lanes[0].1.turn();
    slow_lines.assert_unbroken(5);
}

/// One thing that happens to the journal.
#[derive(Clone, Debug)]
enum Step {
    Append(Severity, usize),
    Turn,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let severity = proptest::sample::select(&Severity::ALL[..]);
    let step = prop_oneof![
        4 => (severity, 1..9_000usize).prop_map(|(severity, length)| Step::Append(severity, length)),
        1 => Just(Step::Turn),
    ];
    proptest::collection::vec(step, 1..300)
}

fn scripts() -> impl Strategy<Value = Vec<Failure>> {
    let failure = prop_oneof![
        Just(Failure::None),
        (0..20usize).prop_map(|after| Failure::Retryable { after }),
        (0..20usize).prop_map(|after| Failure::Fatal { after }),
        Just(Failure::Sync),
    ];
    proptest::collection::vec(failure, 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_account_is_exact_after_every_step(steps in steps(), script in scripts()) {
        let (journal, mut lane, captured) = lane_with(script);
        let (mut emitted, mut accepted) = (0, 0);
        for step in steps {
            match step {
                Step::Append(severity, length) => {
                    emitted += 1;
                    accepted += u64::from(append(&journal, severity, length));
                }
                Step::Turn => drop(lane.turn()),
            }
            let report = journal.report();
            prop_assert!(report.is_balanced());
            prop_assert_eq!(report.accepted, accepted);
            prop_assert_eq!(report.refused.total(), emitted - accepted);
            prop_assert_eq!(report.sinks[0].delivered, captured.event_count() as u64);
            prop_assert_eq!(journal.health()[0].queued_events, report.sinks[0].pending);
        }
        while lane.turn() != Turn::Idle {}
        let report = journal.report();
        prop_assert_eq!(report.sinks[0].pending, 0);
        let mut numbers: Vec<_> = captured.lines().iter().map(|line| line.seq).collect();
        prop_assert!(numbers.is_sorted(), "out of order");
        numbers.dedup();
        prop_assert_eq!(numbers.len() as u64, report.sinks[0].delivered, "doubled");
    }
}
