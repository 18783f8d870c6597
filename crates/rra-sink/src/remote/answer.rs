//! What a destination said about a batch, and what follows for each of its events. Pure.

use std::time::Duration;

use crate::sink::{DeliveryError, Fault};

/// What a destination said about a batch that reached it. Everything arrived that is not named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    rejected: Vec<usize>,
    again: Vec<usize>,
    retry_after: Option<Duration>,
    cause: Option<String>,
}

impl Answer {
    /// Everything arrived.
    pub fn taken() -> Self {
        Self::default()
    }

    /// The destination will never take this event, which is at that place in the batch: it is dropped
    /// and counted as [`Reason::Rejected`](crate::Reason::Rejected).
    pub fn reject(&mut self, place: usize) {
        self.rejected.push(place);
    }

    /// The destination may take the event at that place later: it is sent again, before any later
    /// event.
    pub fn retry(&mut self, place: usize) {
        self.again.push(place);
    }

    /// Why not everything arrived, for people.
    pub fn because(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// How long the destination wants to be left alone, an hour at most.
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }
}

/// What becomes of the events that were sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// How many arrived.
    pub(super) arrived: Vec<usize>,
    /// The places of those that never will.
    pub(super) rejected: Vec<usize>,
    /// The places of those to send again.
    pub(super) again: Vec<usize>,
    pub(super) outcome: Outcome,
    /// Why not everything arrived.
    pub(super) cause: Option<String>,
    pub(super) fault: Option<Fault>,
}

/// What an attempt says about the destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It works: it took or refused every event.
    Settled,
    /// It works, and wants some events later.
    Partly { retry_after: Option<Duration> },
    /// It does not.
    Failed {
        fault: Fault,
        retry_after: Option<Duration>,
    },
}

/// What follows from the answer about so many events.
pub(super) fn judge(sent: usize, result: Result<Answer, DeliveryError>) -> Verdict {
    match result {
        Ok(answer) => judge_answer(sent, answer),
        Err(error) => judge_error(sent, error),
    }
}

fn judge_answer(sent: usize, answer: Answer) -> Verdict {
    let again = places(answer.again, sent);
    // Better twice than never: an event that is named twice is sent again.
    let mut rejected = places(answer.rejected, sent);
    rejected.retain(|place| again.binary_search(place).is_err());
    let is_named =
        |place: &usize| again.binary_search(place).is_ok() || rejected.binary_search(place).is_ok();
    let arrived = (0..sent).filter(|place| !is_named(place)).collect();
    let (outcome, fault) = match (again.is_empty(), rejected.is_empty()) {
        (true, true) => (Outcome::Settled, None),
        (true, false) => (Outcome::Settled, Some(Fault::Rejected)),
        (false, _) => {
            let retry_after = answer.retry_after;
            (Outcome::Partly { retry_after }, Some(Fault::Other))
        }
    };
    let cause = answer.cause.or_else(|| {
        let (lost, later) = (rejected.len(), again.len());
        let some = || format!("the destination refused {lost} events and put off {later}");
        fault.map(|_| some())
    });
    Verdict {
        arrived,
        rejected,
        again,
        outcome,
        cause,
        fault,
    }
}

fn judge_error(sent: usize, error: DeliveryError) -> Verdict {
    let delivered = error.delivered.min(sent);
    let rest: Vec<_> = (delivered..sent).collect();
    let (fault, retry_after) = (error.fault, error.retry_after);
    let (rejected, again, outcome) = if error.retry {
        (Vec::new(), rest, Outcome::Failed { fault, retry_after })
    } else {
        (rest, Vec::new(), Outcome::Settled)
    };
    Verdict {
        arrived: (0..delivered).collect(),
        rejected,
        again,
        outcome,
        cause: Some(error.cause),
        fault: Some(fault),
    }
}

/// Places within the batch, in order, each once.
fn places(mut places: Vec<usize>, sent: usize) -> Vec<usize> {
    places.retain(|place| *place < sent);
    places.sort_unstable();
    places.dedup();
    places
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(result: Result<Answer, DeliveryError>, expected: [&[usize]; 3], outcome: Outcome) {
        let verdict = judge(4, result);
        assert_eq!(
            [&verdict.arrived[..], &verdict.rejected, &verdict.again],
            expected
        );
        assert_eq!(verdict.outcome, outcome);
    }

    fn answer(rejected: &[usize], again: &[usize]) -> Answer {
        Answer {
            rejected: rejected.to_vec(),
            again: again.to_vec(),
            ..Answer::default()
        }
    }

    #[test]
    fn what_is_not_named_arrived() {
        check(
            Ok(Answer::taken()),
            [&[0, 1, 2, 3], &[], &[]],
            Outcome::Settled,
        );
        check(
            Ok(answer(&[2], &[])),
            [&[0, 1, 3], &[2], &[]],
            Outcome::Settled,
        );
        let partly = Outcome::Partly { retry_after: None };
        check(Ok(answer(&[3], &[1])), [&[0, 2], &[3], &[1]], partly);
    }

    #[test]
    fn an_event_that_is_named_twice_is_sent_again_and_one_that_is_not_there_is_nothing() {
        let partly = Outcome::Partly { retry_after: None };
        check(
            Ok(answer(&[1, 1, 9], &[1, 1])),
            [&[0, 2, 3], &[], &[1]],
            partly,
        );
    }

    #[test]
    fn an_error_is_about_everything_after_what_arrived() {
        let failed = Outcome::Failed {
            fault: Fault::Timeout,
            retry_after: None,
        };
        let error = |after| {
            DeliveryError::retryable("late")
                .fault(Fault::Timeout)
                .after(after)
        };
        check(Err(error(0)), [&[], &[], &[0, 1, 2, 3]], failed);
        check(Err(error(3)), [&[0, 1, 2], &[], &[3]], failed);
        check(
            Err(DeliveryError::fatal("no").after(1)),
            [&[0], &[1, 2, 3], &[]],
            Outcome::Settled,
        );
    }

    proptest! {
        #[test]
        fn every_event_has_exactly_one_fate(
            sent in 1..20_usize,
            rejected in proptest::collection::vec(0..25_usize, 0..30),
            again in proptest::collection::vec(0..25_usize, 0..30),
        ) {
            let verdict = judge(sent, Ok(answer(&rejected, &again)));
            let mut all = [verdict.arrived, verdict.rejected, verdict.again].concat();
            all.sort_unstable();
            prop_assert!(all.into_iter().eq(0..sent));
        }
    }
}
