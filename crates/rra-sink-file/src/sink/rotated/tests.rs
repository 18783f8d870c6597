//! A directory in which files move while somebody looks.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

use super::*;

/// Makes files in this order, as far as the clock of the file system goes.
fn place(names: &[&str]) -> (TempDir, Place) {
    let directory = tempfile::tempdir().unwrap();
    for (age, name) in names.iter().rev().enumerate() {
        let file = File::create(directory.path().join(name)).unwrap();
        let age = Duration::from_secs(60 * (age as u64 / 2));
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_hours(1) - age)
            .unwrap();
    }
    let place = Place::new(&directory.path().join("security.log")).unwrap();
    (directory, place)
}

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

#[track_caller]
fn check(names: &[&str], expected: &[&str]) {
    let (_directory, place) = place(names);
    let found = look_at_rotated(&place, |files| ControlFlow::Continue(files.to_vec())).unwrap();
    let found: Vec<_> = found.iter().map(|path| name(path)).collect();
    assert_eq!(found, expected);
}

#[test]
fn old_files_come_newest_first_and_by_name_where_the_clock_is_too_coarse() {
    check(
        &["security.log.2", "security.log.1"],
        &["security.log.2", "security.log.1"],
    );
    check(
        &[
            "security.log.20251220T103000.000Z",
            "security.log.20251220T103000.001Z",
        ],
        &[
            "security.log.20251220T103000.001Z",
            "security.log.20251220T103000.000Z",
        ],
    );
    check(
        &[
            "security.log",
            "security.logs",
            ".security.log.lock",
            "security.log-20251220",
        ],
        &["security.log-20251220"],
    );
}

#[test]
fn a_compressed_file_counts_when_it_is_whole() {
    check(&["security.log.1.gz"], &["security.log.1.gz"]);
    check(
        &["security.log.1", "security.log.1.gz"],
        &["security.log.1"],
    );
    check(
        &["security.log.1.gz.tmp", "security.log.1"],
        &["security.log.1"],
    );
}

#[test]
fn whatever_moves_during_a_look_is_looked_at_again() {
    let (directory, place) = place(&["security.log.1"]);
    let to = |name| directory.path().join(name);
    let mut looks = Vec::new();
    look_at_rotated(&place, |files| {
        looks.push(
            files
                .iter()
                .map(|path| name(path).to_owned())
                .collect::<Vec<_>>(),
        );
        match looks.len() {
            // It is compressed.
            1 => fs::rename(to("security.log.1"), to("security.log.1.gz")).unwrap(),
            // Another file takes its name.
            2 => {
                fs::rename(to("security.log.1.gz"), to("gone")).unwrap();
                fs::write(to("security.log.1.gz"), "").unwrap();
            }
            _ => {}
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(
        looks,
        [
            ["security.log.1"],
            ["security.log.1.gz"],
            ["security.log.1.gz"]
        ]
    );
}

#[test]
fn whoever_found_what_it_looks_for_is_done() {
    let (directory, place) = place(&["security.log.1"]);
    let mut looks = 0;
    look_at_rotated(&place, |_| {
        looks += 1;
        fs::write(
            directory.path().join(format!("security.log.{looks}.gz")),
            "",
        )
        .unwrap();
        ControlFlow::Break(())
    })
    .unwrap();
    assert_eq!(looks, 1);
}
