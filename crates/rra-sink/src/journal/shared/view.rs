//! The account and the state as others see them, exact at whatever moment they look. A forked child
//! sees nothing: a lane of its parent may have held a lock at the fork, which nobody opens there.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::{LaneState, Shared};
use crate::lane::{Account, Backlog};
use crate::loss::LossTable;
use crate::report::{Health, Report, SinkReport, SpoolHealth};
use crate::ring::{Fill, Ring};

impl Shared {
    pub(crate) fn report(&self) -> Report {
        if !self.home.is_here() {
            return Report {
                accepted: 0,
                refused: LossTable::default(),
                sinks: Vec::new(),
            };
        }
        // No cursor moves while its account is locked, so every head read after that is beyond it.
        let accounts: Vec<_> = self.lanes.iter().map(LaneState::account).collect();
        let heads: Vec<u64> = self.rings.iter().map(|ring| ring.head()).collect();
        let sinks = accounts
            .iter()
            .enumerate()
            .map(|(lane, account)| SinkReport {
                name: account.name.clone(),
                recovered: account.recovered,
                delivered: account.delivered,
                dropped: account.dropped.clone(),
                pending: self.pending(lane, account, &heads),
                spooled: account.backlog.spooled(),
            });
        Report {
            accepted: heads[self.recovered..].iter().sum(),
            sinks: sinks.collect(),
            refused: self.refused(),
        }
    }

    pub(crate) fn health(&self) -> Vec<Health> {
        if !self.home.is_here() {
            return Vec::new();
        }
        let lanes = self.lanes.iter().enumerate();
        lanes
            .map(|(lane, state)| self.health_of(lane, &state.account()))
            .collect()
    }

    fn health_of(&self, lane: usize, account: &Account) -> Health {
        let shapes = || self.own_rings().iter().map(|ring| ring.shape());
        let most_events = shapes().map(|shape| shape.lines as u64).sum();
        let mut capacity_bytes = shapes().map(|shape| shape.usable_bytes() as u64).sum();
        let Fill { bytes, lines } = self.backlog(lane);
        let mut queued_bytes = bytes as u64;
        let mut queued_events = lines as u64 - account.backlog.settled_in_rings;
        if !account.backlog.is_on_disk {
            queued_bytes += account.backlog.bytes;
            queued_events += account.backlog.pending();
            capacity_bytes += account.backlog.max_bytes;
        }
        Health {
            sink: account.name.clone(),
            up: account.up,
            since: account.since,
            last_error: account.last_error.clone(),
            last_success: account.last_success,
            queued_events,
            queued_bytes,
            capacity_bytes,
            capacity_events: capacity_events(
                queued_events,
                queued_bytes,
                capacity_bytes,
                most_events,
            ),
            spool: account.backlog.is_on_disk.then(|| spool(&account.backlog)),
        }
    }

    fn refused(&self) -> LossTable {
        let mut sum = self.refused_inside().0.clone();
        for ring in self.own_rings() {
            sum.merge(&ring.lock().refused);
        }
        sum
    }

    /// Events before these heads that the lane has not delivered.
    fn pending(&self, lane: usize, account: &Account, heads: &[u64]) -> u64 {
        let backlog = account.backlog;
        self.in_rings(lane, heads) - backlog.settled_in_rings + backlog.pending()
    }

    /// Events before these heads whose place the lane still needs.
    pub(super) fn in_rings(&self, lane: usize, heads: &[u64]) -> u64 {
        let rings = self.rings.iter().zip(heads);
        let left = |(ring, head): (&Arc<Ring>, &u64)| head.saturating_sub(ring.cursor(lane));
        rings.map(left).sum()
    }

    /// Events that the slowest lane has not delivered.
    pub(super) fn most_pending(&self) -> u64 {
        let sinks = self.report().sinks;
        sinks.iter().map(|sink| sink.pending).max().unwrap_or(0)
    }
}

/// How many events fit whose lines are as long as those that wait.
fn capacity_events(events: u64, bytes: u64, capacity_bytes: u64, most: u64) -> u64 {
    let as_long = (capacity_bytes * events).checked_div(bytes);
    as_long.map_or(most, |events| events.min(most))
}

fn spool(backlog: &Backlog) -> SpoolHealth {
    let since_1970 = |millis| SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(millis));
    SpoolHealth {
        events: backlog.pending(),
        bytes: backlog.bytes,
        capacity_bytes: backlog.max_bytes,
        oldest: backlog.oldest_millis.and_then(since_1970),
    }
}
