//! The committed text that is rendered, compared and searched: the README, the changelog, the
//! documentation, the corpora.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use crate::failure::Failure;
use crate::workspace;

/// The files and folders that are read, from the top folder of the repository.
const ROOTS: [&str; 4] = ["README.md", "CHANGELOG.md", "docs", "tests/corpora"];

/// Committed text by its path from the top folder.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pages(pub(crate) BTreeMap<String, String>);

impl Pages {
    /// Reads them all. What is not there is no page.
    pub(crate) fn load() -> Result<Self, Failure> {
        let mut pages = Self::default();
        for path in ROOTS {
            pages
                .add(path)
                .map_err(|error| Failure::Broken(format!("{path} cannot be read: {error}")))?;
        }
        Ok(pages)
    }

    /// The text of one page.
    pub(crate) fn get(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    /// The pages below a folder or with this very path.
    pub(crate) fn below(&self, folder: &str) -> impl Iterator<Item = (&str, &str)> {
        let pages = self
            .0
            .iter()
            .filter(move |(path, _)| path.starts_with(folder));
        pages.map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The pages whose name has this ending, such as `md`.
    pub(crate) fn ending(&self, ending: &str) -> impl Iterator<Item = (&str, &str)> {
        self.below("")
            .filter(move |(path, _)| has_ending(path, ending))
    }

    fn add(&mut self, path: &str) -> io::Result<()> {
        let full = workspace::root().join(path);
        if full.is_dir() {
            for entry in fs::read_dir(full)? {
                let name = entry?.file_name();
                self.add(&format!("{path}/{}", name.to_string_lossy()))?;
            }
        } else if full.is_file() && is_text(&full) {
            self.0.insert(path.to_owned(), fs::read_to_string(full)?);
        }
        Ok(())
    }
}

/// Whether a file of this name is text.
fn is_text(path: &Path) -> bool {
    let endings = [
        "md", "json", "jsonl", "log", "toml", "yml", "yaml", "conf", "txt", "tmpl", "service",
        "meta", "sums",
    ];
    path.extension()
        .is_some_and(|ending| endings.iter().any(|known| ending == *known))
}

/// Whether a path has this ending, such as `md`.
pub(crate) fn has_ending(path: &str, ending: &str) -> bool {
    Path::new(path)
        .extension()
        .is_some_and(|found| found == ending)
}
