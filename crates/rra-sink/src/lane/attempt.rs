//! One call of a sink: with the lines that lie next in a ring, or to make sure of those before.

use std::time::Instant;

use super::recovered::Sifted;
use super::{Lane, guarded};
use crate::loss::Reason;
use crate::report::Attempt;
use crate::sink::{Batch, DeliveryError, Earlier, Span};

impl Lane {
    /// Delivers what lies next in a ring; how many bytes that was.
    pub(super) fn deliver_from(&mut self, ring: usize) -> Result<usize, ()> {
        // After a failure it begins here again: the sink may have half a line of it.
        self.next_ring = ring;
        let is_dead = ring < self.shared.recovered_rings();
        let sifted = if is_dead {
            self.sift(ring)
        } else {
            Sifted::Missing(usize::MAX)
        };
        let Sifted::Missing(most) = sifted else {
            return Ok(0);
        };
        let Some(reader) = &mut self.readers[ring] else {
            return Ok(0);
        };
        let bytes = reader.peek(&self.settings, &mut self.records);
        let span = Span::new(ring, reader.cursor(), self.records.len());
        let earlier = Earlier::new(&self.shared.rings);
        let Some(batch) = Batch::new(bytes, &self.records, span, earlier).front(most) else {
            return Ok(0);
        };
        let length = batch.bytes().len();
        let start = Instant::now();
        let result = guarded(|| self.sink.deliver(&batch));
        let attempt = attempt(self.sink.name(), start, &batch, &result);
        let (arrived, events) = (attempt.events, batch.len());
        let is_retry = std::mem::take(&mut self.has_failed);
        self.shared.attempted(&Attempt {
            is_retry,
            ..attempt
        });
        let cause = result.as_ref().err().map(|error| error.cause.as_str());
        let place = (ring, &mut *reader);
        self.shared.settle(self.index, place, arrived, cause);
        match &result {
            Err(error) if error.retry => {
                self.has_failed = true;
                return Err(());
            }
            // The sink works and refused these events: nothing to rest for.
            Err(error) if arrived < events => {
                let lost = &self.records[arrived..events];
                let why = (Reason::Rejected, error.cause.as_str());
                self.shared.give_up(self.index, (ring, reader), lost, why);
            }
            _ => {}
        }
        self.next_ring = ring + 1;
        Ok(length)
    }

    pub(super) fn sync_if_due(&mut self) -> Result<(), ()> {
        let is_due = self.shared.lane(self.index).account().promises.sync_due();
        if !is_due {
            return Ok(());
        }
        let result = self.sync().map_err(|error| error.cause);
        let state = self.shared.lane(self.index);
        state.account().promises.synced(&result);
        result.map_err(|cause| self.fail(&cause))
    }

    pub(super) fn sync(&mut self) -> Result<(), DeliveryError> {
        let earlier = Earlier::new(&self.shared.rings);
        let start = Instant::now();
        let result = guarded(|| self.sink.sync(earlier));
        if let Err(error) = &result {
            self.shared.attempted(&Attempt {
                sink: self.sink.name(),
                took: start.elapsed(),
                events: 0,
                bytes: 0,
                is_retry: false,
                fault: Some(error.fault),
            });
        }
        result
    }
}

/// What an attempt came to.
fn attempt<'s>(
    sink: &'s str,
    start: Instant,
    batch: &Batch<'_>,
    result: &Result<(), DeliveryError>,
) -> Attempt<'s> {
    let arrived = match result {
        Ok(()) => batch.len(),
        Err(error) => error.delivered.min(batch.len()),
    };
    Attempt {
        sink,
        took: start.elapsed(),
        events: arrived,
        bytes: batch.front(arrived).map_or(0, |front| front.bytes().len()),
        is_retry: false,
        fault: result.as_ref().err().map(|error| error.fault),
    }
}
