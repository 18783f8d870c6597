//! A model checker runs producers and a lane through every order of their steps, on the code of
//! `ring.rs` itself. It fails when a byte is read without having been published, or overwritten
//! before the reader let it go, be it by a line that is never published.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use loom::cell::UnsafeCell;
use loom::sync::atomic::AtomicU64;
use loom::thread;
use rra_schema::Severity;

use super::memory::Memory;
use super::shape::{HEAD_WORD, Shape, cursor_word};
use super::{Reader, Ring};
use crate::draft::copy;
use crate::loss::Reason;
use crate::sink::SinkSettings;

/// Memory that the model watches. Only what is used is there, because the model remembers every
/// access.
struct Watched {
    head: AtomicU64,
    cursor: AtomicU64,
    /// The table: its words are ordered by head and cursor alone, like the bytes.
    table: Vec<AtomicU64>,
    /// One cell for the bytes of each line: they are copied in one step.
    lines: Vec<UnsafeCell<Vec<u8>>>,
}

const LINE: &[u8] = b"line\n";
/// Places for a line.
const PLACES: usize = 3;
/// Lines that may wait: the rows of the table.
const ROWS: usize = 2;
/// Lines that go through the ring: more than there are places, so that some are used again.
const LINES: u64 = 4;

impl Watched {
    fn new() -> Self {
        let word = |_| AtomicU64::new(0);
        Self {
            head: word(0),
            cursor: word(0),
            table: (0..2 * ROWS).map(word).collect(),
            lines: (0..PLACES).map(|_| UnsafeCell::new(Vec::new())).collect(),
        }
    }

    fn word(&self, word: usize) -> &AtomicU64 {
        match word {
            HEAD_WORD => &self.head,
            _ if word == cursor_word(0) => &self.cursor,
            _ => &self.table[word - 512],
        }
    }

    fn place(at: usize) -> usize {
        at / LINE.len()
    }
}

impl Memory for Watched {
    fn load(&self, word: usize, order: Ordering) -> u64 {
        self.word(word).load(order)
    }

    fn store(&self, word: usize, value: u64, order: Ordering) {
        self.word(word).store(value, order);
    }

    #[expect(
        unsafe_code,
        reason = "the contract of Memory is what the model checks"
    )]
    unsafe fn write<T>(&self, at: usize, length: usize, write: impl FnOnce(&mut [u8]) -> T) -> T {
        self.lines[Self::place(at)].with_mut(|line| {
            let line = unsafe { &mut *line };
            line.resize(length, 0);
            write(line)
        })
    }

    fn populate(&self) {}

    #[expect(
        unsafe_code,
        reason = "the contract of Memory is what the model checks"
    )]
    unsafe fn read(&self, at: usize, length: usize) -> &[u8] {
        if length == 0 {
            return &[];
        }
        let places = Self::place(at)..Self::place(at + length);
        let read = |line: &UnsafeCell<Vec<u8>>| line.with(|line| unsafe { (*line).clone() });
        let bytes: Vec<u8> = self.lines[places].iter().flat_map(read).collect();
        // The slice must outlive this call; the model is small.
        Vec::leak(bytes)
    }
}

/// A ring in which two lines may wait, and a third one never takes their place.
#[expect(
    clippy::arc_with_non_send_sync,
    reason = "the model's threads take turns"
)]
fn small_ring() -> Arc<Ring<Watched>> {
    let shape = Shape {
        data_bytes: PLACES * LINE.len(),
        lines: ROWS,
        longest_line: LINE.len(),
    };
    Arc::new(Ring::new(Watched::new(), shape, vec![Some(0)]))
}

/// A writer that makes no line after all.
fn spoil(room: &mut [u8]) -> Result<usize, Reason> {
    room.fill(b'x');
    Err(Reason::Invalid)
}

fn produce(ring: &Ring<Watched>) {
    for number in 1..=LINES {
        let mut producer = ring.lock();
        assert!(
            ring.push(&mut producer, number, Severity::Info, spoil)
                .is_err()
        );
        while ring
            .push(&mut producer, number, Severity::Info, |room| {
                copy(LINE, room)
            })
            .is_err()
        {
            ring.look_at_cursors(&mut producer);
            thread::yield_now();
        }
    }
}

fn consume(mut reader: Reader<Watched>) {
    let mut records = Vec::new();
    let mut expected = 1;
    while expected <= LINES {
        let bytes = reader.peek(&SinkSettings::default(), &mut records);
        assert_eq!(bytes, LINE.repeat(records.len()));
        for record in &records {
            assert_eq!(record.seq, expected);
            expected += 1;
        }
        reader.pass(records.len());
        thread::yield_now();
    }
}

#[test]
fn no_order_of_steps_shows_a_line_before_it_is_whole_or_loses_one() {
    let mut model = loom::model::Builder::new();
    // Complete for up to two switches between the threads where neither had to wait.
    model.preemption_bound = Some(2);
    model.check(|| {
        let ring = small_ring();
        let reader = Reader::new(&ring, 0).unwrap();
        let lane = thread::spawn(move || consume(reader));
        produce(&ring);
        lane.join().unwrap();
    });
}
