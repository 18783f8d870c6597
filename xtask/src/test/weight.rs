//! How heavy our crates make a service: third-party crates are counted, and what would bring a
//! TLS stack or gRPC along is refused where nobody asked for a network.

use std::collections::{BTreeMap, BTreeSet};

use crate::failure::Failure;
use crate::program::{output, program};
use crate::workspace::Workspace;

/// Most third-party crates below `rra-schema`, which every service takes.
const SCHEMA_MAX_CRATES: usize = 12;
/// The crate whose features a service chooses from.
const UMBRELLA: &str = "rra-observability";
/// Features that talk to a service elsewhere, and may bring what that takes.
const NETWORK_FEATURES: [&str; 5] = ["cloudwatch", "otel", "otlp", "pagerduty", "tls"];
/// A TLS stack or gRPC, by the crates at its heart.
const NETWORK_STACKS: [&str; 8] = [
    "aws-lc-rs",
    "aws-lc-sys",
    "native-tls",
    "openssl-sys",
    "prost",
    "ring",
    "rustls",
    "tonic",
];

/// Counts and looks.
pub(super) fn check() -> Result<(), Failure> {
    let workspace = Workspace::load()?;
    check_schema(&workspace)?;

    let default = third_party(&workspace, &["--package", UMBRELLA])?;
    check_quiet("by default", &default)?;

    let features = workspace
        .package(UMBRELLA)
        .map(|package| quiet_features(&package.features))
        .unwrap_or_default();
    let selection = features.join(",");
    let quiet = third_party(
        &workspace,
        &[
            "--package",
            UMBRELLA,
            "--no-default-features",
            "--features",
            &selection,
        ],
    )?;
    check_quiet(&format!("with {selection}"), &quiet)
}

fn check_schema(workspace: &Workspace) -> Result<(), Failure> {
    let crates = third_party(workspace, &["--package", "rra-schema"])?;
    let names: Vec<&str> = crates.iter().map(String::as_str).collect();
    println!(
        "rra-schema: {} third-party crates: {}",
        names.len(),
        names.join(" ")
    );
    if names.len() <= SCHEMA_MAX_CRATES {
        return Ok(());
    }
    Err(Failure::Found(format!(
        "rra-schema brings {} crates, at most {SCHEMA_MAX_CRATES} are allowed",
        names.len()
    )))
}

/// Refuses a TLS stack or gRPC among the crates.
fn check_quiet(selection: &str, crates: &BTreeSet<String>) -> Result<(), Failure> {
    println!(
        "{UMBRELLA} {selection}: {} third-party crates",
        crates.len()
    );
    let loud: Vec<&str> = NETWORK_STACKS
        .into_iter()
        .filter(|stack| crates.contains(*stack))
        .collect();
    if loud.is_empty() {
        return Ok(());
    }
    Err(Failure::Found(format!(
        "{UMBRELLA} {selection} brings {}; `cargo tree --invert` says through whom",
        loud.join(", ")
    )))
}

/// The features that switch on no network, directly or through another feature.
fn quiet_features(features: &BTreeMap<String, Vec<String>>) -> Vec<&str> {
    features
        .keys()
        .map(String::as_str)
        .filter(|name| {
            let brings = everything_brought_by(features, name);
            NETWORK_FEATURES.iter().all(|loud| !brings.contains(loud))
        })
        .collect()
}

/// The feature itself, and all that it switches on.
fn everything_brought_by<'a>(
    features: &'a BTreeMap<String, Vec<String>>,
    feature: &'a str,
) -> BTreeSet<&'a str> {
    let mut brought = BTreeSet::new();
    let mut open = vec![feature];
    while let Some(name) = open.pop() {
        if brought.insert(name) {
            open.extend(features.get(name).into_iter().flatten().map(String::as_str));
        }
    }
    brought
}

/// The crates from outside that the selected build of ours links.
fn third_party(workspace: &Workspace, selection: &[&str]) -> Result<BTreeSet<String>, Failure> {
    let tree = output(
        program("cargo")
            .args(["tree", "--edges", "normal", "--prefix", "none"])
            .args(["--format", "{p}"])
            .args(selection),
    )?;
    Ok(tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .filter(|name| !name.is_empty() && workspace.package(name).is_none())
        .map(str::to_owned)
        .collect())
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::{check_quiet, quiet_features};

    fn check(features: &[(&str, &[&str])], expected: &[&str]) {
        let features: BTreeMap<String, Vec<String>> = features
            .iter()
            .map(|(name, brings)| {
                let brings = brings.iter().map(|&entry| entry.to_owned()).collect();
                ((*name).to_owned(), brings)
            })
            .collect();
        assert_eq!(quiet_features(&features), expected);
    }

    #[test]
    fn a_feature_of_the_network_is_not_quiet() {
        check(
            &[("file", &["dep:rra-sink-file"]), ("otel", &[])],
            &["file"],
        );
    }

    #[test]
    fn a_feature_that_brings_one_is_not_quiet() {
        check(
            &[("file", &[]), ("full", &["file", "otel"]), ("otel", &[])],
            &["file"],
        );
    }

    #[test]
    fn a_tls_stack_is_found() {
        let crates = BTreeSet::from(["ring".to_owned(), "serde".to_owned()]);
        assert!(check_quiet("by default", &crates).is_err());
    }

    #[test]
    fn other_crates_are_quiet() {
        let crates = BTreeSet::from(["serde".to_owned(), "ring-buffer".to_owned()]);
        assert!(check_quiet("by default", &crates).is_ok());
    }
}
