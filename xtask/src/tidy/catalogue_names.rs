//! Outside `rra-schema` no string is the name of a metric: a typed handle cannot be misspelt. Queries
//! in `rra-ops` are held to the catalogue by `check-schema`; tests and xtask read what is exposed.

use rra_schema::metrics::METRICS;

use super::finding::Finding;
use super::source::Source;

pub(super) fn check(source: &Source) -> Vec<Finding> {
    if !is_bound(source) {
        return Vec::new();
    }
    let tests = source.test_lines();
    let lines = source.text.lines().zip(1..);
    lines
        .filter(|(_, number)| !tests.iter().any(|lines| lines.contains(number)))
        .filter_map(|(line, number)| {
            let name = name_in(line)?;
            Some(source.finding(
                "catalogue_names",
                number,
                format!("the name `{name}` is written out"),
                "take the handle of rra-metrics, or the name from rra_schema::metrics",
            ))
        })
        .collect()
}

/// Whether the file belongs to a crate that moves metrics or shows them.
fn is_bound(source: &Source) -> bool {
    let Some(path) = source.path.strip_prefix("crates/") else {
        return false;
    };
    let is_exempt = ["rra-schema/", "rra-ops/"]
        .iter()
        .any(|owner| path.starts_with(owner));
    // `testing.rs` is what several modules' tests share.
    !is_exempt && path.contains("/src/") && !source.is_test() && !path.ends_with("/testing.rs")
}

/// The metric whose name opens a string in this line, if it is not a comment.
fn name_in(line: &str) -> Option<&'static str> {
    let code = line.trim_start();
    if code.starts_with("//") {
        return None;
    }
    let opened = code.split('"').skip(1);
    let named = opened.filter_map(|text| {
        let word = |sign: char| sign.is_ascii_alphanumeric() || sign == '_';
        let name = &text[..text.find(|sign| !word(sign)).unwrap_or(text.len())];
        METRICS.iter().find(|metric| metric.name == name)
    });
    named.map(|metric| metric.name).next()
}

#[cfg(test)]
mod tests {
    use super::super::source::findings_in;
    use super::check;

    fn breaches(path: &str, text: &str) -> usize {
        findings_in(check, path, text).len()
    }

    const SPELT: &str = "const NAME: &str = \"rra_active_agents\";\n";

    #[test]
    fn a_name_in_a_string_is_found() {
        assert_eq!(breaches("crates/rra-http/src/a.rs", SPELT), 1);
        let labelled = "fn f() -> &'static str { \"rra_active_agents{a=1}\" }\n";
        assert_eq!(breaches("crates/rra-http/src/a.rs", labelled), 1);
    }

    #[test]
    fn the_catalogue_and_tests_may_spell_names() {
        for path in [
            "crates/rra-schema/src/metrics/agents.rs",
            "crates/rra-http/src/a/tests.rs",
            "crates/rra-http/tests/it/a.rs",
            "xtask/src/demo.rs",
        ] {
            assert_eq!(breaches(path, SPELT), 0, "{path}");
        }
        let within = format!("#[cfg(test)]\nmod tests {{\n{SPELT}}}\n");
        assert_eq!(breaches("crates/rra-http/src/a.rs", &within), 0);
    }

    #[test]
    fn comments_and_other_words_are_no_names() {
        let text = "/// \"rra_active_agents\"\nconst TARGET: &str = \"rra_active_agents_x\";\n";
        assert_eq!(breaches("crates/rra-http/src/a.rs", text), 0);
    }
}
