//! A spool against a list, through kills at any byte, and on a real disk.

mod model;

use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use rra_schema::Severity;

use super::store::{CURSOR_BYTES, CURSOR_SLOTS, Files, InMemory, Name};
use super::*;
use crate::remote::Hand;
use crate::sink::Line;

const LIMITS: Limits = Limits {
    max_bytes: Limits::LEAST_BYTES,
    max_age_millis: 1_000,
};

fn open(store: impl Store + 'static) -> Spool {
    let opened = Spool::open(Box::new(store), LIMITS).unwrap();
    assert_eq!(opened.lost, []);
    opened.spool
}

fn text(seq: u64) -> Vec<u8> {
    format!("{{\"event\":{seq}}}\n").into_bytes()
}

fn append(spool: &mut Spool, severity: Severity, seqs: std::ops::RangeInclusive<u64>) {
    let lines: Vec<_> = seqs.map(|seq| (seq, text(seq))).collect();
    let lines = lines.iter().map(|(seq, bytes)| Line {
        seq: *seq,
        severity,
        bytes,
    });
    let appended = spool.append(lines, 0, false);
    assert!(appended.failed.is_none() && appended.losses.is_empty());
}

/// Everything that waits, held and not passed.
fn waiting(spool: &mut Spool) -> Vec<u64> {
    let mut hand = Hand::default();
    let all = Most {
        bytes: usize::MAX,
        events: usize::MAX,
    };
    let losses = spool.hold(all, Some(&mut hand)).unwrap();
    assert_eq!(losses, []);
    let is_whole = |line: &Line<'_>| line.bytes == text(line.seq);
    assert!(hand.lines().all(|line| is_whole(&line)));
    hand.lines().map(|line| line.seq).collect()
}

fn pass(spool: &mut Spool, events: usize) {
    hold(spool, events);
    spool.pass().unwrap();
}

fn hold(spool: &mut Spool, events: usize) {
    let most = Most {
        bytes: usize::MAX,
        events,
    };
    assert_eq!(spool.hold(most, None).unwrap(), []);
}

#[test]
fn severities_are_read_in_the_order_in_which_they_came() {
    let mut spool = open(InMemory::default());
    append(&mut spool, Severity::Info, 1..=2);
    append(&mut spool, Severity::Error, 3..=3);
    append(&mut spool, Severity::Info, 4..=4);
    append(&mut spool, Severity::Debug, 5..=5);
    assert_eq!(waiting(&mut spool), [1, 2, 3, 4, 5]);
    pass(&mut spool, 3);
    assert_eq!(waiting(&mut spool), [4, 5]);
    assert_eq!((spool.events(), spool.front(), spool.next()), (2, 3, 5));
    pass(&mut spool, 2);
    assert_eq!((spool.events(), spool.bytes(), spool.front()), (0, 0, 5));
}

#[test]
fn a_spool_on_disk_goes_on_where_it_was_passed() {
    let directory = tempfile::tempdir().unwrap();
    let files = || Files::new(directory.path().to_owned());
    let mut spool = open(files());
    append(&mut spool, Severity::Info, 1..=2_000);
    append(&mut spool, Severity::Critical, 2_001..=2_002);
    pass(&mut spool, 1_500);
    drop(spool);
    let mut spool = open(files());
    assert!(waiting(&mut spool).into_iter().eq(1_501..=2_002));
    append(&mut spool, Severity::Info, 2_003..=2_003);
    pass(&mut spool, 502);
    drop(spool);
    assert_eq!(waiting(&mut open(files())), [2_003]);
    pass(&mut open(files()), 1);
    assert_eq!(records(directory.path()), 0, "nothing waits in no file");
}

fn records(directory: &Path) -> usize {
    let entries = fs::read_dir(directory).unwrap();
    let is_record = |path: &Path| path.extension().is_some_and(|found| found == "records");
    entries
        .filter(|entry| is_record(&entry.as_ref().unwrap().path()))
        .count()
}

#[test]
fn files_are_for_their_owner_and_no_link_is_followed() {
    let directory = tempfile::tempdir().unwrap();
    let mut spool = open(Files::new(directory.path().to_owned()));
    append(&mut spool, Severity::Info, 1..=1);
    pass(&mut spool, 0);
    let path = directory.path().join("00000000000000000000-info.records");
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    drop(spool);
    fs::remove_file(&path).unwrap();
    symlink("/etc/passwd", &path).unwrap();
    let refused = Spool::open(Box::new(Files::new(directory.path().to_owned())), LIMITS);
    assert!(refused.is_err());
}

#[test]
fn what_waited_for_too_long_is_given_up_file_by_file() {
    let mut spool = open(InMemory::default());
    append(&mut spool, Severity::Info, 1..=3);
    append(&mut spool, Severity::Error, 4..=4);
    assert_eq!(spool.expire(1_000), []);
    let loss = |severity, count, seqs| Loss {
        reason: Reason::Expired,
        severity,
        count,
        seqs,
    };
    let expected = [
        loss(Severity::Info, 3, (1, 3)),
        loss(Severity::Error, 1, (4, 4)),
    ];
    assert_eq!(spool.expire(1_001), expected);
    assert_eq!(spool.events(), 0);
}

#[test]
fn what_is_held_neither_expires_nor_makes_room() {
    let mut spool = open(InMemory::default());
    append(&mut spool, Severity::Info, 1..=3);
    assert_eq!(waiting(&mut spool), [1, 2, 3]);
    assert_eq!(spool.expire(u64::MAX), []);
    spool.pass().unwrap();
    assert_eq!(spool.events(), 0);
}

#[test]
fn what_comes_after_a_file_expired_is_not_passed_with_what_was_held() {
    let mut spool = open(InMemory::default());
    append(&mut spool, Severity::Info, 1..=600);
    append(&mut spool, Severity::Info, 601..=1_000);
    hold(&mut spool, 600);
    assert_eq!(spool.expire(u64::MAX)[0].count, 400);
    append(&mut spool, Severity::Info, 1_001..=1_001);
    spool.pass().unwrap();
    assert_eq!(waiting(&mut spool), [1_001]);
}

#[test]
fn a_file_that_was_passed_in_part_expires_while_others_are_held() {
    let mut spool = open(InMemory::default());
    append(&mut spool, Severity::Info, 1..=1);
    append(&mut spool, Severity::Error, 2..=2);
    append(&mut spool, Severity::Info, 3..=3);
    pass(&mut spool, 1);
    hold(&mut spool, 1);
    assert_eq!(spool.expire(u64::MAX)[0].count, 1);
    append(&mut spool, Severity::Info, 4..=4);
    spool.pass().unwrap();
    assert_eq!(waiting(&mut spool), [4]);
}

#[track_caller]
fn check_damage(change: impl FnOnce(&mut Vec<u8>), expected: &[u64], damaged: u64) {
    let directory = tempfile::tempdir().unwrap();
    let files = || Files::new(directory.path().to_owned());
    let mut spool = open(files());
    append(&mut spool, Severity::Info, 1..=4);
    pass(&mut spool, 1);
    drop(spool);
    let path = directory.path().join("00000000000000000000-info.records");
    let mut bytes = fs::read(&path).unwrap();
    change(&mut bytes);
    fs::write(&path, bytes).unwrap();
    let opened = Spool::open(Box::new(files()), LIMITS).unwrap();
    let count: u64 = opened.lost.iter().map(|loss| loss.count).sum();
    assert_eq!(count, damaged);
    let mut spool = opened.spool;
    assert_eq!(waiting(&mut spool), expected);
    spool.pass().unwrap();
    append(&mut spool, Severity::Info, 9..=9);
    assert_eq!(waiting(&mut spool), [9]);
}

#[test]
fn damage_costs_the_record_it_is_in() {
    // A record is 45 bytes, the head of the file 8; the first one was passed.
    check_damage(|_| {}, &[2, 3, 4], 0);
    check_damage(|bytes| bytes[8 + 40] ^= 1, &[2, 3, 4], 0);
    check_damage(|bytes| bytes[8 + 2 * 45 + 40] ^= 1, &[2, 4], 1);
    check_damage(|bytes| bytes[8 + 3 * 45 + 40] ^= 1, &[2, 3], 1);
    check_damage(|bytes| bytes.truncate(8 + 3 * 45 + 40), &[2, 3], 0);
    check_damage(|bytes| bytes[8 + 2 * 45 + 4..][..4].fill(0xff), &[2], 1);
    check_damage(|bytes| bytes[0] = b'x', &[], 1);
    check_damage(|bytes| bytes.truncate(3), &[], 0);
}

#[test]
fn a_file_that_changes_under_the_spool_is_given_up() {
    let directory = tempfile::tempdir().unwrap();
    let mut spool = open(Files::new(directory.path().to_owned()));
    append(&mut spool, Severity::Info, 1..=4);
    append(&mut spool, Severity::Error, 5..=5);
    let path = directory.path().join("00000000000000000000-info.records");
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(20).unwrap();
    let mut hand = Hand::default();
    let losses = spool.hold(Most::BATCH, Some(&mut hand)).unwrap();
    assert_eq!((losses[0].reason, losses[0].count), (Reason::Damaged, 4));
    assert_eq!(hand.lines().map(|line| line.seq).collect::<Vec<_>>(), [5]);
    assert_eq!(spool.events(), 1);
}

/// A disk with room for so many bytes.
#[derive(Debug)]
struct Small {
    files: InMemory,
    room: usize,
}

impl Store for Small {
    fn names(&mut self) -> io::Result<Vec<Name>> {
        self.files.names()
    }

    fn read_all(&mut self, name: Name) -> io::Result<Vec<u8>> {
        self.files.read_all(name)
    }

    fn read(&mut self, name: Name, at: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.files.read(name, at, buffer)
    }

    fn write(&mut self, name: Name, at: u64, bytes: &[u8]) -> io::Result<()> {
        let room = self.room.checked_sub(bytes.len());
        self.room = room.ok_or(io::ErrorKind::StorageFull)?;
        self.files.write(name, at, bytes)
    }

    fn cut(&mut self, name: Name, length: u64) -> io::Result<()> {
        self.files.cut(name, length)
    }

    fn remove(&mut self, name: Name) -> io::Result<()> {
        let freed = self.files.read_all(name).map_or(0, |bytes| bytes.len());
        self.room += freed;
        self.files.remove(name)
    }

    fn put_aside(&mut self, name: Name) -> io::Result<()> {
        self.files.put_aside(name)
    }

    fn read_cursor(&mut self) -> io::Result<[[u8; CURSOR_BYTES]; CURSOR_SLOTS]> {
        self.files.read_cursor()
    }

    fn write_cursor(&mut self, slot: usize, bytes: [u8; CURSOR_BYTES]) -> io::Result<()> {
        self.files.write_cursor(slot, bytes)
    }
}

/// What becomes of one event of that severity on a disk that a warning has filled: the losses, and what
/// waits then.
#[track_caller]
fn check_full(severity: Severity, pressed: bool, lost: &[(Severity, u64)], left: &[u64]) {
    let files = InMemory::default();
    let mut spool = open(Small { files, room: 60 });
    append(&mut spool, Severity::Warning, 1..=1);
    let bytes = text(2);
    let line = Line {
        seq: 2,
        severity,
        bytes: &bytes,
    };
    let appended = spool.append([line].into_iter(), 0, pressed);
    let losses: Vec<_> = appended
        .losses
        .iter()
        .map(|loss| {
            assert_eq!(loss.reason, Reason::SpoolFull);
            (loss.severity, loss.count)
        })
        .collect();
    assert_eq!(losses, lost);
    assert_eq!(appended.failed.is_some(), !left.contains(&2));
    assert_eq!(appended.events, usize::from(pressed));
    assert_eq!(waiting(&mut spool), left);
}

#[test]
fn a_full_disk_takes_the_least_serious_and_only_when_the_rings_need_room() {
    check_full(Severity::Error, false, &[], &[1]);
    check_full(Severity::Error, true, &[(Severity::Warning, 1)], &[2]);
    check_full(Severity::Info, true, &[(Severity::Info, 1)], &[1]);
}

#[test]
fn the_tail_knows_what_came_last() {
    let directory = tempfile::tempdir().unwrap();
    let files = || Files::new(directory.path().to_owned());
    let mut spool = open(files());
    append(&mut spool, Severity::Info, 1..=3);
    drop(spool);
    let tail = Spool::open(Box::new(files()), LIMITS).unwrap().tail;
    assert!(tail.has(3, &text(3)));
    assert!(!tail.has(3, &text(4)) && !tail.has(4, &text(4)));
}

#[test]
fn one_spool_takes_in_another() {
    let opened = || Spool::open(Box::new(InMemory::default()), LIMITS).unwrap();
    let (mut one, mut other) = (opened(), opened());
    append(&mut one.spool, Severity::Info, 1..=2);
    append(&mut other.spool, Severity::Error, 3..=3_000);
    one.absorb(other, 0).unwrap();
    assert_eq!((one.spool.events(), one.lost.len()), (3_000, 0));
    assert!(waiting(&mut one.spool).into_iter().eq(1..=3_000));
}

#[test]
fn damage_in_a_file_of_which_nothing_is_whole_names_no_event() {
    let directory = tempfile::tempdir().unwrap();
    let files = || Files::new(directory.path().to_owned());
    append(&mut open(files()), Severity::Info, 7..=7);
    let path = directory.path().join("00000000000000000000-info.records");
    let mut bytes = fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&path, bytes).unwrap();
    let lost = Spool::open(Box::new(files()), LIMITS).unwrap().lost;
    assert_eq!((lost[0].count, lost[0].seqs), (1, (0, 0)));
}
