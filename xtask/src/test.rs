//! `cargo xtask test`: everything that must hold, in stages.

use std::process::Command;

use crate::failure::Failure;

/// The stages and the command line of each.
const STAGES: &[(&str, &str)] = &[
    ("format", "fmt --all --check"),
    (
        "lints",
        "clippy --workspace --all-targets --all-features -- -D warnings",
    ),
    ("tests", "test --workspace --all-features --all-targets"),
];

/// Runs every stage.
pub(crate) fn run(mut arguments: lexopt::Parser) -> Result<(), Failure> {
    if let Some(argument) = arguments.next()? {
        return Err(argument.unexpected().into());
    }
    for (name, line) in STAGES {
        let ended = Command::new("cargo")
            .args(line.split(' '))
            .status()
            .map_err(|error| Failure::Broken(format!("cargo cannot be started: {error}")))?;
        if !ended.success() {
            return Err(Failure::Found(format!("stage {name} failed")));
        }
    }
    Ok(())
}
