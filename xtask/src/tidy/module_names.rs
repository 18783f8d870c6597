//! A module is `foo.rs` beside `foo/`, and its name says what is in it.

use syn::ItemMod;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use super::finding::Finding;
use super::source::Source;

const RULE: &str = "module_names";
/// Names under which anything could be put, so everything ends up there.
const DRAWERS: [&str; 6] = ["common", "core", "helpers", "types", "util", "utils"];

pub(super) fn check(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    if source.path.ends_with("/mod.rs") {
        findings.push(source.finding(
            RULE,
            1,
            "the module is written as `mod.rs`",
            "move it to `foo.rs` beside the folder `foo/`",
        ));
    }
    let mut modules = Modules(Vec::new());
    modules.visit_file(&source.syntax);
    findings.extend(
        modules
            .0
            .into_iter()
            .filter(|(name, _)| DRAWERS.contains(&name.as_str()))
            .map(|(name, line)| {
                source.finding(
                    RULE,
                    line,
                    format!("the name `{name}` says nothing about what is inside"),
                    "name the module after its one idea, or move its parts to where they are used",
                )
            }),
    );
    findings
}

/// The name and line of every `mod`, with or without a body.
struct Modules(Vec<(String, usize)>);

impl<'ast> Visit<'ast> for Modules {
    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        self.0
            .push((module.ident.to_string(), module.span().start().line));
        visit::visit_item_mod(self, module);
    }
}

#[cfg(test)]
mod tests {
    use super::super::source::findings_in;
    use super::check;

    fn breaches(path: &str, text: &str) -> usize {
        findings_in(check, path, text).len()
    }

    #[test]
    fn a_mod_rs_is_found() {
        assert_eq!(breaches("a/src/queue/mod.rs", "fn f() {}\n"), 1);
    }

    #[test]
    fn a_drawer_is_found() {
        assert_eq!(breaches("a/src/lib.rs", "mod queue;\nmod utils;\n"), 1);
    }

    #[test]
    fn a_named_module_is_clean() {
        assert_eq!(breaches("a/src/lib.rs", "mod queue;\nmod core_dump;\n"), 0);
    }
}
