//! The text files of the repository, read once for all rules.

use std::fs;
use std::path::Path;

use crate::failure::Failure;

/// What nobody wrote. In a work tree of git, `.git` is a file.
const SKIPPED: [&str; 3] = [".git", "logs", "target"];

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

/// Every text file below `root`, in the order of the paths; a file that is not UTF-8 is left out.
pub(super) fn read(root: &Path) -> Result<Vec<TextFile>, Failure> {
    let mut files = Vec::new();
    collect(root, "", &mut files)
        .map_err(|error| Failure::Broken(format!("the repository cannot be read: {error}")))?;
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<TextFile>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if SKIPPED.contains(&name.as_str()) {
            continue;
        }
        let path = format!("{prefix}{name}");
        let kind = entry.file_type()?;
        if kind.is_dir() {
            collect(&entry.path(), &format!("{path}/"), files)?;
        } else if kind.is_file()
            && let Ok(text) = String::from_utf8(fs::read(entry.path())?)
        {
            files.push(TextFile { path, text });
        }
    }
    Ok(())
}
