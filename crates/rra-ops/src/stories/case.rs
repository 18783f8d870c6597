//! One unit test: series, and what must be firing when.

use super::Series;

/// One unit test of rules.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Case {
    /// What holds when it passes.
    pub name: String,
    /// Time between samples and between evaluations.
    pub minutes_per_step: u32,
    /// What the service exposes.
    pub series: Vec<Series>,
    /// What must be firing when.
    pub checks: Vec<Check>,
}

/// What must be firing at one step.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Check {
    /// The step.
    pub step: u32,
    /// The query; `STEPS` in it stands for the time since the start.
    pub query: String,
    /// The labels of the one sample with value 1, or nothing when there must be none.
    pub labels: Option<String>,
}

impl Case {
    pub(super) fn new(name: String, minutes_per_step: u32, series: Vec<Series>) -> Self {
        Self {
            name,
            minutes_per_step,
            series,
            checks: Vec::new(),
        }
    }

    pub(super) fn checks(self, checks: Vec<Check>) -> Self {
        Self { checks, ..self }
    }

    /// Lets both happen in one test.
    pub(super) fn join(&mut self, other: Self) {
        self.name = format!("{}; {}", self.name, other.name);
        self.series.extend(other.series);
        self.checks.extend(other.checks);
    }

    /// The step at which nothing is asked any more.
    pub(super) fn last_checked_step(&self) -> u32 {
        self.checks
            .iter()
            .map(|check| check.step)
            .max()
            .unwrap_or(0)
    }
}

impl Check {
    /// One alert with exactly these values of these labels is firing.
    pub(super) fn firing_at(alert: &str, step: u32, labels: &[(&str, &str)]) -> Self {
        let names: Vec<&str> = labels.iter().map(|(name, _)| *name).collect();
        let pairs: Vec<String> = labels
            .iter()
            .map(|(name, value)| format!("{name}=\"{value}\""))
            .collect();
        Self {
            step,
            query: format!("count by ({}) ({})", names.join(", "), firing(alert)),
            labels: Some(format!("{{{}}}", pairs.join(", "))),
        }
    }

    /// Nothing is firing.
    pub(super) fn silent_at(alert: &str, step: u32) -> Self {
        Self {
            step,
            query: firing(alert),
            labels: None,
        }
    }

    /// Nothing has been firing since the start.
    pub(super) fn silent_until(alert: &str, step: u32) -> Self {
        Self {
            step,
            query: format!("count_over_time({}[STEPS])", firing(alert)),
            labels: None,
        }
    }
}

fn firing(alert: &str) -> String {
    format!("ALERTS{{alertname=\"{alert}\", alertstate=\"firing\"}}")
}
