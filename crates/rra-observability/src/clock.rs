//! The time of day of events. The system is asked once in a millisecond, which is all that a line tells;
//! that it is not over yet says the processor's counter of time, which takes a third as long to read.

use std::cell::Cell;
use std::time::SystemTime;

use rra_schema::Timestamp;

/// What tells the time.
#[derive(Debug)]
pub(crate) struct Clock {
    counter: quanta::Clock,
    counts_per_milli: u64,
    system: fn() -> SystemTime,
}

/// What the system said at some count.
#[derive(Clone, Copy)]
struct Reading {
    count: u64,
    /// Milliseconds since 1970.
    millis: i64,
    /// So many counts later it is over.
    over_after: u64,
}

const MILLI_NANOS: u64 = 1_000_000;

thread_local! {
    /// The latest reading of this thread.
    static LATEST: Cell<Reading> = const { Cell::new(Reading { count: 0, millis: 0, over_after: 0 }) };
}

impl Clock {
    /// The clock of the system.
    #[expect(
        clippy::disallowed_methods,
        reason = "the clock that everything below is given"
    )]
    pub(crate) fn system() -> Self {
        Self::new(quanta::Clock::new(), SystemTime::now)
    }

    fn new(counter: quanta::Clock, system: fn() -> SystemTime) -> Self {
        // About a second.
        let counts = 1 << 32;
        let nanos = counter.delta_as_nanos(0, counts).max(1);
        Self {
            counts_per_milli: counts * MILLI_NANOS / nanos,
            counter,
            system,
        }
    }

    /// The time now, never one that the system did not say: counts are not as exact, and events of one
    /// thread would be told in another order than they came. A thread that goes to a processor whose
    /// counter is behind can be late by as much, for a millisecond; Linux sets them alike.
    #[inline]
    pub(crate) fn now(&self) -> Timestamp {
        let count = self.counter.raw();
        let latest = LATEST.get();
        // A count that went back is far ahead.
        if count.wrapping_sub(latest.count) < latest.over_after {
            Timestamp::from_unix_millis(latest.millis)
        } else {
            self.ask_system(count)
        }
    }

    #[cold]
    fn ask_system(&self, count: u64) -> Timestamp {
        let time = (self.system)();
        let timestamp = Timestamp::from(time);
        let since = time.duration_since(SystemTime::UNIX_EPOCH);
        let nanos = since.map_or(0, |since| u64::from(since.subsec_nanos()) % MILLI_NANOS);
        LATEST.set(Reading {
            count,
            millis: timestamp.unix_millis(),
            over_after: (MILLI_NANOS - nanos) * self.counts_per_milli / MILLI_NANOS,
        });
        timestamp
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;

    thread_local! {
        static TIME: Cell<Duration> = const { Cell::new(Duration::ZERO) };
    }

    /// A clock whose system says what `set` said last, and its counter, in nanoseconds.
    fn clock() -> (Clock, Arc<quanta::Mock>) {
        let (counter, count) = quanta::Clock::mock();
        // Another test of this thread may have left a reading.
        LATEST.set(Reading {
            over_after: 0,
            ..LATEST.get()
        });
        count.increment(2 * MILLI_NANOS);
        let system = || SystemTime::UNIX_EPOCH + TIME.get();
        (Clock::new(counter, system), count)
    }

    fn set(micros: u64) {
        TIME.set(Duration::from_micros(micros));
    }

    #[track_caller]
    fn check(clock: &Clock, millis: i64) {
        assert_eq!(clock.now().unix_millis(), millis);
    }

    #[test]
    fn the_system_is_asked_again_when_its_millisecond_is_over() {
        let (clock, count) = clock();
        set(7_400);
        check(&clock, 7);
        set(3_000);
        count.increment(599_999_u64);
        check(&clock, 7);
        count.increment(1_u64);
        check(&clock, 3);
    }

    #[test]
    fn a_counter_that_is_fast_does_not_turn_the_time_back() {
        let (clock, count) = clock();
        set(7_999);
        check(&clock, 7);
        count.increment(1_001_u64);
        check(&clock, 7);
        count.increment(998_999_u64);
        check(&clock, 7);
    }

    #[test]
    fn the_system_is_asked_when_the_counter_went_back() {
        let (clock, count) = clock();
        set(7_000);
        check(&clock, 7);
        set(9_000);
        count.decrement(1_u64);
        check(&clock, 9);
    }
}
