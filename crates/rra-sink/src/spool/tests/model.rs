//! A spool and a list of what should be in it, through appends, losses and kills at any byte.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use proptest::prelude::*;

use super::super::store::{CURSOR_BYTES, CURSOR_SLOTS, Name, Store};
use super::super::*;
use super::LIMITS;
use crate::remote::Hand;
use crate::sink::Line;

/// A disk that outlives its process, which is killed when its budget of bytes is used up.
#[derive(Clone, Debug, Default)]
struct Disk(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    files: BTreeMap<Name, Vec<u8>>,
    cursor: [[u8; CURSOR_BYTES]; CURSOR_SLOTS],
    budget: Option<usize>,
    /// When the budget is used up, one write of records fails, and the process lives on.
    is_forgiving: bool,
}

impl Disk {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    fn limit(&self, bytes: usize, is_forgiving: bool) {
        let mut state = self.lock();
        state.budget = Some(bytes);
        state.is_forgiving = is_forgiving;
    }

    fn is_killed(&self) -> bool {
        {
            let state = self.lock();
            state.budget == Some(0) && !state.is_forgiving
        }
    }
}

impl State {
    /// How many of so many bytes are still done.
    fn spend(&mut self, bytes: usize) -> usize {
        let Some(budget) = &mut self.budget else {
            return bytes;
        };
        let done = bytes.min(*budget);
        *budget -= done;
        done
    }

    fn all_or_nothing(&mut self, done: usize, wanted: usize) -> io::Result<()> {
        if done == wanted {
            return Ok(());
        }
        if self.is_forgiving {
            self.budget = None;
        }
        Err(io::Error::other("no"))
    }

    /// One step that is done or not.
    fn step(&mut self) -> io::Result<()> {
        let done = if self.is_forgiving { 1 } else { self.spend(1) };
        self.all_or_nothing(done, 1)
    }
}

impl Store for Disk {
    fn names(&mut self) -> io::Result<Vec<Name>> {
        Ok(self.lock().files.keys().copied().collect())
    }

    fn read_all(&mut self, name: Name) -> io::Result<Vec<u8>> {
        Ok(self.lock().files[&name].clone())
    }

    fn read(&mut self, name: Name, at: u64, buffer: &mut [u8]) -> io::Result<()> {
        let at = usize::try_from(at).unwrap();
        buffer.copy_from_slice(&self.lock().files[&name][at..at + buffer.len()]);
        Ok(())
    }

    fn write(&mut self, name: Name, at: u64, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.lock();
        let done = state.spend(bytes.len());
        if done > 0 {
            let file = state.files.entry(name).or_default();
            assert_eq!(file.len() as u64, at);
            file.extend_from_slice(&bytes[..done]);
        }
        state.all_or_nothing(done, bytes.len())
    }

    fn cut(&mut self, name: Name, length: u64) -> io::Result<()> {
        let mut state = self.lock();
        state.step()?;
        let length = usize::try_from(length).unwrap();
        state.files.get_mut(&name).unwrap().truncate(length);
        Ok(())
    }

    fn remove(&mut self, name: Name) -> io::Result<()> {
        let mut state = self.lock();
        state.step()?;
        state.files.remove(&name).unwrap();
        Ok(())
    }

    fn put_aside(&mut self, name: Name) -> io::Result<()> {
        panic!("{name:?} is not ours");
    }

    fn read_cursor(&mut self) -> io::Result<[[u8; CURSOR_BYTES]; CURSOR_SLOTS]> {
        Ok(self.lock().cursor)
    }

    fn write_cursor(&mut self, slot: usize, bytes: [u8; CURSOR_BYTES]) -> io::Result<()> {
        let mut state = self.lock();
        let done = if state.is_forgiving {
            bytes.len()
        } else {
            state.spend(bytes.len())
        };
        state.cursor[slot][..done].copy_from_slice(&bytes[..done]);
        state.all_or_nothing(done, bytes.len())
    }
}

/// One event as the list has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Event {
    seq: u64,
    severity: Severity,
    length: usize,
}

impl Event {
    fn bytes(self) -> Vec<u8> {
        let mut bytes = self.seq.to_string().into_bytes();
        bytes.resize(self.length.max(bytes.len()), b'x');
        bytes.push(b'\n');
        bytes
    }
}

#[derive(Clone, Debug)]
enum Step {
    Append(Severity, Vec<usize>),
    /// Deliver so many.
    Take(usize),
    /// Hold so many.
    Hold(usize),
    HoldAll,
    /// Deliver what is held, whatever happened since.
    Pass,
    Later(u64),
    /// Kill the process so many bytes from now.
    KillAfter(usize),
    /// Fail once so many bytes from now.
    FailAfter(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let lengths =
        proptest::collection::vec(prop_oneof![3 => 1..400_usize, 1 => 1..12_000_usize], 1..40);
    let severity = proptest::sample::select(&Severity::ALL[..]);
    let step = prop_oneof![
        8 => (severity, lengths).prop_map(|(severity, lengths)| Step::Append(severity, lengths)),
        4 => (0..60_usize).prop_map(Step::Take),
        3 => (0..60_usize).prop_map(Step::Hold),
        1 => Just(Step::HoldAll),
        3 => Just(Step::Pass),
        1 => (0..700_u64).prop_map(Step::Later),
        1 => (1..60_000_usize).prop_map(Step::KillAfter),
        2 => (1..40_usize).prop_map(Step::KillAfter),
        1 => (1..9_000_usize).prop_map(Step::FailAfter),
    ];
    proptest::collection::vec(step, 1..60)
}

/// The spool, and the list of what should be in it.
struct Model {
    disk: Disk,
    spool: Spool,
    waiting: Vec<Event>,
    /// What a kill may have brought back or left: of the step in which it came.
    doubtful: Vec<Event>,
    held: usize,
    now: u64,
    next_seq: u64,
}

impl Model {
    fn new() -> Self {
        let disk = Disk::default();
        Self {
            spool: Spool::open(Box::new(disk.clone()), LIMITS).unwrap().spool,
            disk,
            waiting: Vec::new(),
            doubtful: Vec::new(),
            held: 0,
            now: 0,
            next_seq: 1,
        }
    }

    fn run(&mut self, step: Step) {
        self.doubtful.clear();
        match step {
            Step::Append(severity, lengths) => self.append(severity, &lengths),
            Step::Take(events) => {
                self.hold(events);
                self.pass();
            }
            Step::Hold(events) => self.hold(events),
            Step::HoldAll => {
                self.spool.hold_all();
                self.held = self.waiting.len();
            }
            Step::Pass => self.pass(),
            Step::Later(millis) => {
                self.now += millis;
                let losses = self.spool.expire(self.now);
                self.lose(&losses, None);
            }
            Step::KillAfter(bytes) => self.disk.limit(bytes, false),
            Step::FailAfter(bytes) => self.disk.limit(bytes, true),
        }
        if self.disk.is_killed() {
            self.restart();
        }
        assert_eq!(self.spool.events(), self.waiting.len() as u64);
        assert!(self.spool.bytes() <= LIMITS.max_bytes);
    }

    fn append(&mut self, severity: Severity, lengths: &[usize]) {
        let events: Vec<_> = (self.next_seq..)
            .zip(lengths)
            .map(|(seq, length)| Event {
                seq,
                severity,
                length: *length,
            })
            .collect();
        self.next_seq += lengths.len() as u64;
        let texts: Vec<_> = events.iter().map(|event| event.bytes()).collect();
        let lines = events.iter().zip(&texts).map(|(event, bytes)| Line {
            seq: event.seq,
            severity,
            bytes,
        });
        let appended = self.spool.append(lines, self.now, false);
        assert_eq!(appended.failed.is_some(), appended.events < events.len());
        self.doubtful = events.clone();
        self.waiting.extend(&events[..appended.events]);
        self.lose(&appended.losses, Some(severity));
    }

    /// Takes losses out of the list: all events between the numbers, and exactly as many as said.
    fn lose(&mut self, losses: &[Loss], coming: Option<Severity>) {
        for loss in losses {
            let (first, last) = loss.seqs;
            let held: Vec<u64> = self.waiting[..self.held]
                .iter()
                .map(|event| event.seq)
                .collect();
            let is_lost = |event: &Event| {
                event.severity == loss.severity && (first..=last).contains(&event.seq)
            };
            let before = self.waiting.len();
            self.doubtful
                .extend(self.waiting.iter().filter(|event| is_lost(event)));
            self.waiting.retain(|event| !is_lost(event));
            assert_eq!((before - self.waiting.len()) as u64, loss.count);
            let kept: Vec<u64> = self.waiting.iter().map(|event| event.seq).collect();
            assert!(kept.starts_with(&held), "what is held was given up");
            if let Some(coming) = coming {
                let lower = |event: &&Event| event.severity < loss.severity;
                let kept_lower = self.waiting.iter().filter(lower).count();
                assert!(loss.severity <= coming);
                assert!(
                    self.held > 0 || kept_lower == 0,
                    "{kept_lower} less serious events were kept"
                );
            }
        }
    }

    fn pass(&mut self) {
        self.doubtful = self.waiting[..self.held].to_vec();
        if self.spool.pass().is_ok() {
            self.waiting.drain(..self.held);
        }
        self.held = 0;
    }

    fn hold(&mut self, events: usize) {
        let mut hand = Hand::default();
        let most = Most {
            bytes: 20_000,
            events,
        };
        assert_eq!(self.spool.hold(most, Some(&mut hand)).unwrap(), []);
        self.held = hand.len();
        let expected = &self.waiting[..self.held];
        assert!(
            hand.len() == events.min(self.waiting.len()) || hand.byte_count() + 12_001 > 20_000
        );
        let lines: Vec<_> = hand.lines().map(|line| line.bytes.to_vec()).collect();
        let texts: Vec<_> = expected.iter().map(|event| event.bytes()).collect();
        assert!(lines == texts, "other lines than expected");
    }

    /// The next process: what is on the disk now is what should be, but for the step of the kill.
    fn restart(&mut self) {
        self.disk.lock().budget = None;
        let opened = Spool::open(Box::new(self.disk.clone()), LIMITS).unwrap();
        assert_eq!(opened.lost, []);
        self.spool = opened.spool;
        let mut hand = Hand::default();
        let all = Most {
            bytes: usize::MAX,
            events: usize::MAX,
        };
        self.spool.hold(all, Some(&mut hand)).unwrap();
        let found: Vec<_> = hand
            .lines()
            .map(|line| Event {
                seq: line.seq,
                severity: line.severity,
                length: line.bytes.len() - 1,
            })
            .collect();
        assert!(found.is_sorted_by_key(|event| event.seq), "out of order");
        let has =
            |events: &[Event], event: &Event| events.iter().any(|other| other.seq == event.seq);
        assert!(self.waiting.iter().all(|event| has(&found, event)), "lost");
        let is_known = |event: &Event| has(&self.waiting, event) || has(&self.doubtful, event);
        assert!(found.iter().all(is_known), "brought back");
        assert!(
            hand.lines()
                .all(|line| line.bytes.starts_with(line.seq.to_string().as_bytes()))
        );
        self.waiting = found;
        self.held = 0;
        self.spool
            .hold(
                Most {
                    bytes: 0,
                    events: 0,
                },
                None,
            )
            .unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 80, ..ProptestConfig::default() })]

    #[test]
    fn a_spool_behaves_as_a_list_whatever_happens(steps in steps()) {
        let mut model = Model::new();
        for step in steps {
            model.run(step);
        }
        model.restart();
    }
}
