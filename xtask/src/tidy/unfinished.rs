//! Nothing unfinished is left behind: no reminder without a link, no ignored test or example.

use syn::Attribute;
use syn::spanned::Spanned;
use syn::visit::Visit;

use super::finding::Finding;
use super::source::{Source, names};

const RULE: &str = "unfinished";
/// In two parts, so that this file keeps its own rule.
const REMINDERS: [&str; 2] = [concat!("TO", "DO"), concat!("FIX", "ME")];

pub(super) fn check(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in source.text.lines().enumerate() {
        if is_bare_reminder(line) {
            findings.push(source.finding(
                RULE,
                index + 1,
                "a reminder without a link is forgotten",
                "do it now, or link to the place where it is planned",
            ));
        }
    }
    let mut ignored = Ignored(Vec::new());
    ignored.visit_file(&source.syntax);
    findings.extend(ignored.0.into_iter().map(|line| {
        source.finding(
            RULE,
            line,
            "an ignored test or example proves nothing",
            "make it run, or delete it",
        )
    }));
    findings
}

fn is_bare_reminder(line: &str) -> bool {
    let Some((_, comment)) = line.split_once("//") else {
        return false;
    };
    let comment_upper = comment.to_uppercase();
    REMINDERS.iter().any(|word| names(&comment_upper, word)) && !comment.contains("https://")
}

/// The lines of `#[ignore]` and of examples in documentation that are marked `ignore`.
struct Ignored(Vec<usize>);

impl<'ast> Visit<'ast> for Ignored {
    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        let path = attribute.path();
        let words = match &attribute.meta {
            syn::Meta::NameValue(pair) if path.is_ident("doc") => fence_words(&pair.value),
            syn::Meta::List(list) if path.is_ident("cfg_attr") => list.tokens.to_string(),
            _ if path.is_ident("ignore") => "ignore".to_owned(),
            _ => return,
        };
        if names(&words, "ignore") {
            self.0.push(attribute.span().start().line);
        }
    }
}

/// What follows the three backticks, when a line of documentation opens an example.
fn fence_words(value: &syn::Expr) -> String {
    match value {
        syn::Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Str(text),
            ..
        }) => text
            .value()
            .trim()
            .strip_prefix("```")
            .unwrap_or_default()
            .to_owned(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::source::findings_in;
    use super::{REMINDERS, check};

    fn breaches(text: &str) -> usize {
        findings_in(check, "src/a.rs", text).len()
    }

    #[test]
    fn a_reminder_is_found() {
        assert_eq!(breaches(&format!("// {}: later\n", REMINDERS[0])), 1);
    }

    #[test]
    fn a_reminder_with_a_link_is_clean() {
        let line = format!("// {}: https://example.org/7\n", REMINDERS[0]);
        assert_eq!(breaches(&line), 0);
    }

    #[test]
    fn an_ignored_test_is_found() {
        assert_eq!(breaches("#[test]\n#[ignore = \"slow\"]\nfn f() {}\n"), 1);
    }

    #[test]
    fn a_conditionally_ignored_test_is_found() {
        assert_eq!(breaches("#[cfg_attr(unix, ignore)]\nfn f() {}\n"), 1);
    }

    #[test]
    fn an_ignored_example_is_found() {
        assert_eq!(breaches("/// ```ignore\n/// f()\n/// ```\nfn f() {}\n"), 1);
    }

    #[test]
    fn finished_code_is_clean() {
        assert_eq!(breaches("/// We ignore spaces.\n#[test]\nfn f() {}\n"), 0);
    }
}
