//! A function has at most 60 lines, from its signature to its last brace; tests are exempt.

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, ImplItemFn, ItemFn, ItemMod, Signature, TraitItemFn};

use super::finding::Finding;
use super::source::{Source, is_for_tests};

const MAX_LINES: usize = 60;

pub(super) fn check(source: &Source) -> Vec<Finding> {
    if source.is_test() {
        return Vec::new();
    }
    let mut lengths = Lengths(Vec::new());
    lengths.visit_file(&source.syntax);
    lengths
        .0
        .into_iter()
        .filter(|function| function.lines > MAX_LINES)
        .map(|Function { name, line, lines }| {
            source.finding(
                "function_length",
                line,
                format!("`{name}` has {lines} lines, at most {MAX_LINES} are allowed"),
                "give a step a name and a function of its own",
            )
        })
        .collect()
}

struct Function {
    name: String,
    line: usize,
    lines: usize,
}

/// The length of every function outside tests.
struct Lengths(Vec<Function>);

impl Lengths {
    fn measure(&mut self, signature: &Signature, body: &Block) {
        let line = signature.span().start().line;
        self.0.push(Function {
            name: signature.ident.to_string(),
            line,
            lines: body.span().end().line - line + 1,
        });
    }
}

impl<'ast> Visit<'ast> for Lengths {
    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        if !is_for_tests(&module.attrs) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.measure(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        self.measure(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast TraitItemFn) {
        if let Some(body) = &function.default {
            self.measure(&function.sig, body);
        }
        visit::visit_trait_item_fn(self, function);
    }
}

#[cfg(test)]
mod tests {
    use super::super::source::findings_in;
    use super::check;

    fn breaches(text: &str) -> usize {
        findings_in(check, "src/a.rs", text).len()
    }

    fn function(body_lines: usize) -> String {
        format!("fn f() {{\n{}}}\n", "g();\n".repeat(body_lines))
    }

    #[test]
    fn a_long_function_is_found() {
        assert_eq!(breaches(&function(59)), 1);
    }

    #[test]
    fn a_function_at_the_cap_is_clean() {
        assert_eq!(breaches(&function(58)), 0);
    }

    #[test]
    fn a_long_method_is_found() {
        assert_eq!(breaches(&format!("impl A {{ {} }}", function(59))), 1);
    }

    #[test]
    fn a_long_test_is_clean() {
        assert_eq!(
            breaches(&format!("#[cfg(test)] mod tests {{ {} }}", function(59))),
            0
        );
    }
}
