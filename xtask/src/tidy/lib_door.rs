//! `lib.rs` is a door: modules and explicit re-exports, at most 100 lines of code, no logic.

use syn::spanned::Spanned;
use syn::{Item, UseTree, Visibility};

use super::finding::Finding;
use super::source::Source;

const RULE: &str = "lib_door";
const MAX_CODE_LINES: usize = 100;

pub(super) fn check(source: &Source) -> Vec<Finding> {
    if !source.is_lib() {
        return Vec::new();
    }
    let mut findings: Vec<Finding> = source
        .syntax
        .items
        .iter()
        .filter_map(|item| check_item(source, item))
        .collect();
    findings.extend(check_length(source));
    findings
}

fn check_item(source: &Source, item: &Item) -> Option<Finding> {
    let line = item.span().start().line;
    match item {
        Item::Use(item) if is_public(&item.vis) && has_glob(&item.tree) => Some(source.finding(
            RULE,
            line,
            "a glob re-export hides what the crate offers",
            "list the names",
        )),
        Item::Fn(_) | Item::Impl(_) => Some(source.finding(
            RULE,
            line,
            "lib.rs holds logic",
            "move it into a module and re-export its name",
        )),
        _ => None,
    }
}

fn check_length(source: &Source) -> Option<Finding> {
    let tests = source.test_lines();
    let code_lines = source
        .text
        .lines()
        .enumerate()
        .filter(|(index, _)| !tests.iter().any(|range| range.contains(&(index + 1))))
        .map(|(_, line)| line.trim())
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
        .count();
    (code_lines > MAX_CODE_LINES).then(|| {
        source.finding(
            RULE,
            1,
            format!("lib.rs has {code_lines} lines of code, at most {MAX_CODE_LINES} are allowed"),
            "offer fewer names at the top, the rest below a public module",
        )
    })
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn has_glob(tree: &UseTree) -> bool {
    match tree {
        UseTree::Glob(_) => true,
        UseTree::Path(path) => has_glob(&path.tree),
        UseTree::Group(group) => group.items.iter().any(has_glob),
        _ => false,
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
    fn a_glob_re_export_is_found() {
        assert_eq!(
            breaches("crates/a/src/lib.rs", "mod a;\npub use a::{b, c::*};\n"),
            1
        );
    }

    #[test]
    fn logic_is_found() {
        assert_eq!(breaches("crates/a/src/lib.rs", "pub fn f() {}\n"), 1);
    }

    #[test]
    fn a_long_door_is_found() {
        assert_eq!(breaches("crates/a/src/lib.rs", &"mod a;\n".repeat(101)), 1);
    }

    #[test]
    fn a_plain_door_is_clean() {
        let door = format!("{}mod a;\n\npub use a::B;\n", "//! Words.\n".repeat(200));
        assert_eq!(breaches("crates/a/src/lib.rs", &door), 0);
    }

    #[test]
    fn other_files_may_hold_logic() {
        assert_eq!(breaches("crates/a/src/b.rs", "pub fn f() {}\n"), 0);
    }
}
