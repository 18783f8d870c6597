//! Starting other programs from the top folder, with their output passed on or taken.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

use crate::failure::Failure;
use crate::workspace::root;

/// A program to start in the top folder of the repository.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root());
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
