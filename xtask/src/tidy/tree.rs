//! The files of the repository, read once for all rules.

use std::fs;
use std::io;
use std::path::Path;

use crate::failure::Failure;

/// What nobody wrote, as in `.gitignore`. In a work tree of git, `.git` is a file.
const SKIPPED: [&str; 5] = [".git", "artifacts", "corpus", "logs", "target"];

/// One text file.
pub(super) struct TextFile {
    /// Its path from the top folder, with `/` between the parts.
    pub(super) path: String,
    pub(super) text: String,
}

impl TextFile {
    /// Whether the file is Rust.
    pub(super) fn is_rust(&self) -> bool {
        matches!(self.path.rsplit_once('.'), Some((_, "rs")))
    }

    /// Whether the file is a `Cargo.toml`.
    pub(super) fn is_manifest(&self) -> bool {
        self.path.rsplit('/').next() == Some("Cargo.toml")
    }
}

/// What is below a folder.
#[derive(Default)]
pub(super) struct Tree {
    /// Every text file, in the order of the paths.
    pub(super) files: Vec<TextFile>,
    /// The paths of the files that are not UTF-8.
    pub(super) not_text: Vec<String>,
}

/// Reads everything below `root`.
pub(super) fn read(root: &Path) -> Result<Tree, Failure> {
    let mut tree = Tree::default();
    collect(root, "", &mut tree)
        .map_err(|error| Failure::Broken(format!("the repository cannot be read: {error}")))?;
    tree.files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(tree)
}

fn collect(folder: &Path, prefix: &str, tree: &mut Tree) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if SKIPPED.contains(&name.as_str()) {
            continue;
        }
        let path = format!("{prefix}{name}");
        let kind = entry.file_type()?;
        if kind.is_dir() {
            collect(&entry.path(), &format!("{path}/"), tree)?;
        } else if kind.is_file() {
            match String::from_utf8(fs::read(entry.path())?) {
                Ok(text) => tree.files.push(TextFile { path, text }),
                Err(_) => tree.not_text.push(path),
            }
        }
    }
    Ok(())
}
