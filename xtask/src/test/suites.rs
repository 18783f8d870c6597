//! How the tests are run: everything is built once, with all features.

use crate::failure::Failure;
use crate::program::{answers, program, run};

/// Every suite builds exactly this.
const EVERYTHING: [&str; 2] = ["--workspace", "--all-features"];

/// The tests beside the code: unit, property and integration tests.
pub(super) fn own() -> Result<(), Failure> {
    let runner: &[&str] = if has_nextest() {
        &["nextest", "run"]
    } else {
        &["test", "--lib", "--bins", "--examples", "--tests"]
    };
    run(program("cargo")
        .args(runner)
        .args(EVERYTHING)
        .arg("--no-fail-fast"))
}

/// The examples in the documentation.
pub(super) fn documentation() -> Result<(), Failure> {
    run(program("cargo").args(["test", "--doc"]).args(EVERYTHING))
}

fn has_nextest() -> bool {
    answers("cargo", &["nextest", "--version"])
}
