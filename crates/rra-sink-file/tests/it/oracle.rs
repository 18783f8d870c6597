//! What must be in the log, by what the victim told, and what is.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

/// How often each event is in whole lines of the log's files.
pub(crate) struct Found(BTreeMap<String, usize>);

impl Found {
    pub(crate) fn in_directory(directory: &Path) -> Self {
        let mut found = BTreeMap::new();
        for path in log_files(directory) {
            let mut text = Vec::new();
            let mut file = File::open(&path).unwrap();
            if path.extension().is_some_and(|extension| extension == "gz") {
                MultiGzDecoder::new(file).read_to_end(&mut text).unwrap();
            } else {
                file.read_to_end(&mut text).unwrap();
            }
            count(&text, &mut found);
        }
        Self(found)
    }

    /// Asserts that every accepted event is there, and once; at most `untold` events more, which the
    /// victim had accepted and did not live to tell.
    #[track_caller]
    pub(crate) fn check(&self, told: &[String], untold: usize, what: &str) {
        let accepted = events(told, "accepted ");
        let lost: Vec<_> = accepted
            .iter()
            .filter(|id| !self.0.contains_key(**id))
            .collect();
        assert!(lost.is_empty(), "{what}: lost {lost:?}");
        let doubled: Vec<_> = self.0.iter().filter(|(_, count)| **count > 1).collect();
        assert!(doubled.is_empty(), "{what}: doubled {doubled:?}");
        let more = self.0.len() - accepted.len();
        assert!(more <= untold, "{what}: {more} events of nobody");
    }

    /// Asserts that every accepted event is there at least once, for runs that may double.
    #[track_caller]
    pub(crate) fn check_none_lost(&self, told: &[String], what: &str) {
        let lost: Vec<_> = events(told, "accepted ")
            .into_iter()
            .filter(|id| !self.0.contains_key(*id))
            .collect();
        assert!(lost.is_empty(), "{what}: lost {lost:?}");
    }

    /// How many different events there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

/// The files of the log, but for what a crash cut and put aside, which is no line.
pub(crate) fn log_files(directory: &Path) -> Vec<PathBuf> {
    let is_log = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        let is_temporary = path.extension().is_some_and(|extension| extension == "tmp");
        name.starts_with("security.log") && !name.contains(".torn-") && !is_temporary
    };
    let entries = fs::read_dir(directory).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(is_log).collect()
}

/// The events of which the victim told that.
pub(crate) fn events<'a>(told: &'a [String], word: &str) -> Vec<&'a str> {
    told.iter()
        .filter_map(|line| line.strip_prefix(word))
        .collect()
}

/// Counts the events of whole lines. Whatever is no line of a victim fails the test: it is torn.
fn count(text: &[u8], found: &mut BTreeMap<String, usize>) {
    let text = std::str::from_utf8(text).unwrap();
    for line in text.split_inclusive('\n') {
        // Only a copy of logrotate may end within a line.
        let Some(line) = line.strip_suffix('\n') else {
            continue;
        };
        let id = line
            .strip_prefix("{\"filling\":\"")
            .and_then(|rest| rest.split_once("\",\"event_id\":\""))
            .and_then(|(_, rest)| rest.split_once('"'));
        let (id, _) = id.unwrap_or_else(|| panic!("torn: {line}"));
        *found.entry(id.to_owned()).or_default() += 1;
    }
}
