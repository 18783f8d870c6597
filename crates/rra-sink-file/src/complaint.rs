//! A line on standard error about what is wrong with the log, at most once a minute: the log itself
//! cannot say it, and metrics may not be looked at.

use std::io::Write;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const INTERVAL: Duration = Duration::from_mins(1);

/// When the last line was written.
#[derive(Debug, Default)]
pub(crate) struct Complaints {
    last: Mutex<Option<Instant>>,
}

impl Complaints {
    /// Says what is wrong, unless something was said within the last minute.
    pub(crate) fn about(&self, what: &str) {
        if self.is_due(Instant::now()) {
            // Nobody can be told that standard error is closed.
            let _ = writeln!(std::io::stderr(), "rra-sink-file: {what}");
        }
    }

    fn is_due(&self, now: Instant) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = last.is_none_or(|last| now.saturating_duration_since(last) >= INTERVAL);
        if is_due {
            *last = Some(now);
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_a_minute_is_written() {
        let complaints = Complaints::default();
        let start = Instant::now();
        let at = |seconds| complaints.is_due(start + Duration::from_secs(seconds));
        let due: Vec<bool> = [0, 1, 59, 60, 61, 119, 120].map(at).to_vec();
        assert_eq!(due, [true, false, false, true, false, false, true]);
    }
}
