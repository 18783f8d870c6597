//! When a lane sends and when it waits. Pure: it is told the time, the dice and what is there.

use std::time::Duration;

use super::RemoteSettings;
use super::answer::Outcome;
use super::breaker::Breaker;
use crate::sink::Fault;

/// Time since the lane started.
pub(super) type Time = Duration;

/// The longest `Retry-After` that is believed.
const LONGEST_RETRY_AFTER: Duration = Duration::from_hours(1);
/// A destination that wants fewer requests is left alone for so many times as long.
const THROTTLED_FACTOR: u32 = 10;

/// The decisions of one lane.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    settings: RemoteSettings,
    breaker: Breaker,
    /// Attempts in a row after which something is left to send again.
    attempts: u32,
    /// Since when events gather.
    gathering_since: Option<Time>,
    /// Nothing is sent before, unless somebody calls for it.
    rest_until: Time,
    /// Nothing is sent before: the destination said so.
    refused_until: Time,
}

/// What there is to send.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Waiting {
    pub(super) events: u64,
    pub(super) bytes: u64,
    /// It has waited long enough: it was sent before, or comes from the spool.
    pub(super) is_old: bool,
}

/// What a lane does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Send; one event only as a `probe`.
    Send { probe: bool },
    /// Wait until then, or for something to send.
    Wait { until: Option<Time> },
}

impl Pace {
    pub(super) fn new(settings: RemoteSettings) -> Self {
        Self {
            settings,
            breaker: Breaker::new(),
            attempts: 0,
            gathering_since: None,
            rest_until: Time::ZERO,
            refused_until: Time::ZERO,
        }
    }

    /// What to do now. Somebody who `called` waits for neither company nor rest; the destination's
    /// own word holds for them too.
    pub(super) fn step(&mut self, now: Time, waiting: Waiting, called: bool) -> Step {
        if waiting.events == 0 {
            self.gathering_since = None;
            return Step::Wait { until: None };
        }
        let gathering_since = *self.gathering_since.get_or_insert(now);
        let mut ready = self.refused_until;
        if !called {
            ready = ready.max(self.rest_until);
            if !self.is_full(waiting) {
                ready = ready.max(gathering_since + self.settings.linger);
            }
        }
        if now < ready {
            return Step::Wait { until: Some(ready) };
        }
        self.gathering_since = None;
        let probe = self.breaker.begin();
        Step::Send { probe }
    }

    fn is_full(&self, waiting: Waiting) -> bool {
        waiting.is_old
            || waiting.events >= self.settings.max_batch_events as u64
            || waiting.bytes >= self.settings.max_batch_bytes as u64
    }

    /// What came of sending. `dice` is a random number.
    pub(super) fn answered(&mut self, now: Time, outcome: Outcome, dice: u64) {
        let (factor, retry_after) = match outcome {
            Outcome::Settled => {
                self.breaker.close();
                self.attempts = 0;
                self.rest_until = now;
                return;
            }
            Outcome::Partly { retry_after } => {
                self.breaker.close();
                (1, retry_after)
            }
            // It works, and is busy.
            Outcome::Failed {
                fault: Fault::Throttled,
                retry_after,
            } => {
                self.breaker.close();
                (THROTTLED_FACTOR, retry_after)
            }
            Outcome::Failed { fault, retry_after } => {
                self.breaker.fail(fault);
                (1, retry_after)
            }
        };
        let rest = if self.breaker.is_closed() {
            share(self.longest_rest(factor), dice)
        } else {
            let half = self.settings.longest_retry / 2;
            half + share(half, dice)
        };
        self.attempts = self.attempts.saturating_add(1);
        self.rest_until = now + rest;
        let refused = retry_after.unwrap_or_default().min(LONGEST_RETRY_AFTER);
        self.refused_until = now + refused;
    }

    /// The rest doubles with each attempt.
    fn longest_rest(&self, factor: u32) -> Duration {
        let doubled = 1_u32.checked_shl(self.attempts).unwrap_or(u32::MAX);
        let first = self.settings.first_retry.saturating_mul(factor);
        first
            .saturating_mul(doubled)
            .min(self.settings.longest_retry)
    }

    /// Whether the destination is left alone because it failed too often.
    pub(super) fn is_away(&self) -> bool {
        !self.breaker.is_closed()
    }
}

/// Full jitter: anything from nothing to the whole, so that many services that were cut off at once
/// do not come back at once.
fn share(whole: Duration, dice: u64) -> Duration {
    let nanos = u64::try_from(whole.as_nanos()).unwrap_or(u64::MAX);
    let part = (u128::from(nanos) * u128::from(dice)) >> 64;
    Duration::from_nanos(u64::try_from(part).unwrap_or(nanos))
}

#[cfg(test)]
mod tests;
