//! What happens to a service, as series, and what the alerts must make of it.
//!
//! A story tells of one alert: the series that make it fire, those that stay just under its
//! threshold, and those of a calm day. From a story come five tests: it fires and not a step before
//! its time, and resolves; it survives a failed scrape; just under the threshold it is silent; on a
//! calm day it is silent; without any series it is silent.
//!
//! Values are chosen so that the threshold lies within one unit, or a tenth of a share, of both
//! sides: the tests of this crate change each rule a little and require that its story notices.

mod blockchain;
mod case;
mod packing;
mod pipeline;
mod recorded;
mod security;
mod seed;
mod series;
mod service;
mod slo;

use crate::alerts::{self, Alert};

pub use case::{Case, Check};
pub(crate) use packing::packed;
pub use seed::{seed_defects, twins};
pub use series::Series;

/// What happens around one alert.
#[derive(Clone, Debug)]
pub struct Story {
    /// The alert.
    pub alert: &'static str,
    title: &'static str,
    minutes_per_step: u32,
    labels: Vec<(&'static str, &'static str)>,
    over: Vec<Series>,
    under: Vec<Series>,
    calm: Option<Vec<Series>>,
    onset: u32,
    still_firing: Option<u32>,
    has_failed_scrape: bool,
}

/// Every story, alert by alert.
pub fn all() -> Vec<Story> {
    [
        service::stories(),
        security::stories(),
        blockchain::stories(),
        pipeline::stories(),
        slo::stories(),
    ]
    .concat()
}

/// What is told of the recording rules by themselves, in steps of a minute.
pub fn of_recordings() -> Vec<Case> {
    let mut cases = recorded::cases();
    cases.push(security::rate_of_requests());
    cases
}

impl Story {
    /// A story in steps of a minute whose alert carries job and environment.
    fn of(alert: &'static str) -> Self {
        Self {
            alert,
            title: "",
            minutes_per_step: 1,
            labels: vec![("job", "rra-module"), ("environment", "production")],
            over: Vec::new(),
            under: Vec::new(),
            calm: None,
            onset: 0,
            still_firing: None,
            has_failed_scrape: true,
        }
    }

    /// Tells one story of several of the same alert apart.
    fn titled(self, title: &'static str) -> Self {
        Self { title, ..self }
    }

    /// Steps of five minutes, for alerts that look back over hours.
    fn in_five_minutes(self) -> Self {
        let minutes_per_step = 5;
        Self {
            minutes_per_step,
            ..self
        }
    }

    /// Steps of half an hour, for alerts that look back over days.
    fn in_half_hours(self) -> Self {
        let minutes_per_step = 30;
        Self {
            minutes_per_step,
            ..self
        }
    }

    /// Labels the alert carries beside job and environment.
    fn with(mut self, labels: &[(&'static str, &'static str)]) -> Self {
        self.labels.extend(labels);
        self
    }

    /// The only labels the alert carries.
    fn with_only(self, labels: &[(&'static str, &'static str)]) -> Self {
        let labels = labels.to_vec();
        Self { labels, ..self }
    }

    /// The condition holds from step `onset` on; at the end of the series the alert has resolved.
    fn over(self, onset: u32, over: impl Into<Vec<Series>>) -> Self {
        let over = over.into();
        Self {
            over,
            onset,
            ..self
        }
    }

    fn under(self, under: impl Into<Vec<Series>>) -> Self {
        let under = under.into();
        Self { under, ..self }
    }

    /// What a good day looks like where it is not all zeros.
    fn calm(self, calm: impl Into<Vec<Series>>) -> Self {
        let calm = Some(calm.into());
        Self { calm, ..self }
    }

    /// A step at which the condition has gone and the alert is kept.
    fn still_firing_at(self, step: u32) -> Self {
        let still_firing = Some(step);
        Self {
            still_firing,
            ..self
        }
    }

    /// For stories told in recorded series, which a failed scrape does not touch.
    fn without_failed_scrape(self) -> Self {
        let has_failed_scrape = false;
        Self {
            has_failed_scrape,
            ..self
        }
    }

    /// The tests of this story.
    ///
    /// # Panics
    /// When there is no such alert; the table of stories is fixed, so any test finds it.
    pub fn cases(&self) -> Vec<Case> {
        let alert = find(self.alert);
        let fires = self.onset + alert.for_minutes.div_ceil(self.minutes_per_step);
        let mut cases = vec![
            self.case("fires in time and resolves", self.over.clone())
                .checks(self.fires_and_resolves(fires)),
        ];
        if self.has_failed_scrape && !self.over.is_empty() {
            let series = self
                .over
                .iter()
                .map(|series| series.failed_scrape_at(fires));
            cases.push(
                self.case("survives a failed scrape", series.collect())
                    .checks(vec![self.firing(fires + 1)]),
            );
        }
        if !self.under.is_empty() {
            cases.push(self.silent_case("is silent just under the threshold", self.under.clone()));
        }
        let zeros = || self.over.iter().map(Series::all_zero).collect();
        let calm = self.calm.clone().unwrap_or_else(zeros);
        if !calm.is_empty() {
            cases.push(self.silent_case("is silent on a calm day", calm));
        }
        if !["RRAServiceAbsent", "RRAWatchdog"].contains(&self.alert) && self.title.is_empty() {
            cases.push(
                self.case("is silent without any series", Vec::new())
                    .checks(vec![Check::silent_until(self.alert, fires + 10)]),
            );
        }
        cases
    }

    fn fires_and_resolves(&self, fires: u32) -> Vec<Check> {
        let end = longest(&self.over);
        let mut checks = vec![self.firing(fires)];
        if fires > 0 {
            checks.push(Check::silent_at(self.alert, fires - 1));
        }
        checks.extend(self.still_firing.map(|step| self.firing(step)));
        if end > 0 {
            checks.push(Check::silent_at(self.alert, end));
        }
        checks
    }

    fn firing(&self, step: u32) -> Check {
        Check::firing_at(self.alert, step, &self.labels)
    }

    fn silent_case(&self, what: &str, series: Vec<Series>) -> Case {
        let end = longest(&series);
        self.case(what, series)
            .checks(vec![Check::silent_until(self.alert, end)])
    }

    fn case(&self, what: &str, series: Vec<Series>) -> Case {
        let title = if self.title.is_empty() { "" } else { ", " };
        Case::new(
            format!("{}{title}{}: {what}", self.alert, self.title),
            self.minutes_per_step,
            series,
        )
    }
}

/// The alert of this name.
fn find(name: &str) -> Alert {
    alerts::groups()
        .into_iter()
        .flat_map(|group| group.alerts)
        .find(|alert| alert.name == name)
        .unwrap_or_else(|| panic!("there is no alert {name}"))
}

fn longest(series: &[Series]) -> u32 {
    series.iter().map(Series::last_step).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{Story, all, of_recordings, twins};
    use crate::alerts;
    use crate::prometheus::SEED_RULES;

    #[test]
    fn every_alert_has_a_story() {
        for alert in alerts::groups().iter().flat_map(|group| &group.alerts) {
            let told = all().iter().any(|story| story.alert == alert.name);
            assert!(told, "{} has no story", alert.name);
        }
    }

    /// What is told of an alert, whatever its stories are called.
    const KINDS: [&str; 5] = [
        "fires in time and resolves",
        "survives a failed scrape",
        "is silent just under the threshold",
        "is silent on a calm day",
        "is silent without any series",
    ];

    #[test]
    fn every_alert_is_told_in_five_ways() {
        let mut names: Vec<String> = of_recordings().into_iter().map(|case| case.name).collect();
        names.extend(all().iter().flat_map(Story::cases).map(|case| case.name));
        for alert in alerts::groups().iter().flat_map(|group| &group.alerts) {
            let lacks = |kind: &&&str| {
                let is_of = |name: &String| {
                    let rest = name.strip_prefix(alert.name).unwrap_or_default();
                    rest.starts_with([':', ',']) && rest.ends_with(**kind)
                };
                !names.iter().any(is_of)
            };
            let lacking: Vec<&&str> = KINDS.iter().filter(lacks).collect();
            match alert.name {
                // It always fires, and nothing goes into it.
                "RRAWatchdog" => assert_eq!(lacking, KINDS[1..].iter().collect::<Vec<_>>()),
                // No series at all is what it is for.
                "RRAServiceAbsent" => assert_eq!(lacking, [&KINDS[4]]),
                name => assert!(lacking.is_empty(), "{name} lacks {lacking:?}"),
            }
        }
    }

    #[test]
    fn each_of_the_guides_eight_has_its_twin() {
        let of_the_guide = SEED_RULES.lines();
        let of_the_guide: Vec<&str> = of_the_guide
            .filter_map(|line| line.trim().strip_prefix("- alert: "))
            .collect();
        assert_eq!(of_the_guide.len(), 8);
        let told = twins().into_iter();
        let told: Vec<String> = told
            .filter_map(|case| Some(case.name.split_once(':')?.0.to_owned()))
            .collect();
        assert_eq!(told, of_the_guide);
    }

    #[test]
    fn every_story_but_the_watchdog_has_a_threshold_it_stays_under() {
        for story in all().iter().filter(|story| story.title.is_empty()) {
            let has_under = !story.under.is_empty() || story.alert == "RRAWatchdog";
            assert!(has_under, "{} is never told just under", story.alert);
        }
    }
}
