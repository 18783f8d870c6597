//! `cargo xtask test`: everything that must hold, in stages, on a machine with Rust and Debian
//! packages.
//!
//! Owns the order of the stages and the sum at the end. A stage that fails does not stop the next
//! one; a stage that could not be done is named, and fails the whole unless `--offline` was given.

mod end_to_end;
mod features;
mod install;
mod needs;
mod operators;
mod panels;
mod stages;
mod suites;
mod summary;
mod validator;
mod weight;

use std::time::Instant;

use crate::failure::Failure;
use stages::{STAGES, Stage};
use summary::{Ending, Outcome};

/// What the command line asks for.
#[derive(Default)]
struct Options {
    /// Install nothing, and accept that what needs it is not done.
    is_offline: bool,
    /// The stages to run; all when empty.
    only: Vec<String>,
    /// Print the stages and stop.
    is_list: bool,
}

/// Runs the stages and prints what became of each.
///
/// # Errors
/// [`Failure::Found`] when a stage failed or was not done, [`Failure::Usage`] when `--only` names
/// no stage.
pub(crate) fn run(arguments: lexopt::Parser) -> Result<(), Failure> {
    let options = read_options(arguments)?;
    if options.is_list {
        for stage in STAGES {
            println!("{:<14}{}", stage.name, stage.proves);
        }
        return Ok(());
    }
    let outcomes: Vec<Outcome> = chosen(&options.only)?
        .into_iter()
        .map(|stage| run_stage(stage, options.is_offline))
        .collect();
    summary::print(&outcomes);
    summary::judge(&outcomes, options.is_offline)
}

/// Whether `cargo xtask test` has a stage of this name.
pub(crate) fn has_stage(name: &str) -> bool {
    STAGES.iter().any(|stage| stage.name == name)
}

fn read_options(mut arguments: lexopt::Parser) -> Result<Options, Failure> {
    use lexopt::prelude::{Long, ValueExt};

    let mut options = Options::default();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("offline") => options.is_offline = true,
            Long("list") => options.is_list = true,
            Long("only") => options.only.push(arguments.value()?.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(options)
}

/// The stages of those names, in the order they always run.
fn chosen(only: &[String]) -> Result<Vec<&'static Stage>, Failure> {
    if let Some(unknown) = only
        .iter()
        .find(|name| STAGES.iter().all(|stage| stage.name != name.as_str()))
    {
        return Err(Failure::Usage(format!(
            "there is no stage \"{unknown}\", `cargo xtask test --list` names them"
        )));
    }
    Ok(STAGES
        .iter()
        .filter(|stage| only.is_empty() || only.iter().any(|name| name == stage.name))
        .collect())
}

fn run_stage(stage: &'static Stage, is_offline: bool) -> Outcome {
    println!("\n── {} ──", stage.name);
    let start = Instant::now();
    let missing = needs::missing(stage.needs);
    let ending = if missing.is_empty() {
        match (stage.run)(is_offline) {
            Ok(()) => Ending::Passed,
            Err(failure) => Ending::Failed(failure.to_string()),
        }
    } else {
        Ending::NotDone(format!("needs {}", missing.join(", ")))
    };
    Outcome {
        stage: stage.name,
        took: start.elapsed(),
        ending,
    }
}

#[cfg(test)]
mod tests {
    use super::chosen;

    fn names(only: &[&str]) -> Result<Vec<&'static str>, String> {
        let only: Vec<String> = only.iter().map(|&name| name.to_owned()).collect();
        chosen(&only)
            .map(|stages| stages.into_iter().map(|stage| stage.name).collect())
            .map_err(|failure| failure.to_string())
    }

    #[test]
    fn chosen_stages_keep_their_order() {
        assert_eq!(names(&["tidy", "format"]), Ok(vec!["format", "tidy"]));
    }

    #[test]
    fn nothing_chosen_is_everything() {
        assert_eq!(names(&[]).map(|all| all.len()), Ok(super::STAGES.len()));
    }

    #[test]
    fn an_unknown_stage_is_refused() {
        assert!(names(&["speed"]).is_err_and(|reason| reason.contains("\"speed\"")));
    }
}
