//! A dependency of the workspace is used by a crate, and `docs/architecture.md` says why it is
//! worth its weight.

use toml::{Table, Value};

use super::finding::{Finding, line_of};
use super::manifests::names_of_dependencies;
use super::tree::TextFile;

const REASONS: &str = "docs/architecture.md";

/// Compares the root manifest with the crates' manifests and with the page of reasons.
pub(super) fn check(files: &[TextFile]) -> Vec<Finding> {
    let Some(root) = files.iter().find(|file| file.path == "Cargo.toml") else {
        return Vec::new();
    };
    let reasons = files
        .iter()
        .find(|file| file.path == REASONS)
        .map_or("", |file| &file.text);
    let used: Vec<String> = files
        .iter()
        .filter(|file| file.is_manifest())
        .flat_map(|file| names_of_dependencies(&file.text))
        .collect();

    let mut findings = Vec::new();
    for name in foreign(&root.text) {
        let mut find = |wrong: String, mend: &str| {
            findings.push(Finding {
                rule: "dependencies",
                file: root.path.clone(),
                line: line_of(&root.text, &format!("{name} = ")),
                wrong,
                mend: mend.to_owned(),
            });
        };
        if !used.contains(&name) {
            find(format!("no crate uses {name}"), "delete the line");
        }
        if !reasons.contains(&format!("`{name}`")) {
            find(
                format!("nobody says why {name} is worth its weight"),
                "give it a sentence in docs/architecture.md",
            );
        }
    }
    findings
}

/// The dependencies that come from elsewhere.
fn foreign(root_manifest: &str) -> Vec<String> {
    let root: Table = root_manifest.parse().unwrap_or_default();
    root.get("workspace")
        .and_then(|workspace| workspace.get("dependencies"))
        .and_then(Value::as_table)
        .into_iter()
        .flatten()
        .filter(|(_, entry)| entry.get("path").is_none())
        .map(|(name, _)| name.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{REASONS, TextFile, check};

    /// What is found when the root lists `far` and the crate `near`, and a crate uses these.
    fn breaches(used: &str, reasons: &str) -> Vec<String> {
        let root = "[workspace.dependencies]\nnear = { path = \"near\" }\nfar = \"1\"\n";
        let files = [
            ("Cargo.toml", root.to_owned()),
            ("near/Cargo.toml", format!("[dependencies]\n{used}\n")),
            (REASONS, reasons.to_owned()),
        ];
        let files = files.map(|(path, text)| TextFile {
            path: path.to_owned(),
            text,
        });
        check(&files)
            .into_iter()
            .map(|finding| finding.wrong)
            .collect()
    }

    #[test]
    fn a_used_and_explained_dependency_is_clean() {
        assert_eq!(breaches("far.workspace = true", "`far` sees."), [""; 0]);
    }

    #[test]
    fn an_unused_dependency_is_found() {
        assert_eq!(breaches("", "`far` sees."), ["no crate uses far"]);
    }

    #[test]
    fn an_unexplained_dependency_is_found() {
        assert_eq!(
            breaches("far.workspace = true", "far away"),
            ["nobody says why far is worth its weight"]
        );
    }
}
