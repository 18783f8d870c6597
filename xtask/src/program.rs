//! Starting other programs from the top folder, with their output passed on or taken.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

use crate::failure::Failure;
use crate::workspace::root;

/// What `cargo run` says of this program to it. The build of `ring` depends on some of these, so that each
/// change between `cargo build` and a verb would build it anew, and half of the dependencies with it.
const OF_OURSELVES: [&str; 6] = [
    "CARGO_MANIFEST_DIR",
    "CARGO_PKG_NAME",
    "CARGO_PKG_VERSION_MAJOR",
    "CARGO_PKG_VERSION_MINOR",
    "CARGO_PKG_VERSION_PATCH",
    "CARGO_PKG_VERSION_PRE",
];

/// A program to start in the top folder of the repository.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root());
    for variable in OF_OURSELVES {
        command.env_remove(variable);
    }
    command
}

/// Says what is started, then waits; the program writes to our terminal.
///
/// # Errors
/// [`Failure::Broken`] when it cannot be started, [`Failure::Found`] when it ends badly.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    println!("$ {}", line(command));
    let status = command
        .status()
        .map_err(|error| cannot_start(command, &error))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::Found(format!(
        "`{}` ended with {status}",
        line(command)
    )))
}

/// What the program prints; its errors go to our terminal.
///
/// # Errors
/// As [`run`].
pub(crate) fn output(command: &mut Command) -> Result<String, Failure> {
    let answer = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| cannot_start(command, &error))?;
    if !answer.status.success() {
        let line = line(command);
        return Err(Failure::Found(format!(
            "`{line}` ended with {}",
            answer.status
        )));
    }
    Ok(String::from_utf8_lossy(&answer.stdout).into_owned())
}

/// Whether the program can be started with these arguments and ends well; its output is dropped.
pub(crate) fn answers(name: impl AsRef<OsStr>, arguments: &[&str]) -> bool {
    program(name)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn cannot_start(command: &Command, error: &std::io::Error) -> Failure {
    let name = command.get_program().to_string_lossy();
    Failure::Broken(format!("{name} cannot be started: {error}"))
}

/// The command line as a person would type it.
fn line(command: &Command) -> String {
    let words: Vec<_> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_not_told_that_cargo_runs_us() {
        let told = output(&mut program("env")).unwrap();
        assert!(!told.contains("CARGO_PKG_VERSION_"), "{told}");
        assert!(!told.contains("CARGO_MANIFEST_DIR="), "{told}");
    }
}
