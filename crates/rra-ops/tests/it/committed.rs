//! The files below `docs/ops` are what the tables give.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn committed_files_are_the_rendered_ones() {
    let files = rra_ops::files();
    if is_update() {
        for file in &files {
            let path = root().join(&file.path);
            let folder = path.parent().expect("a file lies in a folder");
            fs::create_dir_all(folder).expect("docs/ops can be written");
            fs::write(path, &file.contents).expect("docs/ops can be written");
        }
    }
    for file in &files {
        let committed = fs::read_to_string(root().join(&file.path)).unwrap_or_default();
        let is_same = committed == file.contents;
        assert!(is_same, "{} is stale; RRA_UPDATE=1 writes it", file.path);
    }
}

#[test]
fn nothing_lies_below_docs_ops_that_is_not_rendered() {
    let rendered: BTreeSet<_> = rra_ops::files()
        .into_iter()
        .map(|file| root().join(file.path))
        .collect();
    for path in files_below(&root().join("docs/ops")) {
        assert!(
            rendered.contains(&path),
            "{} is not rendered",
            path.display()
        );
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("docs/ops is there");
    let paths = entries.map(|entry| entry.expect("docs/ops can be read").path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files_below(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one variable that refreshes golden files"
)]
fn is_update() -> bool {
    std::env::var_os("RRA_UPDATE").is_some()
}
