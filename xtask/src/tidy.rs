//! `cargo xtask tidy`: the rules of this repository that no compiler knows.
//!
//! Each rule is a file below `tidy/` with a pure `check`, and its own tests with a mistake that
//! must be found. Tidy never writes; every finding says how to mend it.

mod catalogue_names;
mod dependencies;
mod feature_docs;
mod file_length;
mod finding;
mod function_length;
mod layers;
mod lib_door;
mod machine_paths;
mod manifests;
mod module_doc;
mod module_names;
mod source;
mod text_only;
mod tree;
mod unfinished;

use crate::failure::Failure;
use crate::workspace::{self, Workspace};
use finding::Finding;
use source::Source;
use tree::{TextFile, Tree};

/// The rules that look at one Rust file.
const SOURCE_RULES: [fn(&Source) -> Vec<Finding>; 7] = [
    catalogue_names::check,
    file_length::check,
    function_length::check,
    lib_door::check,
    module_doc::check,
    module_names::check,
    unfinished::check,
];

/// The verb: no argument, then [`check`].
///
/// # Errors
/// As [`check`], and [`Failure::Usage`].
pub(crate) fn run(mut arguments: lexopt::Parser) -> Result<(), Failure> {
    if let Some(argument) = arguments.next()? {
        return Err(argument.unexpected().into());
    }
    check()
}

/// Runs every rule and prints what it finds.
///
/// # Errors
/// [`Failure::Found`] when a rule is broken.
pub(crate) fn check() -> Result<(), Failure> {
    let Tree { files, not_text } = tree::read(workspace::root())?;
    let mut findings = check_files(&files);
    findings.extend(check_workspace(&files)?);
    findings.extend(text_only::check(&not_text));
    for finding in &findings {
        println!("{finding}");
    }
    if findings.is_empty() {
        println!("tidy: {} files, nothing to mend", files.len());
        return Ok(());
    }
    Err(Failure::Found(format!("tidy: {} to mend", findings.len())))
}

fn check_files(files: &[TextFile]) -> Vec<Finding> {
    files
        .iter()
        .flat_map(|file| {
            let mut findings = machine_paths::check(file, workspace::root());
            if file.is_rust() {
                findings.extend(check_rust(file));
            } else if file.is_manifest() {
                findings.extend(manifests::check(file));
                findings.extend(feature_docs::check(file));
            }
            findings
        })
        .collect()
}

fn check_rust(file: &TextFile) -> Vec<Finding> {
    match Source::parse(file) {
        Ok(source) => SOURCE_RULES.iter().flat_map(|rule| rule(&source)).collect(),
        Err(finding) => vec![finding],
    }
}

fn check_workspace(files: &[TextFile]) -> Result<Vec<Finding>, Failure> {
    let root_manifest = files
        .iter()
        .find(|file| file.path == "Cargo.toml")
        .map_or("", |file| &file.text);
    let mut findings = layers::check(&Workspace::load()?, root_manifest);
    findings.extend(dependencies::check(files));
    Ok(findings)
}
