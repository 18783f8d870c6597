//! The edges among our crates are the declared ones, and every edge goes down.
//!
//! An ordinary or build dependency needs its row in `[workspace.metadata.layers]`. A dependency of
//! tests needs none, but may not go up: a crate that can only be tested with what stands on it
//! cannot be published or understood alone.

use std::collections::BTreeSet;

use super::finding::{Finding, line_of};
use crate::workspace::{Layer, Package, Workspace};

/// Compares the crates with the table; `manifest` is the text of the root manifest.
pub(super) fn check(workspace: &Workspace, manifest: &str) -> Vec<Finding> {
    let layers = &workspace.metadata.layers;
    let mut findings = Vec::new();
    for package in &workspace.packages {
        match layers.get(&package.name) {
            Some(row) => findings.extend(check_crate(workspace, package, row, manifest)),
            None => findings.push(finding(
                line_of(manifest, "[workspace.metadata.layers]"),
                format!("the crate {} has no layer", package.name),
                format!(
                    "add the row `{} = {{ layer = .., uses = [..] }}`",
                    package.name
                ),
            )),
        }
    }
    for name in layers.keys() {
        if workspace.package(name).is_none() {
            findings.push(finding(
                row_line(manifest, name),
                format!("the row {name} belongs to no crate"),
                "delete the row".to_owned(),
            ));
        }
    }
    findings
}

fn check_crate(
    workspace: &Workspace,
    package: &Package,
    row: &Layer,
    manifest: &str,
) -> Vec<Finding> {
    let name = &package.name;
    let line = row_line(manifest, name);
    let declared: BTreeSet<&str> = row.uses.iter().map(String::as_str).collect();
    let used = ours(workspace, package, |kind| kind != Some("dev"));
    let in_tests = ours(workspace, package, |kind| kind == Some("dev"));

    let mut findings = Vec::new();
    for other in used.difference(&declared) {
        findings.push(finding(
            line,
            format!("{name} depends on {other}, which its row does not list"),
            format!("remove the dependency, or add \"{other}\" to the row and say why in docs/architecture.md"),
        ));
    }
    for other in declared.difference(&used) {
        findings.push(finding(
            line,
            format!("the row of {name} lists {other}, on which it does not depend"),
            format!("delete \"{other}\" from the row"),
        ));
    }
    let layer_of = |other: &str| workspace.metadata.layers.get(other).map(|row| row.layer);
    for other in used
        .iter()
        .filter(|other| layer_of(other) >= Some(row.layer))
    {
        findings.push(finding(
            line,
            format!("the edge from {name} to {other} does not go down"),
            "let a crate above use both, or move what is shared below".to_owned(),
        ));
    }
    for other in in_tests
        .iter()
        .filter(|other| layer_of(other) > Some(row.layer))
    {
        findings.push(finding(
            line,
            format!("the tests of {name} use {other}, which stands above it"),
            "move the test to the package rra-tests".to_owned(),
        ));
    }
    findings
}

/// Which of our crates the crate depends on, counting the dependencies of the wanted kind.
fn ours<'a>(
    workspace: &Workspace,
    package: &'a Package,
    is_wanted: fn(Option<&str>) -> bool,
) -> BTreeSet<&'a str> {
    package
        .dependencies
        .iter()
        .filter(|dependency| is_wanted(dependency.kind.as_deref()))
        .map(|dependency| dependency.name.as_str())
        .filter(|name| workspace.package(name).is_some())
        .collect()
}

fn row_line(manifest: &str, name: &str) -> usize {
    line_of(manifest, &format!("{name} = {{ layer"))
}

fn finding(line: usize, wrong: String, mend: String) -> Finding {
    Finding {
        rule: "layers",
        file: "Cargo.toml".to_owned(),
        line,
        wrong,
        mend,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::check;

    /// What `check` says about crates with `(name, [(dependency, kind)])` under this table.
    fn breaches(crates: &Value, layers: &Value) -> Vec<String> {
        let workspace = serde_json::from_value(json!({
            "packages": crates,
            "metadata": { "layers": layers },
        }))
        .expect("the test's workspace has the form of cargo metadata");
        check(&workspace, "")
            .into_iter()
            .map(|finding| finding.wrong)
            .collect()
    }

    fn krate(name: &str, dependencies: &[(&str, Value)]) -> Value {
        let dependencies: Vec<Value> = dependencies
            .iter()
            .map(|(name, kind)| json!({ "name": name, "kind": kind }))
            .collect();
        json!({ "name": name, "dependencies": dependencies })
    }

    fn layers() -> Value {
        json!({ "low": { "layer": 0, "uses": [] }, "high": { "layer": 1, "uses": ["low"] } })
    }

    #[test]
    fn declared_edges_that_go_down_are_clean() {
        let crates = json!([
            krate("low", &[]),
            krate("high", &[("low", Value::Null), ("serde", Value::Null)])
        ]);
        assert_eq!(breaches(&crates, &layers()), [""; 0]);
    }

    #[test]
    fn an_undeclared_edge_is_found() {
        let crates = json!([krate("low", &[]), krate("high", &[("low", json!("build"))])]);
        let table =
            json!({ "low": { "layer": 0, "uses": [] }, "high": { "layer": 1, "uses": [] } });
        assert_eq!(
            breaches(&crates, &table),
            ["high depends on low, which its row does not list"]
        );
    }

    #[test]
    fn an_unused_declared_edge_is_found() {
        let crates = json!([krate("low", &[]), krate("high", &[])]);
        assert_eq!(
            breaches(&crates, &layers()),
            ["the row of high lists low, on which it does not depend"]
        );
    }

    #[test]
    fn a_sideways_edge_is_found() {
        let crates = json!([krate("low", &[]), krate("high", &[("low", Value::Null)])]);
        let table =
            json!({ "low": { "layer": 1, "uses": [] }, "high": { "layer": 1, "uses": ["low"] } });
        assert_eq!(
            breaches(&crates, &table),
            ["the edge from high to low does not go down"]
        );
    }

    #[test]
    fn a_test_that_goes_up_is_found() {
        let crates = json!([
            krate("low", &[("high", json!("dev"))]),
            krate("high", &[("low", Value::Null)])
        ]);
        assert_eq!(
            breaches(&crates, &layers()),
            ["the tests of low use high, which stands above it"]
        );
    }

    #[test]
    fn a_test_that_goes_down_or_sideways_needs_no_row() {
        let crates = json!([krate("low", &[]), krate("high", &[("low", json!("dev"))])]);
        let table =
            json!({ "low": { "layer": 0, "uses": [] }, "high": { "layer": 0, "uses": [] } });
        assert_eq!(breaches(&crates, &table), [""; 0]);
    }

    #[test]
    fn a_crate_without_a_row_and_a_row_without_a_crate_are_found() {
        let crates = json!([krate("new", &[])]);
        let table = json!({ "old": { "layer": 0, "uses": [] } });
        assert_eq!(
            breaches(&crates, &table),
            [
                "the crate new has no layer",
                "the row old belongs to no crate"
            ]
        );
    }
}
