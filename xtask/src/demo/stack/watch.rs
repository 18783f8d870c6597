//! When each alert came on, who was told, and when it resolved.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::{Duration, Instant};

use rra_ops::alertmanager::receivers as receivers_of;
use rra_ops::alerts;

use rra_schema::metrics::security::AUTH_ATTEMPTS;

use super::cause;
use super::programs::Programs;
use super::receivers::Receivers;
use super::{DEADLINE, POLL, go_on};
use crate::failure::Failure;

/// What has happened so far.
pub(super) struct Watch<'a> {
    programs: &'a Programs,
    receivers: &'a Receivers,
    interrupted: &'a AtomicBool,
    start: Instant,
    seen: BTreeMap<String, Course>,
}

/// The course of one alert.
#[derive(Debug, Default)]
struct Course {
    fired: Option<Duration>,
    resolved: Option<Duration>,
    is_firing: bool,
}

impl<'a> Watch<'a> {
    pub(super) fn new(
        programs: &'a Programs,
        receivers: &'a Receivers,
        interrupted: &'a AtomicBool,
    ) -> Self {
        Self {
            programs,
            receivers,
            interrupted,
            start: Instant::now(),
            seen: BTreeMap::new(),
        }
    }

    /// Looks again and again until it holds.
    ///
    /// # Errors
    /// [`Failure::Found`] with what is missing, when the deadline has passed; [`Failure::Broken`] when
    /// the demo should end.
    pub(super) fn until(
        &mut self,
        what: &str,
        holds: impl Fn(&Self) -> bool,
    ) -> Result<(), Failure> {
        let start = Instant::now();
        loop {
            go_on(self.interrupted)?;
            self.look();
            if holds(self) {
                println!("{:>6.1} s  {what}", self.start.elapsed().as_secs_f64());
                return Ok(());
            }
            if start.elapsed() > DEADLINE {
                return Err(Failure::Found(format!(
                    "{DEADLINE:?} were not enough until {what}:\n{}",
                    self.table()
                )));
            }
            thread::sleep(POLL);
        }
    }

    pub(super) fn all_are_up(&self) -> bool {
        self.programs.targets_up() == 2
    }

    /// Whether Prometheus has seen both instances count failures to authenticate from 0 on, and none
    /// yet.
    pub(super) fn nobody_has_failed(&self) -> bool {
        let failures = format!("{}{{result=\"failure\"}}", AUTH_ATTEMPTS.name);
        let instances = format!("count(count by (instance) ({failures}))");
        self.programs.figure(&instances) == Some(2.0)
            && self.programs.figure(&format!("sum({failures})")) == Some(0.0)
    }

    /// Whether none of these is on.
    pub(super) fn are_off(&self, names: &[&str]) -> bool {
        let mut seen = names.iter().filter_map(|name| self.seen.get(*name));
        seen.all(|course| !course.is_firing)
    }

    /// What these did before does not count: on a busy machine a scrape may come too late.
    pub(super) fn forget(&mut self, names: &[&str]) {
        self.seen.retain(|name, _| !names.contains(&name.as_str()));
    }

    /// Whether each of these fires or has fired, and everybody who must be was told.
    pub(super) fn have_arrived(&self, names: &[&str]) -> bool {
        names.iter().all(|name| {
            let has_fired = self
                .seen
                .get(*name)
                .is_some_and(|course| course.fired.is_some());
            has_fired
                && expected(name)
                    .iter()
                    .all(|receiver| self.was_told(receiver, name, true))
        })
    }

    /// Whether each of the eight has gone again, and those who are told of that were.
    pub(super) fn all_have_resolved(&self) -> bool {
        cause::all().all(|name| {
            let is_over = self
                .seen
                .get(name)
                .is_some_and(|course| course.resolved.is_some() && !course.is_firing);
            // The daily mail does not say what is over.
            let is_told = |receiver: &&str| {
                *receiver == "email-daily" || self.was_told(receiver, name, false)
            };
            is_over && expected(name).iter().all(is_told)
        })
    }

    /// One row for each of the eight.
    pub(super) fn table(&self) -> String {
        let mut rows = vec![format!(
            "{:<26}{:>9}{:>10}  told",
            "alert", "fired", "resolved"
        )];
        let seconds = |at: Option<Duration>| {
            at.map_or("never".to_owned(), |at| {
                format!("{:.1} s", at.as_secs_f64())
            })
        };
        for name in cause::all() {
            let course = self.seen.get(name);
            let told: Vec<&str> = expected(name)
                .iter()
                .copied()
                .filter(|receiver| self.was_told(receiver, name, true))
                .collect();
            rows.push(format!(
                "{name:<26}{:>9}{:>10}  {}",
                seconds(course.and_then(|course| course.fired)),
                seconds(course.and_then(|course| course.resolved)),
                told.join(", ")
            ));
        }
        rows.join("\n")
    }

    fn look(&mut self) {
        let now = self.start.elapsed();
        let alerts = self.programs.alerts().into_iter();
        let firing: BTreeSet<String> = alerts
            .filter(|(name, state)| state == "firing" && name != "RRAWatchdog")
            .map(|(name, _)| name)
            .collect();
        for name in &firing {
            let course = self.seen.entry(name.clone()).or_default();
            if !course.is_firing {
                println!("{:>6.1} s  {name} is on", now.as_secs_f64());
                course.is_firing = true;
                course.fired.get_or_insert(now);
            }
        }
        for (name, course) in &mut self.seen {
            if course.is_firing && !firing.contains(name) {
                println!("{:>6.1} s  {name} is off", now.as_secs_f64());
                course.is_firing = false;
                course.resolved = Some(now);
            }
        }
    }

    /// Whether a message about this alert, firing or resolved, has reached the receiver.
    fn was_told(&self, receiver: &str, name: &str, is_firing: bool) -> bool {
        if receiver == "email-daily" {
            return self.receivers.mails().contains(name);
        }
        let told = self.receivers.told();
        let (path, marks) = match (receiver, is_firing) {
            ("slack-critical", true) => ("/slack", vec!["#rra-critical", "FIRING", name]),
            ("slack-critical", false) => ("/slack", vec!["#rra-critical", "resolved", name]),
            ("opsgenie-warning", true) => ("/opsgenie", vec!["\"message\"", "FIRING", name]),
            ("opsgenie-warning", false) => return self.is_closed(name),
            (key, true) => ("/pagerduty", vec![key, "\"trigger\"", name]),
            (key, false) => ("/pagerduty", vec![key, "\"resolve\"", name]),
        };
        told.iter().any(|message| {
            message.path.starts_with(path) && marks.iter().all(|mark| message.body.contains(mark))
        })
    }

    /// OpsGenie closes an alert by the alias it was opened with.
    fn is_closed(&self, name: &str) -> bool {
        let told = self.receivers.told();
        let alias = told.iter().find_map(|message| {
            let is_of = message.path.starts_with("/opsgenie") && message.body.contains(name);
            let body: serde_json::Value = serde_json::from_str(&message.body).ok()?;
            body["alias"].as_str().filter(|_| is_of).map(str::to_owned)
        });
        let closes = |alias: String| {
            let path = format!("/{alias}/close");
            told.iter().any(|message| message.path.contains(&path))
        };
        alias.is_some_and(closes)
    }
}

/// Who must be told of it in production.
fn expected(name: &str) -> &'static [&'static str] {
    let groups = alerts::groups();
    let found = groups.iter().find_map(|group| {
        let alert = group.alerts.iter().find(|alert| alert.name == name)?;
        Some(receivers_of(alert, group.category))
    });
    found.unwrap_or_default()
}
