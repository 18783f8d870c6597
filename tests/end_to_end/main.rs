//! The finished whole against the real programs around it. Each test is a promise to an operator.
//!
//! The programs must be installed, as `cargo xtask test --only prepare` does: a test that cannot
//! start its program fails.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod prometheus;
mod readers;
mod rotation;
mod traces;

use std::process::Command;
use std::time::Duration;

/// Longer than any test takes, so that only a hang reaches it.
const LONG: Duration = Duration::from_mins(1);

/// A program that Debian may keep where only the path of root leads.
fn system_program(name: &str) -> Command {
    let beside = format!("/usr/sbin/{name}");
    if std::path::Path::new(&beside).exists() {
        Command::new(beside)
    } else {
        Command::new(name)
    }
}

/// Runs the program to its end and returns what it printed; fails with it if the program fails.
fn output(command: &mut Command) -> String {
    let answer = command.output().unwrap();
    let text = String::from_utf8_lossy(&answer.stdout).into_owned();
    let errors = String::from_utf8_lossy(&answer.stderr);
    assert!(answer.status.success(), "{command:?}: {text}{errors}");
    text
}
