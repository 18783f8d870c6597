//! How the tests are run: the workspace is built once, then its own tests and the end-to-end
//! tests are picked from the same build.
//!
//! Choosing tests by package would make cargo choose features by package too, and build the
//! dependencies a second time. So they are chosen by a filter of nextest, or by the names of the
//! test programs.

use crate::failure::Failure;
use crate::program::{answers, program, run};
use crate::workspace::{Package, Workspace};

/// The package whose tests start other programs.
const END_TO_END: &str = "rra-tests";
/// Every suite builds exactly this.
const EVERYTHING: [&str; 2] = ["--workspace", "--all-features"];

/// Builds what the suites start, and starts nothing.
pub(super) fn build() -> Result<(), Failure> {
    run(program("cargo")
        .args(["test", "--quiet", "--no-run"])
        .args(EVERYTHING))
}

/// The tests beside the code: unit, property and integration tests.
pub(super) fn own() -> Result<(), Failure> {
    if has_nextest() {
        return nextest(&format!("not package({END_TO_END})"));
    }
    let mut arguments = vec!["--lib", "--bins", "--examples"];
    let workspace = Workspace::load()?;
    for package in &workspace.packages {
        if package.name != END_TO_END {
            arguments.extend(test_programs(package));
        }
    }
    cargo_test(&arguments)
}

/// The tests that run the finished whole against the real programs around it.
pub(super) fn end_to_end() -> Result<(), Failure> {
    if has_nextest() {
        return nextest(&format!("package({END_TO_END})"));
    }
    let workspace = Workspace::load()?;
    let package = workspace
        .package(END_TO_END)
        .ok_or_else(|| Failure::Broken(format!("there is no package {END_TO_END}")))?;
    cargo_test(&test_programs(package))
}

/// The examples in the documentation.
pub(super) fn documentation() -> Result<(), Failure> {
    cargo_test(&["--doc"])
}

fn nextest(filter: &str) -> Result<(), Failure> {
    run(program("cargo")
        .args(["nextest", "run", "--no-fail-fast"])
        .args(EVERYTHING)
        .args(["--filterset", filter]))
}

fn cargo_test(selection: &[&str]) -> Result<(), Failure> {
    run(program("cargo")
        .args(["test", "--no-fail-fast"])
        .args(EVERYTHING)
        .args(selection))
}

fn has_nextest() -> bool {
    answers("cargo", &["nextest", "--version"])
}

/// `--test NAME` for every integration test of the package.
fn test_programs(package: &Package) -> Vec<&str> {
    package
        .targets
        .iter()
        .filter(|target| target.kind.iter().any(|kind| kind == "test"))
        .flat_map(|target| ["--test", target.name.as_str()])
        .collect()
}
