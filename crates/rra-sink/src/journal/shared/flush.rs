//! Waiting until every lane has what was accepted before.

use std::time::{Duration, Instant};

use super::Shared;
use crate::deadline;
use crate::error::Error;

/// How far one lane must come.
struct Target {
    lane: usize,
    /// The place in its spool, known once it has passed the rings.
    in_spool: Option<u64>,
    /// Its failed attempts before.
    failures: u64,
}

impl Shared {
    pub(crate) fn flush(&self, deadline: Duration) -> Result<(), Error> {
        if !self.home.is_here() {
            return Err(Error::Late {
                waited: Duration::ZERO,
                pending: 0,
            });
        }
        let start = Instant::now();
        let heads: Vec<u64> = self.rings.iter().map(|ring| ring.head()).collect();
        let mut targets: Vec<_> = self.targets().collect();
        self.ring_bells();
        self.progress.wait_until(deadline::after(deadline), || {
            targets.retain_mut(|target| !self.is_reached(target, &heads));
            targets.iter().all(|target| self.is_hopeless(target))
        });
        if targets.is_empty() {
            return Ok(());
        }
        Err(Error::Late {
            waited: start.elapsed().min(deadline),
            pending: self.most_pending(),
        })
    }

    fn targets(&self) -> impl Iterator<Item = Target> {
        self.lanes.iter().enumerate().map(|(lane, state)| Target {
            lane,
            in_spool: None,
            failures: state.account().failures,
        })
    }

    /// What was in the rings then is delivered, or lies in the spool and is delivered.
    fn is_reached(&self, target: &mut Target, heads: &[u64]) -> bool {
        let account = self.lanes[target.lane].account();
        if self.in_rings(target.lane, heads) > 0 {
            return false;
        }
        let in_spool = *target.in_spool.get_or_insert(account.backlog.next);
        account.backlog.front >= in_spool
    }

    /// The destination is away, was tried once more, and what waits for it waits on disk: nobody gains
    /// anything from waiting too.
    fn is_hopeless(&self, target: &Target) -> bool {
        let account = self.lanes[target.lane].account();
        account.backlog.is_on_disk && account.is_away && account.failures > target.failures
    }
}
