//! Files that the log was before, by whichever program it was rotated. Others rename and compress
//! them meanwhile, and a listing may come too late for the old name and too early for the new one:
//! whoever looks at them is shown them again until nothing moved.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::time::SystemTime;

use crate::place::Place;
use crate::rotation::TEMPORARY;

/// How often they are shown before the last look must do.
const ATTEMPTS: u32 = 100;

/// One of them.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rotated {
    modified: SystemTime,
    path: PathBuf,
    inode: u64,
}

/// What a look at them, newest first, comes to: at once when it breaks, else when none was missed.
pub(super) fn look_at_rotated<T>(
    place: &Place,
    mut look: impl FnMut(&[PathBuf]) -> ControlFlow<T, T>,
) -> io::Result<T> {
    let mut files = list(place)?;
    let mut attempts = 1;
    loop {
        let seen = match look(&newest_first(&files)) {
            ControlFlow::Break(seen) => return Ok(seen),
            ControlFlow::Continue(seen) => seen,
        };
        let again = list(place)?;
        if names(&files) == names(&again) || attempts == ATTEMPTS {
            return Ok(seen);
        }
        files = again;
        attempts += 1;
    }
}

/// By name where the clock of the file system was too coarse: our names sort by age.
fn newest_first(files: &BTreeSet<Rotated>) -> Vec<PathBuf> {
    files.iter().rev().map(|file| file.path.clone()).collect()
}

fn names(files: &BTreeSet<Rotated>) -> BTreeSet<(&PathBuf, u64)> {
    files.iter().map(|file| (&file.path, file.inode)).collect()
}

fn list(place: &Place) -> io::Result<BTreeSet<Rotated>> {
    let mut files = BTreeSet::new();
    for entry in fs::read_dir(place.directory())? {
        let entry = entry?;
        let name = entry.file_name();
        let rest = name.as_bytes().strip_prefix(place.name().as_bytes());
        let is_old = |rest: &[u8]| rest.starts_with(b".") || rest.starts_with(b"-");
        if !rest.is_some_and(is_old) || name.as_bytes().ends_with(TEMPORARY.as_bytes()) {
            continue;
        }
        // One that vanished is in the next listing, under its new name.
        if let Ok(found) = entry.metadata() {
            files.insert(Rotated {
                modified: found.modified()?,
                path: entry.path(),
                inode: found.ino(),
            });
        }
    }
    Ok(without_unfinished(files))
}

/// A compressed file may be half written as long as its plain one is there.
fn without_unfinished(mut files: BTreeSet<Rotated>) -> BTreeSet<Rotated> {
    let paths: BTreeSet<PathBuf> = files.iter().map(|file| file.path.clone()).collect();
    files.retain(|file| {
        let is_compressed = file.path.extension().is_some_and(|found| found == "gz");
        !(is_compressed && paths.contains(&file.path.with_extension("")))
    });
    files
}

#[cfg(test)]
mod tests;
