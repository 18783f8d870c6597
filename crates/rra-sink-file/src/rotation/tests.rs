//! When, what for, and under which name.

use std::ffi::OsStr;

use proptest::prelude::*;

use super::*;

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

#[track_caller]
fn check_due(rotation: &Rotation, bytes: u64, written: &str, now: &str, expected: bool) {
    let written = at(written);
    let file = Current { bytes, written };
    assert_eq!(rotation.is_due(file, 10, at(now)), expected);
}

const NOON: &str = "2025-12-20T12:00:00.000Z";

#[test]
fn a_file_is_rotated_before_it_becomes_too_long() {
    let rotation = Rotation {
        max_bytes: Some(100),
        ..Rotation::default()
    };
    check_due(&rotation, 90, NOON, NOON, false);
    check_due(&rotation, 91, NOON, NOON, true);
    check_due(&rotation, u64::MAX, NOON, NOON, true);
}

#[test]
fn an_empty_file_is_never_rotated() {
    let rotation = Rotation {
        max_bytes: Some(1),
        ..Rotation::default()
    };
    check_due(&rotation, 0, NOON, NOON, false);
    check_due(&rotation, 0, NOON, "2026-01-01T00:00:00.000Z", false);
}

#[test]
fn a_file_is_rotated_when_a_new_day_or_hour_began_after_its_last_line() {
    let every = |every| Rotation {
        every: Some(every),
        ..Rotation::default()
    };
    check_due(
        &every(Every::Day),
        5,
        NOON,
        "2025-12-20T23:59:59.999Z",
        false,
    );
    check_due(
        &every(Every::Day),
        5,
        NOON,
        "2025-12-21T00:00:00.000Z",
        true,
    );
    check_due(
        &every(Every::Hour),
        5,
        NOON,
        "2025-12-20T12:59:59.999Z",
        false,
    );
    check_due(
        &every(Every::Hour),
        5,
        NOON,
        "2025-12-20T13:00:00.000Z",
        true,
    );
}

#[test]
fn a_clock_that_was_set_back_rotates_nothing() {
    check_due(
        &Rotation::default(),
        5,
        NOON,
        "1969-12-31T23:59:59.999Z",
        false,
    );
}

/// Files of 10 bytes each, a day apart, the newest of today.
#[track_caller]
fn check_surplus(rotation: &Rotation, files: i64, expected: usize) {
    let now = at(NOON);
    let old = |age: i64| Old {
        name: Name {
            time: Timestamp::from_unix_millis(now.unix_millis() - age * 86_400_000),
            is_compressed: age % 2 == 0,
        },
        bytes: 10,
    };
    let old: Vec<_> = (0..files).rev().map(old).collect();
    assert_eq!(rotation.surplus(&old, now), expected);
}

fn keep(keep_files: Option<usize>, keep_bytes: Option<u64>, keep_days: Option<u64>) -> Rotation {
    Rotation {
        keep_files,
        keep_bytes,
        keep_age: keep_days.map(|days| Duration::from_secs(days.saturating_mul(86_400))),
        ..Rotation::default()
    }
}

#[test]
fn the_oldest_files_go_first_by_count_bytes_and_age() {
    check_surplus(&keep(None, None, None), 1000, 0);
    check_surplus(&keep(Some(3), None, None), 5, 2);
    check_surplus(&keep(Some(0), None, None), 5, 5);
    check_surplus(&keep(None, Some(39), None), 5, 2);
    check_surplus(&keep(None, Some(50), None), 5, 0);
    check_surplus(&keep(None, Some(0), None), 5, 5);
    check_surplus(&keep(None, None, Some(2)), 5, 2);
    check_surplus(&keep(None, None, Some(u64::MAX)), 5, 0);
}

#[test]
fn the_strictest_bound_counts() {
    check_surplus(&keep(Some(4), Some(25), None), 5, 3);
    check_surplus(&keep(Some(2), Some(25), Some(0)), 5, 4);
}

#[track_caller]
fn check_name(file: &str, expected: Option<(&str, bool)>) {
    let name = Name::parse(OsStr::new(file), OsStr::new("security.log"));
    let expected = expected.map(|(time, is_compressed)| Name {
        time: at(time),
        is_compressed,
    });
    assert_eq!(name, expected);
}

#[test]
fn only_names_that_we_made_are_ours() {
    check_name("security.log.20251220T120000.000Z", Some((NOON, false)));
    check_name("security.log.20251220T120000.000Z.gz", Some((NOON, true)));
    check_name("security.log.20251220T120000.000Z.gz.tmp", None);
    check_name("security.log.20251220T120000Z", None);
    check_name("security.log.20251220T120000.0000Z", None);
    check_name("security.log.20251320T120000.000Z", None);
    check_name("security.log.20251220T120000.000Z.1", None);
    check_name("security.log.1", None);
    check_name("security.log-20251220", None);
    check_name("security.log.torn-1766232000000", None);
    check_name("security.log", None);
    check_name("other.log.20251220T120000.000Z", None);
    check_name("security.log.2025122\u{e9}T120000.000Z", None);
}

#[test]
fn a_name_sorts_behind_the_newest_whatever_the_clock_says() {
    let newest = Name {
        time: at(NOON),
        is_compressed: true,
    };
    let next = Name::after(Some(newest), at("2025-12-20T11:00:00.000Z"));
    assert_eq!(next.of(OsStr::new("a")), "a.20251220T120000.001Z");
    let next = Name::after(Some(newest), at("2025-12-20T13:00:00.000Z"));
    assert_eq!(next.of(OsStr::new("a")), "a.20251220T130000.000Z");
}

proptest! {
    #[test]
    fn names_are_read_as_they_are_written_and_sort_by_time(first in any_time(), second in any_time()) {
        let log = OsStr::new("security.log");
        let name = |time| Name { time, is_compressed: false };
        prop_assert_eq!(Name::parse(&name(first).of(log), log), Some(name(first)));
        prop_assert_eq!(first.cmp(&second), name(first).of(log).cmp(&name(second).of(log)));
    }

    #[test]
    fn what_is_kept_is_within_every_bound_and_one_more_would_not_be(
        sizes in proptest::collection::vec(0_u64..50, 0..20),
        keep_files in 0_usize..20,
        keep_bytes in 0_u64..300,
    ) {
        let old: Vec<Old> = sizes.iter().zip(0_i64..).map(|(bytes, number)| Old {
            name: Name { time: Timestamp::from_unix_millis(number), is_compressed: false },
            bytes: *bytes,
        }).collect();
        let rotation = Rotation { keep_files: Some(keep_files), keep_bytes: Some(keep_bytes), ..Rotation::default() };
        let surplus = rotation.surplus(&old, at(NOON));
        let fits = |files: &[Old]| {
            files.len() <= keep_files && files.iter().map(|file| file.bytes).sum::<u64>() <= keep_bytes
        };
        prop_assert!(fits(&old[surplus..]));
        prop_assert!(surplus == 0 || !fits(&old[surplus - 1..]));
    }
}

fn any_time() -> impl Strategy<Value = Timestamp> {
    (0_i64..253_402_207_199_999).prop_map(Timestamp::from_unix_millis)
}
