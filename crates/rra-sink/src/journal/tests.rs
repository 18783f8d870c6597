//! What producers see: numbers, refusals, receipts, flush, shutdown, from many threads.

mod fork;
#[cfg(feature = "network")]
mod schedule;

use std::sync::Arc;
use std::sync::mpsc;
use std::thread;

use super::*;
use crate::admission::Overflow;
use crate::lane::{Lane, Turn};
use crate::loss::Reason;
use crate::scratch::private_directory;
use crate::testing::{Captured, CapturingSink, FailingSink, Failure};

const LONG: Duration = Duration::from_secs(20);
const SMALL: usize = Builder::LEAST_BYTES;

fn line(seq: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("{seq}\n").as_bytes());
}

fn big(_: u64, out: &mut Vec<u8>) {
    out.resize(4_000, b'x');
    out.push(b'\n');
}

/// A journal whose only lane moves when the test says so.
fn by_hand(builder: Builder, script: &[Failure]) -> (Journal, Lane, Captured) {
    let (sink, captured) = CapturingSink::new("memory");
    let sink = FailingSink::new(sink, script.to_vec());
    let (journal, mut lanes) = builder.sink(sink).assemble().unwrap();
    (journal, lanes.remove(0).1, captured)
}

fn drain(lane: &mut Lane) {
    while !matches!(lane.turn(), Turn::Idle | Turn::Done) {}
}

fn fill(journal: &Journal, severity: Severity) -> Refused {
    loop {
        if let Err(refused) = journal.append(severity, big) {
            return refused;
        }
    }
}

#[test]
fn numbers_start_at_one_and_rise_by_one() {
    let (journal, mut lane, captured) = by_hand(Journal::builder(), &[]);
    for expected in 1..=5 {
        assert_eq!(journal.append(Severity::Info, line).unwrap().seq, expected);
    }
    drain(&mut lane);
    captured.assert_unbroken(5);
    captured.assert_contains("5\n");
}

#[test]
fn a_full_journal_refuses_info_while_an_error_still_enters() {
    let (journal, _lane, _) = by_hand(Journal::builder().max_bytes(SMALL), &[]);
    assert_eq!(fill(&journal, Severity::Info).reason, Reason::QueueFull);
    assert!(journal.append(Severity::Error, line).is_ok());
    let report = journal.report();
    assert_eq!(report.refused.count(Reason::QueueFull, Severity::Info), 1);
    assert!(report.is_balanced() && !report.is_complete());
}

#[test]
fn an_error_waits_for_room_and_enters_when_a_lane_makes_some() {
    let builder = Journal::builder().max_bytes(SMALL).patience(LONG);
    let (journal, mut lane, _) = by_hand(builder, &[]);
    fill(&journal, Severity::Info);
    fill(&journal, Severity::Warning);
    // Fill the last eighth too, with events that need not wait.
    let producer = {
        let journal = journal.clone();
        thread::spawn(move || (0..10).all(|_| journal.append(Severity::Error, big).is_ok()))
    };
    while !producer.is_finished() {
        lane.turn();
        thread::yield_now();
    }
    assert!(producer.join().unwrap());
    assert_eq!(journal.report().refused.by_reason(Reason::QueueFull), 2);
}

#[test]
fn an_error_is_refused_when_its_patience_ends() {
    let builder = Journal::builder().max_bytes(SMALL).patience(Duration::ZERO);
    let (journal, _lane, _) = by_hand(builder, &[]);
    assert_eq!(fill(&journal, Severity::Critical).reason, Reason::QueueFull);
}

#[test]
fn under_block_even_info_waits() {
    let builder = Journal::builder()
        .max_bytes(SMALL)
        .overflow(Overflow::Block)
        .patience(LONG);
    let (journal, mut lane, captured) = by_hand(builder, &[]);
    let producer = {
        let journal = journal.clone();
        thread::spawn(move || (0..100).all(|_| journal.append(Severity::Info, big).is_ok()))
    };
    while !producer.is_finished() {
        lane.turn();
        thread::yield_now();
    }
    assert!(producer.join().unwrap());
    drain(&mut lane);
    captured.assert_unbroken(100);
}

#[test]
fn a_writer_that_panics_leaves_the_journal_whole_and_its_number_in_a_gap() {
    let builder = Journal::builder().on_gap(|journal, gap| {
        assert_eq!((gap.reason, gap.first_seq), (Reason::Invalid, 2));
        journal.append(Severity::Info, line).map(drop)
    });
    let (journal, mut lane, captured) = by_hand(builder, &[]);
    journal.append(Severity::Info, line).unwrap();
    let broken = journal.clone();
    let outcome = thread::spawn(move || {
        broken.append(Severity::Info, |_, out| {
            out.extend_from_slice(b"half");
            panic!("in the writer");
        })
    });
    assert!(outcome.join().is_err());
    journal.append(Severity::Info, line).unwrap();
    drain(&mut lane);
    captured.assert_lines(&["1\n", "3\n", "4\n"]);
    let refused = journal.report().refused;
    assert_eq!(refused.count(Reason::Invalid, Severity::Info), 1);
}

#[test]
fn an_append_inside_an_append_is_refused_and_counted_and_does_not_hang() {
    let builder = Journal::builder().on_gap(|journal, gap| {
        assert_eq!((gap.reason, gap.count), (Reason::Invalid, 1));
        assert_eq!((gap.first_seq, gap.last_seq), (1, 2));
        journal.append(Severity::Info, line).map(drop)
    });
    let (journal, mut lane, captured) = by_hand(builder, &[]);
    let mut inner = None;
    let outer = journal.append(Severity::Info, |seq, out| {
        inner = Some(journal.append(Severity::Info, line));
        assert!(journal.flush(LONG).is_err());
        line(seq, out);
    });
    assert!(outer.is_ok());
    assert_eq!(inner.unwrap().unwrap_err().reason, Reason::Invalid);
    let refused = journal.report().refused;
    assert_eq!(refused.count(Reason::Invalid, Severity::Info), 1);
    drain(&mut lane);
    captured.assert_lines(&["1\n", "2\n"]);
}

#[test]
fn eight_threads_lose_nothing_and_double_nothing() {
    let (sink, captured) = CapturingSink::new("memory");
    let script = (0..40).map(|n| match n % 5 {
        0 => Failure::Retryable { after: n },
        _ => Failure::None,
    });
    let journal = Journal::builder()
        .overflow(Overflow::Block)
        .patience(LONG)
        .max_bytes(SMALL)
        .sink(FailingSink::new(sink, script))
        .start()
        .unwrap();
    let producers: Vec<_> = (0..8)
        .map(|_| journal.clone())
        .map(|journal| {
            thread::spawn(move || {
                for _ in 0..5_000 {
                    journal.append(Severity::Info, line).unwrap();
                }
            })
        })
        .collect();
    for producer in producers {
        producer.join().unwrap();
    }
    let report = journal.shutdown(LONG);
    assert!(report.is_complete() && report.is_balanced(), "{report:?}");
    let mut numbers: Vec<_> = captured.lines().iter().map(|line| line.seq).collect();
    numbers.sort_unstable();
    assert!(numbers.into_iter().eq(1..=40_000));
    for captured in captured.lines() {
        assert_eq!(captured.text, format!("{}\n", captured.seq));
    }
}

#[test]
fn a_receipt_resolves_at_its_level() {
    let (journal, mut lane, captured) = by_hand(Journal::builder(), &[]);
    let written = journal
        .append_with_receipt(Severity::Info, Level::Written, line)
        .unwrap();
    let accepted = journal
        .append_with_receipt(Severity::Info, Level::Accepted, line)
        .unwrap();
    assert!(accepted.poll().unwrap().is_ok());
    assert!(written.poll().is_none());
    lane.turn();
    assert!(written.poll().unwrap().is_ok());
    assert_eq!(captured.syncs(), 0);
    let durable = journal
        .append_with_receipt(Severity::Info, Level::Durable, line)
        .unwrap();
    lane.turn();
    assert!(durable.wait(Duration::ZERO).is_ok());
    assert_eq!(
        (captured.syncs(), durable.seq(), durable.level()),
        (1, 3, Level::Durable)
    );
}

#[test]
fn one_sync_answers_every_receipt_of_a_batch() {
    let (journal, mut lane, captured) = by_hand(Journal::builder(), &[]);
    let append = |_| {
        journal
            .append_with_receipt(Severity::Info, Level::Durable, line)
            .unwrap()
    };
    let receipts: Vec<_> = (0..50).map(append).collect();
    lane.turn();
    assert!(
        receipts
            .iter()
            .all(|receipt| receipt.wait(Duration::ZERO).is_ok())
    );
    assert_eq!(captured.syncs(), 1);
}

#[test]
fn a_failed_sync_breaks_the_receipt_and_not_the_delivery() {
    let (journal, mut lane, captured) = by_hand(Journal::builder(), &[Failure::Sync]);
    let receipt = journal
        .append_with_receipt(Severity::Info, Level::Durable, line)
        .unwrap();
    assert!(matches!(lane.turn(), Turn::Rest(_)));
    let error = receipt.wait(LONG).unwrap_err().to_string();
    assert_eq!(error, "event 1 may not be durable: scripted sync failure");
    assert!(!journal.health()[0].up);
    captured.assert_unbroken(1);
}

#[test]
fn a_receipt_of_a_rejected_event_is_broken() {
    let (journal, mut lane, _) = by_hand(Journal::builder(), &[Failure::Fatal { after: 1 }]);
    let first = journal
        .append_with_receipt(Severity::Info, Level::Written, line)
        .unwrap();
    let second = journal
        .append_with_receipt(Severity::Info, Level::Written, line)
        .unwrap();
    lane.turn();
    assert!(first.wait(LONG).is_ok());
    assert!(matches!(
        second.wait(LONG),
        Err(Error::Broken { seq: 2, .. })
    ));
}

#[test]
fn a_receipt_without_a_sink_that_keeps_it_is_an_error_and_appends_nothing() {
    let journal = Journal::builder().start().unwrap();
    let error = journal
        .append_with_receipt(Severity::Info, Level::Written, line)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "no sink reaches the level written: add one that does, such as the file sink"
    );
    assert_eq!(journal.report().accepted, 0);
}

#[test]
fn a_receipt_breaks_when_shutdown_leaves_its_event_behind() {
    let (journal, _lane, _) = by_hand(Journal::builder(), &[]);
    let receipt = journal
        .append_with_receipt(Severity::Info, Level::Written, line)
        .unwrap();
    assert!(matches!(
        receipt.wait(Duration::ZERO),
        Err(Error::Late { .. })
    ));
    let report = journal.shutdown(Duration::ZERO);
    assert_eq!(report.sinks[0].pending, 1);
    assert!(report.is_balanced());
    assert!(matches!(receipt.poll(), Some(Err(Error::Broken { .. }))));
}

#[test]
fn after_shutdown_events_are_refused_and_counted() {
    let (sink, captured) = CapturingSink::new("memory");
    let journal = Journal::builder().sink(sink).start().unwrap();
    journal.append(Severity::Info, line).unwrap();
    assert!(journal.shutdown(LONG).is_complete());
    assert_eq!(captured.syncs(), 1, "the last words are synced");
    let refused = journal.append(Severity::Critical, line).unwrap_err();
    assert_eq!(refused.reason, Reason::Closed);
    assert_eq!(journal.shutdown(LONG).refused.total(), 1);
}

#[test]
fn shutdown_does_not_hang_on_a_sink_that_does() {
    struct Hanging(mpsc::Receiver<()>);
    impl crate::Sink for Hanging {
        fn name(&self) -> &'static str {
            "hanging"
        }
        fn deliver(&mut self, _: &crate::Batch<'_>) -> Result<(), crate::DeliveryError> {
            let _ = self.0.recv();
            Ok(())
        }
    }
    let (_release, hang) = mpsc::channel();
    let journal = Journal::builder().sink(Hanging(hang)).start().unwrap();
    journal.append(Severity::Info, line).unwrap();
    let report = journal.shutdown(Duration::from_millis(20));
    assert_eq!((report.accepted, report.sinks[0].pending), (1, 1));
}

#[test]
fn flush_waits_for_every_sink_and_says_what_is_missing_when_late() {
    let (journal, mut lane, _) = by_hand(Journal::builder(), &[]);
    journal.append(Severity::Info, line).unwrap();
    let error = journal.flush(Duration::ZERO).unwrap_err().to_string();
    assert_eq!(error, "1 events were not delivered within 0 ms");
    drain(&mut lane);
    assert!(journal.flush(Duration::ZERO).is_ok());
}

#[test]
fn a_deadline_without_end_is_no_panic() {
    let (sink, captured) = CapturingSink::new("memory");
    let journal = Journal::builder().sink(sink).start().unwrap();
    let receipt = journal.append_with_receipt(Severity::Info, Level::Written, line);
    receipt.unwrap().wait(Duration::MAX).unwrap();
    journal.flush(Duration::MAX).unwrap();
    assert!(journal.shutdown(Duration::MAX).is_complete());
    captured.assert_unbroken(1);
}

#[test]
fn a_gap_hook_that_panics_does_not_end_the_lane() {
    let builder = Journal::builder().on_gap(|_, _| panic!("in the hook"));
    let (journal, mut lane, captured) = by_hand(builder, &[]);
    journal.append(Severity::Info, |_, _| {}).unwrap_err();
    journal.append(Severity::Info, line).unwrap();
    drain(&mut lane);
    captured.assert_lines(&["2\n"]);
}

#[test]
fn a_shutdown_offers_every_loss_to_the_log_before_it_closes() {
    let builder = Journal::builder().on_gap(|journal, gap| {
        assert_eq!(gap.count, 1);
        journal.append(Severity::Info, line).map(drop)
    });
    let (journal, _lane, _) = by_hand(builder, &[]);
    journal.append(Severity::Info, |_, _| {}).unwrap_err();
    let report = journal.shutdown(Duration::ZERO);
    assert_eq!((report.accepted, report.sinks[0].pending), (1, 1));
}

#[test]
fn dropping_the_last_handle_ends_the_lane_after_it_delivered() {
    let (journal, mut lane, captured) = by_hand(Journal::builder(), &[]);
    let clone = journal.clone();
    clone.append(Severity::Info, line).unwrap();
    drop((journal, clone));
    drain(&mut lane);
    assert_eq!(lane.turn(), Turn::Done);
    captured.assert_unbroken(1);
}

#[test]
fn a_journal_without_sinks_numbers_events_and_holds_none() {
    let journal = Journal::builder().max_bytes(SMALL).start().unwrap();
    for _ in 0..1_000 {
        journal.append(Severity::Info, big).unwrap();
    }
    assert_eq!(journal.report().accepted, 1_000);
    assert!(journal.flush(LONG).is_ok());
}

#[test]
fn a_journal_too_small_for_a_line_and_two_sinks_of_one_name_do_not_start() {
    let small = Journal::builder().max_bytes(1_000).start().unwrap_err();
    assert_eq!(
        small.to_string(),
        "a journal of 1000 bytes cannot hold the longest line: give it at least 131072"
    );
    let twice = Journal::builder()
        .sink(CapturingSink::new("a").0)
        .sink(CapturingSink::new("a").0)
        .start()
        .unwrap_err();
    assert_eq!(
        twice.to_string(),
        "two sinks are named \"a\": give each its own name"
    );
}

#[test]
fn a_gap_is_offered_when_half_is_free_and_kept_while_it_cannot_be_written() {
    let gaps = Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = Arc::clone(&gaps);
    let builder = Journal::builder()
        .max_bytes(SMALL)
        .on_gap(move |journal, gap| {
            seen.lock().unwrap().push(gap.clone());
            journal.append(Severity::Error, line).map(drop)
        });
    let (journal, mut lane, captured) = by_hand(builder, &[Failure::Retryable { after: 1 }]);
    fill(&journal, Severity::Info);
    let accepted = journal.report().accepted;
    assert_eq!(
        journal.append(Severity::Debug, big).unwrap_err().reason,
        Reason::QueueFull
    );
    lane.turn();
    assert!(
        gaps.lock().unwrap().is_empty(),
        "the journal is still nearly full"
    );
    drain(&mut lane);
    let gaps = gaps.lock().unwrap();
    assert_eq!(gaps.len(), 1);
    assert_eq!((gaps[0].count, gaps[0].reason), (2, Reason::QueueFull));
    assert_eq!(
        (gaps[0].first_seq, gaps[0].last_seq),
        (accepted, accepted + 1)
    );
    assert_eq!(gaps[0].severity(Severity::Debug), 1);
    captured.assert_unbroken(accepted + 1);
}
