//! The circuit breaker: a destination that failed often is left alone, and then tried with one event.
//! Pure; the times are the pace's business.

use crate::sink::Fault;

/// Failures in a row that open it.
const FAILURES_TO_OPEN: u32 = 5;

/// Whether the destination is believed to work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Breaker {
    /// It is, after so many failures in a row.
    Closed { failures: u32 },
    /// It is not: nothing is sent.
    Open,
    /// One event is on its way to find out.
    HalfOpen,
}

impl Breaker {
    pub(super) const fn new() -> Self {
        Self::Closed { failures: 0 }
    }

    /// Something is sent now; whether it should be one event only.
    pub(super) fn begin(&mut self) -> bool {
        if *self == Self::Open {
            *self = Self::HalfOpen;
        }
        *self == Self::HalfOpen
    }

    /// The destination answered.
    pub(super) fn close(&mut self) {
        *self = Self::new();
    }

    /// The destination did not work.
    pub(super) fn fail(&mut self, fault: Fault) {
        *self = match *self {
            // Nobody mends a wrong key within seconds.
            Self::Closed { .. } if fault == Fault::Auth => Self::Open,
            Self::Closed { failures } if failures + 1 < FAILURES_TO_OPEN => Self::Closed {
                failures: failures + 1,
            },
            _ => Self::Open,
        };
    }

    pub(super) fn is_closed(self) -> bool {
        matches!(self, Self::Closed { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(failures: usize) -> Breaker {
        let mut breaker = Breaker::new();
        for _ in 0..failures {
            assert!(!breaker.begin());
            breaker.fail(Fault::Connect);
        }
        breaker
    }

    #[test]
    fn five_failures_in_a_row_open_it() {
        assert!(after(4).is_closed());
        assert_eq!(after(5), Breaker::Open);
    }

    #[test]
    fn a_success_between_failures_starts_the_count_again() {
        let mut breaker = after(4);
        breaker.close();
        breaker.fail(Fault::Connect);
        assert!(breaker.is_closed());
    }

    #[test]
    fn an_open_one_sends_one_event_and_its_fate_decides() {
        let mut breaker = after(5);
        assert!(breaker.begin());
        breaker.fail(Fault::Connect);
        assert_eq!(breaker, Breaker::Open);
        assert!(breaker.begin());
        breaker.close();
        assert!(!breaker.begin());
    }

    #[test]
    fn a_wrong_key_opens_it_at_once() {
        let mut breaker = Breaker::new();
        breaker.fail(Fault::Auth);
        assert_eq!(breaker, Breaker::Open);
    }
}
