//! A Rust file with its syntax tree, and which of its lines are tests.

use std::ops::RangeInclusive;

use syn::spanned::Spanned;
use syn::{Attribute, Item};

use super::finding::Finding;
use super::tree::TextFile;

/// A parsed Rust file.
pub(super) struct Source<'a> {
    pub(super) path: &'a str,
    pub(super) text: &'a str,
    pub(super) syntax: syn::File,
}

impl<'a> Source<'a> {
    /// Parses the file; one that is no Rust is a finding of its own.
    pub(super) fn parse(file: &'a TextFile) -> Result<Self, Finding> {
        match syn::parse_file(&file.text) {
            Ok(syntax) => Ok(Self {
                path: &file.path,
                text: &file.text,
                syntax,
            }),
            Err(error) => Err(Finding {
                rule: "source",
                file: file.path.clone(),
                line: error.span().start().line,
                wrong: format!("this is no Rust: {error}"),
                mend: "cargo check says more".to_owned(),
            }),
        }
    }

    /// Whether the whole file is tests: `tests.rs`, or anything below a folder `tests`.
    pub(super) fn is_test(&self) -> bool {
        self.path
            .split('/')
            .any(|part| part == "tests" || part == "tests.rs")
    }

    /// Whether the file is the door of a crate that others use.
    pub(super) fn is_lib(&self) -> bool {
        self.path.starts_with("crates/") && self.path.ends_with("/src/lib.rs")
    }

    /// The line ranges of the items that exist only for tests.
    pub(super) fn test_lines(&self) -> Vec<RangeInclusive<usize>> {
        self.syntax
            .items
            .iter()
            .filter(|item| is_for_tests(attributes(item)))
            .map(|item| item.span().start().line..=item.span().end().line)
            .collect()
    }

    /// A finding in this file.
    pub(super) fn finding(
        &self,
        rule: &'static str,
        line: usize,
        wrong: impl Into<String>,
        mend: impl Into<String>,
    ) -> Finding {
        Finding {
            rule,
            file: self.path.to_owned(),
            line,
            wrong: wrong.into(),
            mend: mend.into(),
        }
    }
}

/// Whether one of the attributes is `#[cfg(test)]`, alone or inside `all(..)` or `any(..)`.
pub(super) fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.meta.require_list().is_ok_and(|list| {
                let condition = list.tokens.to_string();
                names(&condition, "test") && !names(&condition, "not")
            })
    })
}

/// Whether `word` stands in `tokens` as a word of its own.
pub(super) fn names(tokens: &str, word: &str) -> bool {
    tokens
        .split(|sign: char| !sign.is_alphanumeric() && sign != '_')
        .any(|part| part == word)
}

/// The attributes of the kinds of item that carry `#[cfg(test)]` in practice.
fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// For the tests of the rules: runs `rule` over `text` as if it were the file `path`.
#[cfg(test)]
pub(super) fn findings_in(
    rule: fn(&Source) -> Vec<Finding>,
    path: &str,
    text: &str,
) -> Vec<Finding> {
    let file = TextFile {
        path: path.to_owned(),
        text: text.to_owned(),
    };
    rule(&Source::parse(&file).expect("the test's text is Rust"))
}
