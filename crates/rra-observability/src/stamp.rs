//! The way of an event up to the journal: seal, count, write once.

use std::time::{SystemTime, UNIX_EPOCH};

use rra_metrics::Metrics;
use rra_schema::{Origin, Seal, SecurityEvent, Timestamp, TraceContext};
use rra_sink::{Accepted, Journal, Level, Receipt, Refused};

use crate::traces;

/// What is the same for every event of a process.
#[derive(Debug)]
pub(crate) struct Stamp {
    pub(crate) origin: Origin,
    pub(crate) metrics: Metrics,
    pub(crate) clock: fn() -> SystemTime,
}

impl Stamp {
    /// Puts an event into the journal.
    pub(crate) fn emit(
        &self,
        journal: &Journal,
        event: &dyn SecurityEvent,
    ) -> Result<Accepted, Refused> {
        let moment = self.begin(event);
        journal.append(event.severity(), |seq, line| {
            self.write(event, moment, seq, line);
        })
    }

    /// Puts an event into the journal and asks for a receipt.
    pub(crate) fn emit_with_receipt(
        &self,
        journal: &Journal,
        event: &dyn SecurityEvent,
        level: Level,
    ) -> Result<Receipt, rra_sink::Error> {
        let moment = self.begin(event);
        journal.append_with_receipt(event.severity(), level, |seq, line| {
            self.write(event, moment, seq, line);
        })
    }

    /// Counts the event, before anything can drop it, and notes when and where it happened: a
    /// wait for room must not change that.
    fn begin(&self, event: &dyn SecurityEvent) -> Moment {
        self.metrics.record_event(event);
        Moment {
            timestamp: timestamp((self.clock)()),
            trace: traces::current(),
        }
    }

    fn write(&self, event: &dyn SecurityEvent, moment: Moment, seq: u64, line: &mut Vec<u8>) {
        let seal = Seal::new(&self.origin, moment.timestamp, seq).trace(moment.trace);
        event.write_line(&seal, line);
    }
}

/// When an event happened, and in which trace.
#[derive(Clone, Copy)]
struct Moment {
    timestamp: Timestamp,
    trace: Option<TraceContext>,
}

/// The time in milliseconds; a clock before 1970 counts backwards from there.
fn timestamp(time: SystemTime) -> Timestamp {
    let millis = match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |ms| -ms),
    };
    Timestamp::from_unix_millis(millis)
}
