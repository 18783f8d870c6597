//! A token bucket for each agent: a burst is allowed, a steady stream above the refill is not.

use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Requests an agent may make at once, unless told otherwise.
pub(crate) const BURST: u32 = 60;
/// Time until a bucket is full again, and so the window of the limit.
pub(crate) const WINDOW: Duration = Duration::from_secs(6);

/// The buckets. Bounded by the agents that have keys: only they are asked about.
#[derive(Debug)]
pub(crate) struct Buckets {
    burst: u32,
    of: HashMap<String, Bucket>,
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    filled: Instant,
}

/// What became of a request for a token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    /// Whether there was one left.
    pub(crate) is_allowed: bool,
    /// How much of the bucket is used now, from 0 to 1.
    pub(crate) used: f64,
    /// Requests the agent may make at once.
    pub(crate) burst: u32,
}

impl Buckets {
    /// Buckets for bursts of so many requests.
    pub(crate) fn new(burst: u32) -> Self {
        Self {
            burst,
            of: HashMap::new(),
        }
    }

    /// Takes a token for `agent` at `now`.
    pub(crate) fn take(&mut self, agent: &str, now: Instant) -> Taken {
        let burst = f64::from(self.burst);
        if !self.of.contains_key(agent) {
            self.of.insert(agent.to_owned(), Bucket::full(burst, now));
        }
        let bucket = self.of.get_mut(agent);
        let is_allowed = bucket.is_some_and(|bucket| bucket.take(burst, now));
        let left = self.of.get(agent).map_or(0.0, |bucket| bucket.tokens);
        Taken {
            is_allowed,
            used: 1.0 - left / burst,
            burst: self.burst,
        }
    }
}

impl Bucket {
    fn full(burst: f64, now: Instant) -> Self {
        Self {
            tokens: burst,
            filled: now,
        }
    }

    fn take(&mut self, burst: f64, now: Instant) -> bool {
        let since = now.saturating_duration_since(self.filled).as_secs_f64();
        let refill = since * burst / WINDOW.as_secs_f64();
        self.tokens = (self.tokens + refill).min(burst);
        self.filled = now;
        let allowed = self.tokens >= 1.0;
        if allowed {
            self.tokens -= 1.0;
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_the_next_request_does_not() {
        let (mut buckets, now) = (Buckets::new(BURST), Instant::now());
        let passed = (0..100)
            .filter(|_| buckets.take("a-1", now).is_allowed)
            .count();
        assert_eq!(passed, 60);
    }

    #[test]
    fn a_bucket_fills_again_with_time() {
        let (mut buckets, now) = (Buckets::new(BURST), Instant::now());
        while buckets.take("a-1", now).is_allowed {}
        assert!(buckets.take("a-1", now + Duration::from_secs(1)).is_allowed);
    }

    #[test]
    fn a_bucket_tells_how_much_is_used() {
        let (mut buckets, now) = (Buckets::new(BURST), Instant::now());
        let used = (0..30).map(|_| buckets.take("a-1", now).used).last();
        assert!(used.is_some_and(|used| (used - 0.5).abs() < 1e-9));
    }

    #[test]
    fn agents_do_not_share_a_bucket() {
        let (mut buckets, now) = (Buckets::new(BURST), Instant::now());
        while buckets.take("a-1", now).is_allowed {}
        assert!(buckets.take("a-2", now).is_allowed);
    }
}
