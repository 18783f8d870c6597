//! A spool against a list, through kills at any byte, and on a real disk.

mod model;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use rra_schema::Severity;

use super::store::{Files, InMemory};
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
