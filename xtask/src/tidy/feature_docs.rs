//! Every feature says what it adds, in the comment above it.

use super::finding::{Finding, line_of};
use super::tree::TextFile;
use crate::render::features;

/// Looks through one `Cargo.toml`; one that is no TOML is left to the rule `manifests`.
pub(super) fn check(file: &TextFile) -> Vec<Finding> {
    features::read(&file.text)
        .unwrap_or_default()
        .into_iter()
        .filter(|feature| feature.summary.is_empty())
        .map(|feature| Finding {
            rule: "feature_docs",
            file: file.path.clone(),
            line: line_of(&file.text, &format!("{} = [", feature.name)),
            wrong: format!("nobody says what the feature {} adds", feature.name),
            mend: "write one sentence as a comment above it; the README shows it".to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{TextFile, check};

    fn breaches(text: &str) -> usize {
        let file = TextFile {
            path: "Cargo.toml".to_owned(),
            text: text.to_owned(),
        };
        check(&file).len()
    }

    #[test]
    fn a_feature_without_a_comment_is_found() {
        assert_eq!(breaches("[features]\ndefault = []\nfile = []\n"), 1);
    }

    #[test]
    fn a_described_feature_is_clean() {
        assert_eq!(breaches("[features]\n# Writes files.\nfile = []\n"), 0);
    }
}
