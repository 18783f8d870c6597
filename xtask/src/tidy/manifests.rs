//! What every `Cargo.toml` of ours has in common, so that versions, lints and features are
//! decided in one place.

use toml::{Table, Value};

use super::finding::{Finding, line_of};
use super::tree::TextFile;

const RULE: &str = "manifests";
/// What `[package]` takes from the workspace.
const INHERITED: [&str; 4] = ["version", "edition", "rust-version", "license"];
const DEPENDENCY_TABLES: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

/// Looks through one `Cargo.toml`, the root one or a crate's.
pub(super) fn check(file: &TextFile) -> Vec<Finding> {
    let manifest = Manifest { file };
    match file.text.parse::<Table>() {
        Err(error) => vec![manifest.finding(
            "",
            format!("this is no TOML: {error}"),
            "cargo check says more",
        )],
        Ok(table) if table.contains_key("workspace") => manifest.check_root(&table),
        Ok(table) => manifest.check_crate(&table),
    }
}

/// The names of everything the manifest of a crate depends on, for whatever purpose.
pub(super) fn names_of_dependencies(manifest: &str) -> Vec<String> {
    let table: Table = manifest.parse().unwrap_or_default();
    dependencies(&table)
        .into_iter()
        .map(|(name, _)| name.to_owned())
        .collect()
}

struct Manifest<'a> {
    file: &'a TextFile,
}

impl Manifest<'_> {
    fn check_root(&self, root: &Table) -> Vec<Finding> {
        table_at(root, &["workspace", "dependencies"])
            .into_iter()
            .flatten()
            .filter(|(_, entry)| {
                entry.get("path").is_none()
                    && entry.get("default-features").and_then(Value::as_bool) != Some(false)
            })
            .map(|(name, _)| {
                self.finding(
                    &format!("{name} ="),
                    format!("{name} comes with its default features"),
                    "write `default-features = false` and name the features that are needed",
                )
            })
            .collect()
    }

    fn check_crate(&self, manifest: &Table) -> Vec<Finding> {
        let mut findings = self.check_package(manifest);
        for (name, entry) in dependencies(manifest) {
            if entry.get("workspace").and_then(Value::as_bool) != Some(true) {
                findings.push(self.finding(
                    name,
                    format!("{name} does not come from the workspace"),
                    "put the version in the root manifest and write `workspace = true` here",
                ));
            }
            if is_true(entry, "optional") && !is_named_by_a_feature(manifest, name) {
                findings.push(self.finding(
                    name,
                    format!("{name} makes a feature of its own name"),
                    "name it as `dep:` in the feature that needs it",
                ));
            }
        }
        findings
    }

    fn check_package(&self, manifest: &Table) -> Vec<Finding> {
        let mut findings = Vec::new();
        for key in INHERITED {
            if table_at(manifest, &["package", key])
                .is_none_or(|entry| !holds_true(entry, "workspace"))
            {
                findings.push(self.finding(
                    &format!("{key} ="),
                    format!("{key} is not the workspace's"),
                    &format!("write `{key}.workspace = true`"),
                ));
            }
        }
        if table_at(manifest, &["lints"]).is_none_or(|entry| !holds_true(entry, "workspace")) {
            findings.push(self.finding(
                "[lints]",
                "the crate has lints of its own, or none".to_owned(),
                "write `[lints]` and below it `workspace = true`",
            ));
        }
        let described = manifest
            .get("package")
            .and_then(|package| package.get("description"))
            .and_then(Value::as_str)
            .is_some_and(|text| !text.trim().is_empty());
        if !described {
            findings.push(self.finding(
                "[package]",
                "the crate has no description".to_owned(),
                "say in one line what it owns",
            ));
        }
        findings
    }

    fn finding(&self, near: &str, wrong: String, mend: &str) -> Finding {
        Finding {
            rule: RULE,
            file: self.file.path.clone(),
            line: line_of(&self.file.text, near),
            wrong,
            mend: mend.to_owned(),
        }
    }
}

/// Every dependency of every table, those of a platform included.
fn dependencies(manifest: &Table) -> Vec<(&str, &Value)> {
    let platforms = table_at(manifest, &["target"])
        .into_iter()
        .flat_map(Table::values)
        .filter_map(Value::as_table);
    std::iter::once(manifest)
        .chain(platforms)
        .flat_map(|owner| {
            DEPENDENCY_TABLES
                .iter()
                .filter_map(|name| table_at(owner, &[name]))
        })
        .flatten()
        .map(|(name, entry)| (name.as_str(), entry))
        .collect()
}

fn is_named_by_a_feature(manifest: &Table, dependency: &str) -> bool {
    let wanted = format!("dep:{dependency}");
    table_at(manifest, &["features"])
        .into_iter()
        .flat_map(Table::values)
        .filter_map(Value::as_array)
        .flatten()
        .any(|entry| entry.as_str() == Some(&wanted))
}

/// The table reached by following the keys.
fn table_at<'a>(table: &'a Table, keys: &[&str]) -> Option<&'a Table> {
    keys.iter()
        .try_fold(table, |table, key| table.get(*key)?.as_table())
}

fn holds_true(table: &Table, key: &str) -> bool {
    table.get(key).and_then(Value::as_bool) == Some(true)
}

fn is_true(entry: &Value, key: &str) -> bool {
    entry.as_table().is_some_and(|table| holds_true(table, key))
}

#[cfg(test)]
mod tests {
    use super::{TextFile, check};

    const CLEAN: &str = r#"
[package]
name = "rra-a"
description = "Words"
version.workspace = true
edition.workspace = true
rust-version.workspace = true
license.workspace = true

[lints]
workspace = true

[features]
b = ["dep:b"]

[dependencies]
b = { workspace = true, optional = true }

[target.'cfg(unix)'.dev-dependencies]
c.workspace = true
"#;

    fn breaches(text: &str) -> Vec<String> {
        let file = TextFile {
            path: "Cargo.toml".to_owned(),
            text: text.to_owned(),
        };
        check(&file)
            .into_iter()
            .map(|finding| finding.wrong)
            .collect()
    }

    /// What is found when `was` is replaced in the clean manifest.
    fn breaches_after(was: &str, is: &str) -> Vec<String> {
        assert!(CLEAN.contains(was));
        breaches(&CLEAN.replace(was, is))
    }

    #[test]
    fn a_manifest_that_inherits_everything_is_clean() {
        assert_eq!(breaches(CLEAN), [""; 0]);
    }

    #[test]
    fn a_version_of_its_own_is_found() {
        assert_eq!(
            breaches_after(
                "version.workspace = true\nedition",
                "version = \"1.0.0\"\nedition"
            ),
            ["version is not the workspace's"]
        );
    }

    #[test]
    fn missing_lints_are_found() {
        assert_eq!(
            breaches_after("[lints]\nworkspace = true\n", ""),
            ["the crate has lints of its own, or none"]
        );
    }

    #[test]
    fn a_missing_description_is_found() {
        assert_eq!(
            breaches_after("description = \"Words\"", "description = \" \""),
            ["the crate has no description"]
        );
    }

    #[test]
    fn a_dependency_with_its_own_version_is_found() {
        assert_eq!(
            breaches_after("c.workspace = true", "c = \"1\""),
            ["c does not come from the workspace"]
        );
    }

    #[test]
    fn an_implicit_feature_is_found() {
        assert_eq!(
            breaches_after("b = [\"dep:b\"]", "b = []"),
            ["b makes a feature of its own name"]
        );
    }

    #[test]
    fn default_features_in_the_root_are_found() {
        let root = "[workspace.dependencies]\na = { path = \"a\" }\nb = { version = \"1\", default-features = false }\nc = \"1\"\n";
        assert_eq!(breaches(root), ["c comes with its default features"]);
    }

    #[test]
    fn a_broken_manifest_is_found() {
        assert_eq!(breaches("[package").len(), 1);
    }
}
