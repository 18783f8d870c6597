//! What is in the files afterwards: counted for everybody, and proved for us.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;

use rra_schema::read_strict;

use crate::rows::EVENT_TYPE;

/// Every so manyth line is parsed; all are counted.
const SAMPLE: usize = 1000;

/// How many of the lines are events of ours, and no notice of a loss.
///
/// # Errors
/// When a file cannot be read.
pub(crate) fn count(directory: &Path) -> Result<usize, String> {
    let mut events = 0;
    each(directory, |line| {
        events += usize::from(line.contains(EVENT_TYPE));
        Ok(())
    })?;
    Ok(events)
}

/// That our lines are what the schema says, and their numbers have neither gap nor double.
///
/// # Errors
/// The first fault.
pub(crate) fn prove(directory: &Path) -> Result<(), String> {
    let mut ids = Vec::new();
    each(directory, |line| {
        if ids.len().is_multiple_of(SAMPLE) {
            read_strict(line).map_err(|error| format!("{error}: {line}"))?;
        }
        ids.push(event_id(line).ok_or_else(|| format!("no event_id: {line}"))?);
        Ok(())
    })?;
    ids.sort_unstable();
    let follows = |pair: &[(String, u64)]| pair[0].0 == pair[1].0 && pair[0].1 + 1 == pair[1].1;
    match ids.windows(2).find(|pair| !follows(pair)) {
        Some(pair) => Err(format!("a gap or double: {pair:?}")),
        None => Ok(()),
    }
}

/// The instance and the number.
fn event_id(line: &str) -> Option<(String, u64)> {
    let (_, after) = line.rsplit_once("\"event_id\":\"")?;
    let (id, _) = after.split_once('"')?;
    let (instance, number) = id.rsplit_once('-')?;
    Some((instance.to_owned(), number.parse().ok()?))
}

/// Every line of every file of the directory.
fn each(directory: &Path, mut see: impl FnMut(&str) -> Result<(), String>) -> Result<(), String> {
    let told = |error| format!("{}: {error}", directory.display());
    for entry in fs::read_dir(directory).map_err(told)? {
        let path = entry.map_err(told)?.path();
        if path.is_file() {
            let mut file = BufReader::with_capacity(1 << 20, File::open(&path).map_err(told)?);
            let mut line = String::new();
            while file.read_line(&mut line).map_err(told)? > 0 {
                see(&line)?;
                line.clear();
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves a file of lines with these numbers.
    fn check(numbers: &[u64], expected: Result<(), &str>) {
        let directory = tempfile::tempdir().expect("a directory");
        let line = |number| {
            format!(
                "{{\"timestamp\":\"2026-12-31T23:59:59.000Z\",\"service\":\"a\",\
                 \"environment\":\"b\",\"event_type\":\"auth.failure\",\
                 \"severity\":\"warning\",\"message\":\"c\",\
                 \"details\":{{\"reason\":\"invalid_key\"}},\"schema_version\":\"1.0\",\
                 \"event_id\":\"0123456789abcdef-{number}\",\"outcome\":\"failure\"}}\n"
            )
        };
        let text: String = numbers.iter().map(line).collect();
        fs::write(directory.path().join("log"), text).expect("the disk has room");
        let proved = prove(directory.path());
        match expected {
            Ok(()) => assert_eq!(proved, Ok(())),
            Err(words) => assert!(proved.is_err_and(|error| error.contains(words))),
        }
        assert_eq!(count(directory.path()), Ok(numbers.len()));
    }

    #[test]
    fn numbers_may_come_in_any_order() {
        check(&[2, 1, 4, 3], Ok(()));
    }

    #[test]
    fn a_missing_number_is_found() {
        check(&[1, 2, 4], Err("gap"));
    }

    #[test]
    fn a_number_twice_is_found() {
        check(&[1, 2, 2, 3], Err("double"));
    }
}
