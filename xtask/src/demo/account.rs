//! Whether every event arrived: what the service accepted against the lines of its log, once while
//! it runs and once when it has ended.

use std::fmt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rra_schema::metrics::pipeline;

use super::last_words;
use super::log::LogCounts;
use super::scrape::Samples;
use super::service::Service;
use crate::failure::Failure;

/// Longest wait for the last lines to reach the log.
const SETTLE_DEADLINE: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(50);

/// The file sink's account against the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    /// Events the pipeline accepted for the file.
    pub(crate) accepted: u64,
    /// Events it gave up.
    pub(crate) dropped: u64,
    /// Lines in the log.
    pub(crate) lines: u64,
}

impl Account {
    /// Waits until the log has a line for every accepted event, or the deadline passes.
    ///
    /// # Errors
    /// When metrics or log cannot be read.
    pub(crate) fn settle(service: &Service) -> Result<Self, Failure> {
        let deadline = Instant::now() + SETTLE_DEADLINE;
        loop {
            let samples = service.scrape()?;
            let account = Self::take(&samples, LogCounts::read(&service.log)?.lines);
            if account.is_even() || Instant::now() >= deadline {
                return Ok(account);
            }
            thread::sleep(POLL);
        }
    }

    /// The account when the service has ended, from its last words.
    ///
    /// # Errors
    /// [`Failure::Found`] when an event has no line, was dropped, or the words say no account.
    pub(crate) fn close(log: &Path, farewell: &str) -> Result<Self, Failure> {
        let number = |key| last_words::number(farewell, key);
        let (Some(accepted), Some(dropped)) = (number("accepted="), number("dropped=")) else {
            return Err(Failure::Found(
                "the service ended without an account".to_owned(),
            ));
        };
        let lines = LogCounts::read(log)?.lines;
        let account = Self {
            accepted,
            dropped,
            lines,
        };
        if !account.is_even() {
            return Err(Failure::Found(account.to_string()));
        }
        Ok(account)
    }

    /// Whether nothing is missing.
    pub(crate) fn is_even(&self) -> bool {
        self.dropped == 0 && self.lines == self.accepted
    }

    fn take(samples: &Samples, lines: u64) -> Self {
        let file = [("sink", "file")];
        Self {
            accepted: whole(samples.sum(&pipeline::EVENTS_ACCEPTED, &file)),
            dropped: whole(samples.sum(&pipeline::EVENTS_DROPPED, &file)),
            lines,
        }
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.is_even() {
            "nothing lost"
        } else {
            "LOSSES"
        };
        let Self {
            accepted,
            dropped,
            lines,
        } = self;
        write!(
            f,
            "{accepted} events accepted, {lines} lines in the log, {dropped} dropped: {verdict}"
        )
    }
}

/// Counters are whole numbers; a demo's stay far below what a float holds exactly.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counters are whole and not negative"
)]
fn whole(counter: f64) -> u64 {
    counter as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(accepted: u64, dropped: u64, lines: u64, expected: bool) {
        let account = Account {
            accepted,
            dropped,
            lines,
        };
        assert_eq!(account.is_even(), expected, "{account}");
    }

    #[test]
    fn every_event_with_a_line_is_even() {
        check(7, 0, 7, true);
    }

    #[test]
    fn a_missing_a_dropped_and_a_doubled_line_are_not() {
        check(7, 0, 6, false);
        check(7, 1, 7, false);
        check(7, 0, 8, false);
    }

    #[test]
    fn a_service_without_last_words_is_found_out() {
        let ended = Account::close(Path::new("no-such.log"), "bye");
        assert!(matches!(ended, Err(Failure::Found(_))));
    }

    #[test]
    fn the_metrics_of_the_file_sink_are_read() {
        let text = "rra_pipeline_events_accepted_total{sink=\"file\"} 5\n\
                    rra_pipeline_events_accepted_total{sink=\"other\"} 9\n\
                    rra_pipeline_events_dropped_total{sink=\"file\",reason=\"queue_full\"} 1\n";
        let account = Account::take(&Samples::parse(text), 5);
        assert_eq!((account.accepted, account.dropped), (5, 1));
    }
}
