//! When the state of the chain is told. Pure.

use std::time::{Duration, Instant};

const LINES: u64 = 1_000;
/// Silence becomes visible: a minute without a checkpoint means that nothing writes.
const INTERVAL: Duration = Duration::from_mins(1);

/// When it was told last.
#[derive(Debug)]
pub(super) struct Checkpoints {
    count: u64,
    time: Instant,
}

impl Checkpoints {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            count: 0,
            time: now,
        }
    }

    /// Whether it is to be told now; then it was.
    pub(super) fn take_due(&mut self, count: u64, now: Instant) -> bool {
        let is_due =
            count - self.count >= LINES || now.saturating_duration_since(self.time) >= INTERVAL;
        if is_due {
            *self = Self { count, time: now };
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_due_after_a_thousand_lines_or_a_minute() {
        let start = Instant::now();
        let mut checkpoints = Checkpoints::new(start);
        let mut due =
            |count, seconds| checkpoints.take_due(count, start + Duration::from_secs(seconds));
        assert!(!due(999, 59));
        assert!(due(1_000, 59));
        assert!(!due(1_999, 60));
        assert!(due(2_000, 60));
        assert!(!due(2_000, 119));
        assert!(due(2_000, 120));
    }
}
