//! The rules one by one, and a destination that fails at will.

use proptest::prelude::*;

use super::*;

const SETTINGS: RemoteSettings = RemoteSettings {
    max_batch_bytes: 1_000,
    max_batch_events: 10,
    linger: Duration::from_millis(500),
    ..RemoteSettings::DEFAULT
};
const FAILED: Outcome = Outcome::Failed {
    fault: Fault::Connect,
    retry_after: None,
};
const SEND: Step = Step::Send { probe: false };
const PROBE: Step = Step::Send { probe: true };

fn ms(millis: u64) -> Time {
    Duration::from_millis(millis)
}

fn some(events: u64) -> Waiting {
    Waiting {
        events,
        bytes: events * 10,
        is_old: false,
    }
}

const OLD: Waiting = Waiting {
    events: 1,
    bytes: 10,
    is_old: true,
};

fn until(millis: u64) -> Step {
    Step::Wait {
        until: Some(ms(millis)),
    }
}

#[test]
fn events_gather_until_the_batch_is_full_or_the_linger_over() {
    let mut pace = Pace::new(SETTINGS);
    assert_eq!(pace.step(ms(0), some(0), false), Step::Wait { until: None });
    assert_eq!(pace.step(ms(100), some(1), false), until(600));
    assert_eq!(pace.step(ms(300), some(9), false), until(600));
    assert_eq!(pace.clone().step(ms(300), some(10), false), SEND);
    let bytes = Waiting {
        bytes: 1_000,
        ..some(2)
    };
    assert_eq!(pace.clone().step(ms(300), bytes, false), SEND);
    assert_eq!(pace.clone().step(ms(300), OLD, false), SEND);
    assert_eq!(pace.clone().step(ms(300), some(1), true), SEND);
    assert_eq!(pace.step(ms(600), some(9), false), SEND);
    assert_eq!(pace.step(ms(601), some(1), false), until(1_101));
}

/// The rests after failures in a row, with the dice at their highest.
fn rests(outcome: Outcome, count: usize) -> Vec<u128> {
    let mut pace = Pace::new(SETTINGS);
    let rest = |_| {
        pace.answered(ms(0), outcome, u64::MAX);
        pace.rest_until.as_nanos().div_ceil(1_000_000)
    };
    (0..count).map(rest).collect()
}

#[test]
fn rests_double_until_the_breaker_opens() {
    assert_eq!(rests(FAILED, 6), [200, 400, 800, 1_600, 30_000, 30_000]);
}

#[test]
fn a_destination_that_puts_events_off_is_left_alone_longer_and_longer() {
    let partly = Outcome::Partly { retry_after: None };
    assert_eq!(rests(partly, 9)[6..], [12_800, 25_600, 30_000]);
    let throttled = Outcome::Failed {
        fault: Fault::Throttled,
        retry_after: None,
    };
    assert_eq!(rests(throttled, 5), [2_000, 4_000, 8_000, 16_000, 30_000]);
}

#[test]
fn a_rest_is_anything_from_nothing_to_the_whole() {
    for (dice, expected) in [(0, 0), (u64::MAX / 2, 100), (u64::MAX / 4, 50)] {
        let mut pace = Pace::new(SETTINGS);
        pace.answered(ms(0), FAILED, dice);
        assert_eq!(pace.rest_until.as_nanos().div_ceil(1_000_000), expected);
    }
}

#[test]
fn an_open_breaker_waits_at_least_half_of_the_longest_rest_and_then_probes() {
    let mut pace = Pace::new(SETTINGS);
    for _ in 0..5 {
        pace.answered(ms(0), FAILED, 0);
    }
    assert!(pace.is_away());
    assert_eq!(pace.step(ms(14_999), OLD, false), until(15_000));
    assert_eq!(pace.step(ms(15_000), OLD, false), PROBE);
    pace.answered(ms(15_000), FAILED, 0);
    assert_eq!(pace.step(ms(15_001), OLD, false), until(30_000));
    assert_eq!(pace.step(ms(15_001), OLD, true), PROBE, "somebody calls");
    pace.answered(ms(15_001), Outcome::Settled, 0);
    assert!(!pace.is_away());
    assert_eq!(pace.step(ms(15_001), OLD, false), SEND);
}

#[test]
fn retry_after_holds_for_whoever_calls_and_for_an_hour_at_most() {
    for (wait, expected) in [(70, 70_000), (1_000_000, 3_600_000)] {
        let mut pace = Pace::new(SETTINGS);
        let outcome = Outcome::Failed {
            fault: Fault::Throttled,
            retry_after: Some(Duration::from_secs(wait)),
        };
        pace.answered(ms(0), outcome, 0);
        assert_eq!(pace.step(ms(0), OLD, true), until(expected));
        assert_eq!(pace.step(ms(expected), OLD, false), SEND);
    }
}

#[derive(Clone, Copy, Debug)]
enum Happening {
    Look {
        after: u64,
        waiting: Waiting,
        called: bool,
    },
    Answer {
        after: u64,
        outcome: Outcome,
        dice: u64,
    },
}

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let waiting = (0..20_u64, any::<bool>()).prop_map(|(events, is_old)| Waiting {
        is_old,
        ..some(events)
    });
    let wait = proptest::option::weighted(0.2, (0..100_000_u64).prop_map(ms));
    let fault = prop_oneof![
        Just(Fault::Connect),
        Just(Fault::Throttled),
        Just(Fault::Auth),
        Just(Fault::Timeout),
    ];
    let outcome = prop_oneof![
        Just(Outcome::Settled),
        wait.clone()
            .prop_map(|retry_after| Outcome::Partly { retry_after }),
        (fault, wait).prop_map(|(fault, retry_after)| Outcome::Failed { fault, retry_after }),
    ];
    let happening = prop_oneof![
        2 => (0..20_000_u64, waiting, proptest::bool::weighted(0.1))
            .prop_map(|(after, waiting, called)| Happening::Look { after, waiting, called }),
        1 => (0..3_000_u64, outcome, any::<u64>())
            .prop_map(|(after, outcome, dice)| Happening::Answer { after, outcome, dice }),
    ];
    proptest::collection::vec(happening, 1..120)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_destination_is_spared_and_no_event_is_forgotten(steps in happenings()) {
        let mut pace = Pace::new(SETTINGS);
        let (mut now, mut refused_until, mut failures, mut in_flight) = (ms(0), ms(0), 0, false);
        for step in steps {
            match step {
                Happening::Look { after, waiting, called } if !in_flight => {
                    now += ms(after);
                    match pace.step(now, waiting, called) {
                        Step::Send { probe } => {
                            prop_assert!(waiting.events > 0 && now >= refused_until);
                            prop_assert_eq!(probe, pace.is_away());
                            prop_assert!(probe || failures < 5);
                            in_flight = true;
                        }
                        // What waits is sent by then, whatever happened before.
                        Step::Wait { until } => {
                            prop_assert_eq!(until.is_none(), waiting.events == 0);
                            let Some(until) = until else { continue };
                            let longest = SETTINGS.longest_retry.max(SETTINGS.linger);
                            prop_assert!(until > now && until <= now.max(refused_until) + longest);
                            let then = pace.clone().step(until, waiting, called);
                            prop_assert_ne!(then, Step::Wait { until: Some(until) });
                            prop_assert!(then == SEND || then == PROBE);
                        }
                    }
                }
                Happening::Answer { after, outcome, dice } if in_flight => {
                    now += ms(after);
                    pace.answered(now, outcome, dice);
                    in_flight = false;
                    let spared = match outcome {
                        Outcome::Settled => None,
                        Outcome::Partly { retry_after } | Outcome::Failed { retry_after, .. } => retry_after,
                    };
                    refused_until = refused_until.max(now + spared.unwrap_or_default());
                    failures = match outcome {
                        Outcome::Failed { fault: Fault::Throttled, .. } => 0,
                        Outcome::Failed { fault: Fault::Auth, .. } => 5,
                        Outcome::Failed { .. } => failures + 1,
                        _ => 0,
                    };
                    prop_assert_eq!(pace.is_away(), failures >= 5);
                }
                _ => {}
            }
        }
    }
}
