//! Every Rust file opens with `//!`: what it owns and what it refuses.

use super::finding::Finding;
use super::source::Source;

pub(super) fn check(source: &Source) -> Vec<Finding> {
    if source.text.starts_with("//! ") {
        return Vec::new();
    }
    vec![source.finding(
        "module_doc",
        1,
        "the file does not open with a `//!` line",
        "say in one sentence what the file owns, and in another what it leaves to others",
    )]
}

#[cfg(test)]
mod tests {
    use super::super::source::findings_in;
    use super::check;

    fn breaches(text: &str) -> usize {
        findings_in(check, "src/a.rs", text).len()
    }

    #[test]
    fn a_file_without_a_first_sentence_is_found() {
        assert_eq!(breaches("// Words.\nmod a;\n"), 1);
    }

    #[test]
    fn a_file_with_a_first_sentence_is_clean() {
        assert_eq!(breaches("//! Words.\nmod a;\n"), 0);
    }
}
