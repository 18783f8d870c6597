//! How long a lane rests between two attempts at a sink that is down. Pure.

use std::time::Duration;

/// Doubles the rest from `first` to `longest`, and starts again after a success.
#[derive(Clone, Debug)]
pub(crate) struct Backoff {
    first: Duration,
    longest: Duration,
    next: Duration,
}

impl Backoff {
    pub(crate) fn new(first: Duration, longest: Duration) -> Self {
        Self {
            first,
            longest,
            next: first,
        }
    }

    /// The rest to take now; the one after it is twice as long.
    pub(crate) fn rest(&mut self) -> Duration {
        let rest = self.next.min(self.longest);
        self.next = rest.saturating_mul(2);
        rest
    }

    /// The sink took something: the next failure rests briefly again.
    pub(crate) fn reset(&mut self) {
        self.next = self.first;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_double_up_to_the_longest_and_restart_after_success() {
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_millis(350));
        let rests: Vec<_> = (0..4).map(|_| backoff.rest().as_millis()).collect();
        assert_eq!(rests, [100, 200, 350, 350]);
        backoff.reset();
        assert_eq!(backoff.rest().as_millis(), 100);
    }
}
