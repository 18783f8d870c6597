//! cargo-deny: where it is, how it is installed, and `cargo xtask advisories`, its part that
//! needs the network each time.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::failure::Failure;
use crate::program::{answers, program, run};
use crate::workspace::root;

/// Pinned, because a new version may know new checks. `tests/python/requirements.txt` has the same.
const VERSION: &str = "0.20.2";

/// The verb: looks for known vulnerabilities among what we link.
///
/// No stage of `cargo xtask test`: the database of advisories changes without our doing and lies
/// on a host that many build machines cannot reach.
///
/// # Errors
/// When a crate has an advisory against it, or the database cannot be reached.
pub(crate) fn advisories(mut arguments: lexopt::Parser) -> Result<(), Failure> {
    if let Some(argument) = arguments.next()? {
        return Err(argument.unexpected().into());
    }
    install()?;
    run(command().args(["check", "advisories"]))
}

/// Whether it is on the path or below `target/`.
pub(crate) fn is_installed() -> bool {
    is_on_path() || own().is_some()
}

/// Builds it below `target/`, unless it is there: on Linux it came with the Python packages, as
/// Astral builds it, which saves two minutes of two cores.
///
/// Without optimisation, because it runs for two seconds and its build is what takes the time.
///
/// # Errors
/// When the registry cannot be reached or the build fails.
pub(crate) fn install() -> Result<(), Failure> {
    if is_installed() {
        return Ok(());
    }
    run(program("cargo")
        .args(["install", "--locked", "--debug", "--no-default-features"])
        .args(["--root", "target/tools"])
        .args(["--target-dir", "target/tools/build"])
        .args(["--version", VERSION, "cargo-deny"])
        .env("CARGO_PROFILE_DEV_DEBUG", "none"))?;
    fs::remove_dir_all(root().join("target/tools/build"))
        .map_err(|error| Failure::Broken(format!("target/tools cannot be written: {error}")))
}

/// A command that starts it.
pub(crate) fn command() -> Command {
    own().map_or_else(|| program("cargo-deny"), program)
}

fn is_on_path() -> bool {
    answers("cargo-deny", &["--version"])
}

/// The one below `target/`.
fn own() -> Option<PathBuf> {
    ["target/venv/bin/cargo-deny", "target/tools/bin/cargo-deny"]
        .map(|path| root().join(path))
        .into_iter()
        .find(|path| path.exists())
}

#[cfg(test)]
mod tests {
    #[test]
    fn both_ways_to_install_it_give_the_same_version() {
        let packages = include_str!("../../tests/python/requirements.txt");
        let line = format!("\nastral-dev-toolchain-cargo-deny=={};", super::VERSION);
        assert!(packages.contains(&line), "{packages}");
    }
}
