//! What a security log holds: its lines by event type and severity.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::failure::Failure;

/// The lines of a log, counted.
#[derive(Debug, Default)]
pub(crate) struct LogCounts {
    /// Whole lines.
    pub(crate) lines: u64,
    /// Lines that are no event at all; a log of ours has none.
    pub(crate) unreadable: u64,
    /// Lines by event type and severity.
    pub(crate) by_type: BTreeMap<(String, String), u64>,
}

#[derive(Deserialize)]
struct Line {
    event_type: String,
    severity: String,
    #[serde(default)]
    source_ip: String,
}

/// The addresses that events of a type came from.
///
/// # Errors
/// When the file cannot be read.
pub(crate) fn sources(path: &Path, event_type: &str) -> Result<BTreeSet<String>, Failure> {
    let bytes = read(path)?;
    let lines = bytes.split(|byte| *byte == b'\n');
    let lines = lines.filter_map(|line| serde_json::from_slice::<Line>(line).ok());
    let of_type = lines.filter(|line| line.event_type == event_type);
    Ok(of_type.map(|line| line.source_ip).collect())
}

impl LogCounts {
    /// Counts the lines of the log at `path`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        Ok(Self::count(&read(path)?))
    }

    fn count(bytes: &[u8]) -> Self {
        let mut counts = Self::default();
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            counts.lines += 1;
            let Ok(line) = serde_json::from_slice::<Line>(line) else {
                counts.unreadable += 1;
                continue;
            };
            let kind = (line.event_type, line.severity);
            *counts.by_type.entry(kind).or_default() += 1;
        }
        counts
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| {
        let path = path.display();
        Failure::Broken(format!("the log {path} cannot be read: {error}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_by_type_and_severity() {
        let text = "{\"event_type\":\"auth.failure\",\"severity\":\"warning\"}\n\
                    {\"event_type\":\"auth.failure\",\"severity\":\"warning\"}\n\
                    {\"event_type\":\"audit.started\",\"severity\":\"info\"}\n\
                    torn";
        let counts = LogCounts::count(text.as_bytes());
        assert_eq!((counts.lines, counts.unreadable), (4, 1));
        let failures = ("auth.failure".to_owned(), "warning".to_owned());
        assert_eq!(counts.by_type.get(&failures), Some(&2));
    }

    #[test]
    fn an_empty_log_has_no_lines() {
        assert_eq!(LogCounts::count(b"").lines, 0);
    }
}
