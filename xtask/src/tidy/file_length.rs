//! A file has at most 400 lines without its tests.

use super::finding::Finding;
use super::source::Source;

const MAX_LINES: usize = 400;

pub(super) fn check(source: &Source) -> Vec<Finding> {
    if source.is_test() {
        return Vec::new();
    }
    let tests: usize = source.test_lines().into_iter().map(Iterator::count).sum();
    let lines = source.text.lines().count() - tests;
    if lines <= MAX_LINES {
        return Vec::new();
    }
    vec![source.finding(
        "file_length",
        1,
        format!("the file has {lines} lines without tests, at most {MAX_LINES} are allowed"),
        "split it by idea: `foo.rs` keeps the entry, `foo/` gets the parts",
    )]
}

#[cfg(test)]
mod tests {
    use super::super::source::findings_in;
    use super::check;

    fn breaches(path: &str, text: &str) -> usize {
        findings_in(check, path, text).len()
    }

    #[test]
    fn a_long_file_is_found() {
        assert_eq!(breaches("src/a.rs", &"const A: u8 = 1;\n".repeat(401)), 1);
    }

    #[test]
    fn a_file_at_the_cap_is_clean() {
        assert_eq!(breaches("src/a.rs", &"const A: u8 = 1;\n".repeat(400)), 0);
    }

    #[test]
    fn inline_tests_are_not_counted() {
        let tests = format!(
            "#[cfg(test)]\nmod tests {{\n{}}}\n",
            "const A: u8 = 1;\n".repeat(401)
        );
        assert_eq!(breaches("src/a.rs", &tests), 0);
    }

    #[test]
    fn files_of_tests_are_not_counted() {
        let long = "const A: u8 = 1;\n".repeat(401);
        assert_eq!(breaches("src/a/tests.rs", &long), 0);
        assert_eq!(breaches("tests/it/main.rs", &long), 0);
    }
}
