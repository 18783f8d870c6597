//! Everything in the repository is text: a program or an archive cannot be reviewed, and stays in
//! the history for ever.

use super::finding::Finding;

/// Judges the paths of the files that are not UTF-8.
pub(super) fn check(not_text: &[String]) -> Vec<Finding> {
    not_text
        .iter()
        .map(|path| Finding {
            rule: "text_only",
            file: path.clone(),
            line: 1,
            wrong: "the file is no text".to_owned(),
            mend: "delete it; what a build needs is installed by `cargo xtask test`".to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::check;

    /// What is found in a folder with one file of these bytes.
    fn breaches(bytes: &[u8]) -> usize {
        let name = format!("rra-text-only-{}-{}", std::process::id(), bytes.len());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("the folder can be made");
        std::fs::write(folder.join("file"), bytes).expect("the file can be written");
        let tree = tree::read(&folder).expect("the folder can be read");
        std::fs::remove_dir_all(&folder).expect("the folder can be removed");
        check(&tree.not_text).len()
    }

    #[test]
    fn an_archive_is_found() {
        assert_eq!(breaches(b"!<arch>\ndebian-binary\xff\xfe"), 1);
    }

    #[test]
    fn text_is_clean() {
        assert_eq!(breaches("Wörter\n".as_bytes()), 0);
    }
}
