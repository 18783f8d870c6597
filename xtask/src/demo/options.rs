//! What the command line of the demo may say.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lexopt::Arg::Long;

use crate::failure::Failure;

/// What to run and for how long.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// A log to replay instead of sending clients.
    pub(crate) input: Option<PathBuf>,
    /// Add Prometheus, Alertmanager and receivers, and bring every alert on.
    pub(crate) is_stack: bool,
    /// How long the service stays up afterwards; until Ctrl-C when not given.
    pub(crate) stay: Option<Duration>,
}

impl Options {
    /// Reads `--input FILE`, `--stack` and `--for DURATION`.
    ///
    /// # Errors
    /// When there is another argument, no such file, or no such duration.
    pub(crate) fn parse(mut arguments: lexopt::Parser) -> Result<Self, Failure> {
        let mut options = Self::default();
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("input") => options.input = Some(existing(Path::new(&arguments.value()?))?),
                Long("stack") => options.is_stack = true,
                Long("for") => {
                    let text = arguments.value()?;
                    options.stay = Some(duration(&text.to_string_lossy())?);
                }
                other => return Err(other.unexpected().into()),
            }
        }
        if options.is_stack && options.input.is_some() {
            let reason = "--stack sends clients, so it takes no --input";
            return Err(Failure::Usage(reason.to_owned()));
        }
        Ok(options)
    }
}

fn existing(path: &Path) -> Result<PathBuf, Failure> {
    let refuse =
        |reason: &dyn Display| Failure::Usage(format!("--input {}: {reason}", path.display()));
    let path = path.canonicalize().map_err(|error| refuse(&error))?;
    path.is_file()
        .then_some(path)
        .ok_or_else(|| refuse(&"this is no file"))
}

/// A whole number of seconds or minutes, such as `20s` or `5m`.
fn duration(text: &str) -> Result<Duration, Failure> {
    let (number, unit) = text.split_at(text.len() - text.chars().last().map_or(0, char::len_utf8));
    let duration = match (number.parse::<u32>(), unit) {
        (Ok(seconds), "s") => Some(Duration::from_secs(seconds.into())),
        (Ok(minutes), "m") => Some(Duration::from_mins(minutes.into())),
        _ => None,
    };
    duration.ok_or_else(|| {
        Failure::Usage(format!(
            "--for {text}: write seconds as 20s or minutes as 5m"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(words: &[&str], stay: Option<Duration>) {
        let parser = lexopt::Parser::from_args(words.iter().copied());
        assert_eq!(
            Options::parse(parser).ok().map(|options| options.stay),
            Some(stay)
        );
    }

    fn refused(words: &[&str]) {
        let parser = lexopt::Parser::from_args(words.iter().copied());
        assert!(
            matches!(Options::parse(parser), Err(Failure::Usage(_))),
            "{words:?}"
        );
    }

    #[test]
    fn without_arguments_it_stays_until_ctrl_c() {
        check(&[], None);
    }

    #[test]
    fn seconds_and_minutes_are_understood() {
        check(&["--for", "20s"], Some(Duration::from_secs(20)));
        check(&["--for=2m"], Some(Duration::from_mins(2)));
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        refused(&["--for", "20"]);
        refused(&["--for", ""]);
        refused(&["--for", "s"]);
    }

    #[test]
    fn what_is_no_file_is_refused() {
        refused(&["--input", "no-such-file.log"]);
        // Service and demo both read it, so it must be there twice.
        refused(&["--input", env!("CARGO_MANIFEST_DIR")]);
        refused(&["--input", "/dev/null"]);
    }
}
