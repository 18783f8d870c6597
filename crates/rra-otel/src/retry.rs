//! How long to wait before a batch is sent again (OTLP specification, "Failures"). Pure: randomness
//! comes in as a number.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(5);

/// The pauses of one batch.
#[derive(Debug)]
pub(crate) struct Backoff {
    next: Duration,
}

impl Backoff {
    pub(crate) fn new() -> Self {
        Self { next: FIRST }
    }

    /// The next pause: about twice the one before, never shorter than the receiver asked. Half of
    /// it is random, so that many clients of one receiver do not come back together.
    pub(crate) fn next(&mut self, asked: Option<Duration>, random: u64) -> Duration {
        let half = self.next / 2;
        #[expect(clippy::cast_precision_loss, reason = "a share needs no more digits")]
        let share = random as f64 / u64::MAX as f64;
        let pause = half + half.mul_f64(share);
        self.next = (self.next * 2).min(LONGEST);
        asked.map_or(pause, |asked| asked.max(pause))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(random: u64, expected_millis: [u64; 7]) {
        let mut backoff = Backoff::new();
        let pauses = expected_millis.map(|_| backoff.next(None, random));
        assert_eq!(pauses, expected_millis.map(Duration::from_millis));
    }

    #[test]
    fn pauses_double_up_to_a_bound() {
        check(u64::MAX, [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]);
    }

    #[test]
    fn half_of_a_pause_is_random() {
        check(0, [125, 250, 500, 1_000, 2_000, 2_500, 2_500]);
    }

    #[test]
    fn a_receiver_may_ask_for_longer_and_not_for_shorter() {
        let asked = |millis| Some(Duration::from_millis(millis));
        assert_eq!(Backoff::new().next(asked(9_000), 0), Duration::from_secs(9));
        assert_eq!(Backoff::new().next(asked(1), 0), Duration::from_millis(125));
    }
}
