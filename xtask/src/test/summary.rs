//! The table at the end of `cargo xtask test`, and the verdict over all stages.

use std::time::Duration;

use crate::failure::Failure;

/// What became of one stage.
pub(super) struct Outcome {
    pub(super) stage: &'static str,
    pub(super) took: Duration,
    pub(super) ending: Ending,
}

/// How a stage ended.
pub(super) enum Ending {
    /// All of it holds.
    Passed,
    /// Something does not hold, for this reason.
    Failed(String),
    /// It was not tried, for this reason.
    NotDone(String),
}

/// Prints one line for each stage.
pub(super) fn print(outcomes: &[Outcome]) {
    println!("\n{:<14}{:>8}  result", "stage", "seconds");
    for Outcome {
        stage,
        took,
        ending,
    } in outcomes
    {
        let result = match ending {
            Ending::Passed => "passed".to_owned(),
            Ending::Failed(reason) => format!("FAILED: {reason}"),
            Ending::NotDone(reason) => format!("NOT DONE: {reason}"),
        };
        println!("{stage:<14}{:>8.1}  {result}", took.as_secs_f64());
    }
    let total: Duration = outcomes.iter().map(|outcome| outcome.took).sum();
    println!("{:<14}{:>8.1}", "all", total.as_secs_f64());
}

/// Whether the whole holds: no stage failed, and only `--offline` excuses one that was not done.
///
/// # Errors
/// [`Failure::Found`] with the names of the stages that stand against it.
pub(super) fn judge(outcomes: &[Outcome], is_offline: bool) -> Result<(), Failure> {
    let against: Vec<&str> = outcomes
        .iter()
        .filter(|outcome| match outcome.ending {
            Ending::Passed => false,
            Ending::Failed(_) => true,
            Ending::NotDone(_) => !is_offline,
        })
        .map(|outcome| outcome.stage)
        .collect();
    if against.is_empty() {
        return Ok(());
    }
    Err(Failure::Found(format!(
        "does not hold: {}",
        against.join(", ")
    )))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Ending, Outcome, judge};

    fn verdict(endings: Vec<Ending>, is_offline: bool) -> Result<(), String> {
        let outcomes: Vec<Outcome> = endings
            .into_iter()
            .map(|ending| Outcome {
                stage: "lints",
                took: Duration::ZERO,
                ending,
            })
            .collect();
        judge(&outcomes, is_offline).map_err(|failure| failure.to_string())
    }

    fn not_done() -> Ending {
        Ending::NotDone("needs a network".to_owned())
    }

    #[test]
    fn all_passed_holds() {
        assert_eq!(verdict(vec![Ending::Passed], false), Ok(()));
    }

    #[test]
    fn one_failure_fails_the_whole_even_offline() {
        let endings = vec![Ending::Passed, Ending::Failed("broken".to_owned())];
        assert_eq!(
            verdict(endings, true),
            Err("does not hold: lints".to_owned())
        );
    }

    #[test]
    fn what_was_not_done_fails_unless_offline() {
        assert!(verdict(vec![not_done()], false).is_err());
        assert_eq!(verdict(vec![not_done()], true), Ok(()));
    }
}
