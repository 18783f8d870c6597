//! The ring without threads: what a lane sees, what a producer may use, what is still there.

use proptest::prelude::*;
use rra_schema::Severity;

use super::memory::Pages;
use super::*;
use crate::draft;

fn ring(lanes: usize) -> Arc<Ring> {
    let shape = Shape::new(0);
    let memory = Pages::plain(shape.words(), shape.data_bytes).unwrap();
    Arc::new(Ring::new(memory, shape, (0..lanes).map(Some).collect()))
}

fn push(ring: &Ring, number: u64, line: &[u8]) -> Option<u64> {
    let mut producer = ring.lock();
    ring.look_at_cursors(&mut producer);
    let copy = |room: &mut [u8]| draft::copy(line, room);
    ring.push(&mut producer, number, Severity::Info, copy).ok()
}

/// All lines that wait for a reader, each with its number; they are passed.
fn take(reader: &mut Reader) -> Vec<(u64, Vec<u8>)> {
    let (mut taken, mut records) = (Vec::new(), Vec::new());
    while reader.has_lines() {
        let bytes = reader.peek(&SinkSettings::default(), &mut records);
        let mut start = 0;
        for record in &records {
            taken.push((record.seq, bytes[start..record.end as usize].to_vec()));
            start = record.end as usize;
        }
        reader.pass(records.len());
    }
    taken
}

#[test]
fn a_line_is_seen_by_every_lane_once() {
    let ring = ring(2);
    let mut lanes = [0, 1].map(|lane| Reader::new(&ring, lane).unwrap());
    push(&ring, 7, b"one\n");
    push(&ring, 9, b"two\n");
    for lane in &mut lanes {
        assert_eq!(take(lane), [(7, b"one\n".to_vec()), (9, b"two\n".to_vec())]);
        assert!(take(lane).is_empty());
    }
}

#[test]
fn the_slowest_lane_holds_lines_back() {
    let ring = ring(2);
    let mut fast = Reader::new(&ring, 0).unwrap();
    let line = vec![b'x'; ring.shape().longest_line];
    while push(&ring, 1, &line).is_some() {}
    take(&mut fast);
    assert!(push(&ring, 1, &line).is_none());
    take(&mut Reader::new(&ring, 1).unwrap());
    assert!(push(&ring, 1, &line).is_some());
}

/// Lanes are told that there is much before such lines are refused.
#[track_caller]
fn check_much(line: &[u8]) {
    let ring = ring(1);
    let mut producer = ring.lock();
    while !ring.has_much(&mut producer) {
        let copy = |room: &mut [u8]| draft::copy(line, room);
        let pushed = ring.push(&mut producer, 1, Severity::Info, copy);
        pushed.unwrap();
    }
}

#[test]
fn lanes_are_woken_before_the_bytes_or_the_rows_are_used_up() {
    check_much(&[b'x'; 1_000]);
    check_much(b"\n");
}

/// A ring that seems calm while such lines fill it is so by every mark.
#[track_caller]
fn check_calm(line: &[u8]) {
    let ring = ring(1);
    let mut producer = ring.lock();
    let copy = |room: &mut [u8]| draft::copy(line, room);
    let mut calm_lines = 0;
    while ring.push(&mut producer, 1, Severity::Info, copy).is_ok() {
        let fill = producer.fill();
        let is_admitted = admission::admits(Severity::Debug, fill, ring.shape());
        let is_to_be_woken = !fill.is_within(producer.look_at);
        if producer.is_calm() {
            calm_lines += 1;
            assert!(is_admitted && !is_to_be_woken && !ring.is_full(fill));
        } else {
            assert!(!is_admitted || is_to_be_woken);
        }
        ring.has_much(&mut producer);
    }
    assert!(calm_lines > 0 && !producer.is_calm());
}

#[test]
fn a_calm_ring_is_below_every_mark() {
    check_calm(&[b'x'; 1_000]);
    check_calm(b"\n");
}

#[test]
fn short_lines_fill_the_table_and_are_refused_then() {
    let ring = ring(1);
    let mut accepted = 0;
    while push(&ring, accepted, b"\n").is_some() {
        accepted += 1;
    }
    assert_eq!(accepted, ring.shape().lines as u64);
    assert_eq!(ring.backlog(0).lines as u64, accepted);
}

#[test]
fn a_line_that_is_too_long_is_refused() {
    let ring = ring(1);
    let line = vec![b'x'; ring.shape().longest_line + 1];
    assert!(push(&ring, 1, &line).is_none());
}

#[test]
fn a_batch_is_bounded_and_its_first_line_always_fits() {
    let ring = ring(1);
    let reader = Reader::new(&ring, 0).unwrap();
    for number in 0..10 {
        push(&ring, number, b"0123456789\n");
    }
    let mut records = Vec::new();
    let mut check = |max_batch_bytes, max_batch_events, expected| {
        let settings = SinkSettings {
            max_batch_bytes,
            max_batch_events,
            ..SinkSettings::default()
        };
        reader.peek(&settings, &mut records);
        assert_eq!(records.len(), expected);
    };
    check(33, 100, 3);
    check(1, 100, 1);
    check(1000, 4, 4);
    check(1000, 100, 10);
}

#[test]
fn delivered_lines_can_be_copied_until_their_place_is_used_again() {
    let ring = ring(1);
    let mut reader = Reader::new(&ring, 0).unwrap();
    let first = push(&ring, 1, b"first\n").unwrap();
    take(&mut reader);
    let mut out = Vec::new();
    assert!(ring.copy(first, 1, &mut out));
    assert_eq!(out, b"first\n");

    let long = vec![b'x'; ring.shape().longest_line];
    let mut rounds = 0;
    while ring.copy(first, 1, &mut Vec::new()) {
        push(&ring, 2, &long).unwrap();
        take(&mut reader);
        rounds += 1;
    }
    // All of the data but the room of three lines has been used by others before the first is lost.
    let used = rounds * long.len();
    assert!(used + 3 * long.len() > ring.shape().data_bytes, "{rounds}");
    assert!(!ring.copy(first, 1, &mut out) && out == b"first\n");
}

#[test]
fn a_line_whose_row_is_the_next_to_be_written_is_not_copied() {
    let ring = ring(1);
    let mut reader = Reader::new(&ring, 0).unwrap();
    for number in 0..ring.shape().lines as u64 {
        push(&ring, number, b"short\n").unwrap();
        take(&mut reader);
    }
    // So far came a process that was killed before it published its next line.
    let row = ring.shape().number_word(ring.head());
    ring.memory.store(row + 1, 0, Ordering::Relaxed);
    let mut out = Vec::new();
    assert!(!ring.copy(0, 2, &mut out) && out.is_empty());
    assert!(ring.copy(1, 1, &mut out) && out == b"short\n");
}

#[test]
fn a_mapped_ring_is_found_as_it_was_left() {
    let file = tempfile::tempfile().unwrap();
    let shape = Shape::new(0);
    file.set_len(shape.file_bytes()).unwrap();
    let open = || {
        let memory = Pages::mapped(&file, shape.words(), shape.data_bytes).unwrap();
        Arc::new(Ring::new(memory, shape, vec![Some(0)]))
    };
    let first = open();
    let mut reader = Reader::new(&first, 0).unwrap();
    push(&first, 1, b"passed\n");
    take(&mut reader);
    push(&first, 2, b"left\n");
    drop((first, reader));

    let second = open();
    let mut reader = Reader::new(&second, 0).unwrap();
    push(&second, 3, b"new\n");
    assert_eq!(
        take(&mut reader),
        [(2, b"left\n".to_vec()), (3, b"new\n".to_vec())]
    );
}

#[derive(Clone, Debug)]
enum Step {
    Push(usize),
    Take { lane: usize, lines: usize },
    CopyBack(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (1_usize..16_000).prop_map(Step::Push),
        2 => (0_usize..2, 1_usize..12).prop_map(|(lane, lines)| Step::Take { lane, lines }),
        1 => (0_usize..40).prop_map(Step::CopyBack),
    ]
}

/// A line that nobody can take for another.
fn line_of(number: u64, length: usize) -> Vec<u8> {
    let mut line = format!("{number}:").into_bytes();
    let filler = b'a' + u8::try_from(number % 26).unwrap();
    line.resize(length.max(line.len()), filler);
    line
}

proptest! {
    #[test]
    fn a_ring_behaves_as_a_list_with_two_readers(steps in prop::collection::vec(step(), 1..400)) {
        let ring = ring(2);
        let mut readers = [0, 1].map(|lane| Reader::new(&ring, lane).unwrap());
        let mut list = Vec::new();
        let mut cursors = [0, 0];
        for step in steps {
            match step {
                Step::Push(length) => {
                    let number = list.len() as u64;
                    let line = line_of(number, length);
                    if push(&ring, number, &line).is_some() {
                        list.push(line);
                    } else {
                        let waiting = ring.backlog(0).bytes.max(ring.backlog(1).bytes);
                        prop_assert!(waiting > ring.shape().usable_bytes(), "refused at {waiting}");
                    }
                }
                Step::Take { lane, lines } => {
                    let settings = SinkSettings { max_batch_events: lines, ..SinkSettings::default() };
                    let mut records = Vec::new();
                    let bytes = readers[lane].peek(&settings, &mut records);
                    let end = cursors[lane] + records.len();
                    prop_assert_eq!(bytes, list[cursors[lane]..end].concat());
                    prop_assert_eq!(records.is_empty(), cursors[lane] == list.len());
                    readers[lane].pass(records.len());
                    cursors[lane] = end;
                }
                Step::CopyBack(back) => {
                    let first = list.len().saturating_sub(back);
                    let mut out = Vec::new();
                    if ring.copy(first as u64, list.len() - first, &mut out) {
                        prop_assert_eq!(out, list[first..].concat());
                    } else {
                        let bytes: usize = list[first..].iter().map(Vec::len).sum();
                        // Two lines' room: at the end of the data, and behind the newest line.
                        let whole = ring.shape().usable_bytes() - ring.shape().longest_line;
                        prop_assert!(bytes > whole, "{bytes} bytes are not kept");
                    }
                }
            }
            let (producer, fills) = (ring.lock(), [ring.backlog(0), ring.backlog(1)]);
            let admits = |fill: &Fill| admission::admits(Severity::Debug, *fill, ring.shape());
            prop_assert!(!producer.is_calm() || fills.iter().all(admits), "calm at {fills:?}");
        }
    }
}
