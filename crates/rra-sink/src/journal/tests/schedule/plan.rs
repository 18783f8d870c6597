//! What can happen, in any order.

use proptest::prelude::*;
use rra_schema::Severity;

use crate::DeliveryError;
use crate::testing::{Failure, RemoteFailure};

/// One thing that happens.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// A producer appends so many events of that length.
    Append(usize, Severity, usize, usize),
    /// The local lane takes a turn.
    Turn,
    /// Time passes, and the remote lanes do what they do.
    Pass(u64),
    /// The journal refuses events from now on.
    Close,
    /// The process is killed, and another one starts.
    Restart,
}

pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let severity = proptest::sample::select(&Severity::ALL[..]);
    let step = prop_oneof![
        10 => (0..4_usize, severity, 20..9_000_usize, 1..20_usize)
            .prop_map(|(thread, severity, length, count)| Step::Append(thread, severity, length, count)),
        4 => Just(Step::Turn),
        6 => prop_oneof![3 => 1..3_000_u64, 1 => 1..40_000_u64].prop_map(Step::Pass),
        1 => Just(Step::Restart),
        1 => proptest::bool::weighted(0.2)
            .prop_map(|closes| if closes { Step::Close } else { Step::Turn }),
    ];
    proptest::collection::vec(step, 1..60)
}

pub(super) fn answers() -> impl Strategy<Value = Vec<RemoteFailure>> {
    let places = || proptest::collection::vec(0..40_usize, 0..6);
    let down = (0..5_usize)
        .prop_map(|after| RemoteFailure::Error(DeliveryError::retryable("down").after(after)));
    let refused = (0..5_usize)
        .prop_map(|after| RemoteFailure::Error(DeliveryError::fatal("never").after(after)));
    let answer = prop_oneof![
        2 => Just(RemoteFailure::None),
        6 => down,
        1 => refused,
        3 => (places(), places())
            .prop_map(|(rejected, again)| RemoteFailure::Partly { rejected, again }),
        1 => Just(RemoteFailure::AnswerLost),
        1 => Just(RemoteFailure::Hang),
        1 => Just(RemoteFailure::Panic),
    ];
    // Long outages are what fills a spool.
    let repeated = (answer, prop_oneof![3 => Just(1), 1 => 1..15_usize]);
    let answers = proptest::collection::vec(repeated, 0..30);
    answers.prop_map(|answers| {
        let all = answers.into_iter();
        all.flat_map(|(answer, times)| vec![answer; times])
            .collect()
    })
}

pub(super) fn failures() -> impl Strategy<Value = Vec<Failure>> {
    let failure = prop_oneof![
        2 => Just(Failure::None),
        1 => (0..20_usize).prop_map(|after| Failure::Retryable { after }),
        1 => (0..20_usize).prop_map(|after| Failure::Fatal { after }),
        1 => Just(Failure::Panic),
    ];
    proptest::collection::vec(failure, 0..20)
}
