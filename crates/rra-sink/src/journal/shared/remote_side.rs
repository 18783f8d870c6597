//! What the lane of a remote sink asks of the journal and tells it.

use std::time::{Instant, SystemTime};

use rra_schema::Severity;

use super::Shared;
use crate::loss::Gap;
use crate::spool::Loss;

impl Shared {
    /// The time of day.
    pub(crate) fn now(&self) -> SystemTime {
        (self.clock)()
    }

    /// Until when lanes may drain, once the journal was shut down.
    pub(crate) fn drains_until(&self) -> Option<Instant> {
        *self.drain_until()
    }

    /// Whether what is left here is delivered by the next process.
    pub(crate) fn outlives_the_process(&self) -> bool {
        self.is_on_disk
    }

    /// A lane gave these up, and its account says so.
    pub(crate) fn note_losses(&self, lane: usize, losses: &[Loss]) {
        if losses.is_empty() {
            return;
        }
        let name = self.lanes[lane].account().name.clone();
        // Any ring will do: gaps are kept where nobody waits for them.
        for ring in self.own_rings().iter().take(1) {
            let mut producer = ring.lock();
            for loss in losses {
                producer.gaps.merge(gap(&name, loss));
            }
        }
        self.has_gaps
            .store(true, std::sync::atomic::Ordering::Release);
    }

    /// The destination of a lane is left alone from now on, or not any more.
    pub(crate) fn note_away(&self, lane: usize, is_away: bool) {
        self.lanes[lane].account().is_away = is_away;
        self.progress.tell();
    }

    /// A lane came further in some rings or in its spool.
    pub(crate) fn passed_some(&self) {
        if self.recovered > 0 {
            self.remove_empty_files(0..self.recovered);
        }
        self.progress.tell();
    }
}

fn gap(sink: &str, loss: &Loss) -> Gap {
    let mut by_severity = [0; Severity::ALL.len()];
    by_severity[loss.severity as usize] = loss.count;
    Gap {
        reason: loss.reason,
        sink: Some(sink.to_owned()),
        count: loss.count,
        by_severity,
        first_seq: loss.seqs.0,
        last_seq: loss.seqs.1,
    }
}
