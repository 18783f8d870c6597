//! Lets cases that have nothing to do with each other share one test, since `promtool` evaluates
//! every rule at every step of every test, whatever the test is about.

use std::collections::BTreeSet;

use rra_schema::metrics::METRICS;
use rra_schema::metrics::security::SECURITY_EVENTS;

use super::{Case, Story};
use crate::recordings::{self, Recording};

/// The cases of these stories in as few tests as first fit finds, the longest first.
///
/// Two cases share a test unless one brings series that the alert of the other reads, by itself or
/// through a recording rule, or both bring series of the same name.
pub(crate) fn packed(stories: &[Story]) -> Vec<Case> {
    let recordings: Vec<Recording> = recordings::groups()
        .into_iter()
        .flat_map(|group| group.recordings)
        .collect();
    let mut told: Vec<Told> = stories
        .iter()
        .flat_map(|story| {
            let reads = names_in(&super::find(story.alert).expression, &recordings);
            let of = |case| Told::new(case, reads.clone(), &recordings);
            story.cases().into_iter().map(of).collect::<Vec<_>>()
        })
        .collect();
    told.sort_by_key(|told| {
        std::cmp::Reverse((told.case.minutes_per_step, told.case.last_checked_step()))
    });
    let mut tests: Vec<Told> = Vec::new();
    for case in told {
        match tests.iter_mut().find(|test| test.has_room_for(&case)) {
            Some(test) => test.take(case),
            None => tests.push(case),
        }
    }
    tests.into_iter().map(|test| test.case).collect()
}

/// A case, and what it has to do with others.
struct Told {
    case: Case,
    /// What its alert asks for.
    reads: BTreeSet<String>,
    /// What it brings, and what recording rules make of that.
    brings: BTreeSet<String>,
}

impl Told {
    fn new(case: Case, reads: BTreeSet<String>, recordings: &[Recording]) -> Self {
        let mut brings: BTreeSet<String> = case
            .series
            .iter()
            .flat_map(|series| kinds(series.name(), &series.selector()))
            .collect();
        // Recordings stand below those they read.
        for rule in recordings {
            if !brings.is_disjoint(&names_in(&rule.expression, recordings)) {
                brings.insert(rule.name.clone());
            }
        }
        Self {
            case,
            reads,
            brings,
        }
    }

    fn has_room_for(&self, other: &Self) -> bool {
        self.case.minutes_per_step == other.case.minutes_per_step
            && self.brings.is_disjoint(&other.brings)
            && self.brings.is_disjoint(&other.reads)
            && self.reads.is_disjoint(&other.brings)
    }

    fn take(&mut self, other: Self) {
        self.case.join(other.case);
        self.reads.extend(other.reads);
        self.brings.extend(other.brings);
    }
}

/// The series that an expression asks for: metrics with their parts, and recorded ones.
fn names_in(expression: &str, recordings: &[Recording]) -> BTreeSet<String> {
    let is_of_name = |sign: char| sign.is_ascii_alphanumeric() || "_:".contains(sign);
    let is_metric = |word: &str| {
        let base = ["_bucket", "_sum", "_count"]
            .iter()
            .find_map(|part| word.strip_suffix(part));
        METRICS
            .iter()
            .any(|metric| metric.name == word || Some(metric.name) == base)
    };
    let is_series = |word: &str| {
        word == "up" || is_metric(word) || recordings.iter().any(|rule| rule.name == word)
    };
    let words = expression.split(|sign| !is_of_name(sign));
    let names = words.filter(|word| is_series(word));
    names.flat_map(|name| kinds(name, expression)).collect()
}

/// Alerts on one event type have nothing to do with series of another, so the name of such a series
/// goes on with its type.
fn kinds(name: &str, text: &str) -> Vec<String> {
    if name != SECURITY_EVENTS.name {
        return vec![name.to_owned()];
    }
    let selected = text.split("event_type=").skip(1);
    let words = selected.filter_map(|rest| rest.split('"').nth(1));
    let kinds: Vec<String> = words
        .flat_map(|words| words.split('|'))
        .map(|kind| format!("{name} {kind}"))
        .collect();
    assert!(!kinds.is_empty(), "an alert is on all events: {text}");
    kinds
}

#[cfg(test)]
mod tests {
    use super::packed;
    use crate::stories::{Case, Story, all};

    /// Each check of the case is made of its series, and no other series in that test is read by it.
    #[test]
    fn every_check_is_made_in_one_test_with_its_series() {
        let tests = packed(&all());
        for case in all().iter().flat_map(Story::cases) {
            let holds = |test: &&Case| {
                let has_checks = case.checks.iter().all(|check| {
                    test.checks
                        .iter()
                        .any(|made| made.query == check.query && made.step == check.step)
                });
                let has_series = case.series.iter().all(|series| {
                    test.series.iter().any(|given| {
                        given.selector() == series.selector() && given.values() == series.values()
                    })
                });
                test.name.contains(&case.name) && has_checks && has_series
            };
            assert_eq!(tests.iter().filter(holds).count(), 1, "{}", case.name);
        }
    }

    #[test]
    fn no_series_stands_twice_in_a_test() {
        for test in packed(&all()) {
            let mut selectors: Vec<String> = test
                .series
                .iter()
                .map(super::super::Series::selector)
                .collect();
            selectors.sort();
            let all = selectors.len();
            selectors.dedup();
            assert_eq!(selectors.len(), all, "{}", test.name);
        }
    }

    #[test]
    fn far_fewer_tests_than_cases_are_left() {
        let cases = all().iter().flat_map(Story::cases).count();
        assert!(packed(&all()).len() * 4 < cases);
    }
}
