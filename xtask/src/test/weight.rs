//! How heavy our crates make a service, in third-party crates.

use std::collections::BTreeSet;

use crate::failure::Failure;
use crate::program::{output, program};
use crate::workspace::Workspace;

/// Most third-party crates below `rra-schema`, which every service takes.
const SCHEMA_MAX_CRATES: usize = 12;
/// Counts and looks.
pub(super) fn check() -> Result<(), Failure> {
    let workspace = Workspace::load()?;
    let below_schema = third_party(&workspace, &["--package", "rra-schema"])?;
    let names: Vec<&str> = below_schema.iter().map(String::as_str).collect();
    println!(
        "rra-schema: {} third-party crates: {}",
        names.len(),
        names.join(" ")
    );
    if names.len() > SCHEMA_MAX_CRATES {
        return Err(Failure::Found(format!(
            "rra-schema brings {} crates, at most {SCHEMA_MAX_CRATES} are allowed",
            names.len()
        )));
    }
    Ok(())
}

/// The crates from outside that the selected build of ours links.
fn third_party(workspace: &Workspace, selection: &[&str]) -> Result<BTreeSet<String>, Failure> {
    let tree = output(
        program("cargo")
            .args([
                "tree", "--edges", "normal", "--prefix", "none", "--format", "{p}",
            ])
            .args(selection),
    )?;
    Ok(tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .filter(|name| !name.is_empty() && workspace.package(name).is_none())
        .map(str::to_owned)
        .collect())
}
