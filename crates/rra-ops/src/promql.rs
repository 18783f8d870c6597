//! The parts of a query that can be wrong against the catalogue: metric, label and value.
//!
//! Only selectors are typed; operators and functions are written as text, which `promtool` and the
//! offline checker read.

use std::fmt::{self, Display};

use rra_schema::metrics::{Domain, MetricSpec, process};

/// The name of the scrape job, which every rule selects.
pub(crate) const JOB: &str = "rra-module";
/// What most alerts are about: one service in one environment.
pub(crate) const BY: &str = "job, environment";
/// Whether the last scrape worked; Prometheus itself writes it.
pub(crate) const UP: &str = "up{job=\"rra-module\"}";

/// The window of a rate on a panel: what Grafana derives from the resolution and the scrapes.
pub(crate) const R: &str = "$__rate_interval";

/// A metric with matchers.
#[derive(Clone, Debug)]
pub(crate) struct Selector {
    metric: &'static MetricSpec,
    suffix: &'static str,
    matchers: Vec<String>,
}

/// A metric as rules select it: by job alone, so that an alert sees every environment.
pub(crate) fn rule(metric: &'static MetricSpec) -> Selector {
    Selector {
        metric,
        suffix: "",
        matchers: vec![format!("job=\"{JOB}\"")],
    }
}

/// A metric as panels select it: by the variables at the top of the dashboard.
pub(crate) fn panel(metric: &'static MetricSpec) -> Selector {
    let variables = ["job", "environment", "instance"];
    Selector {
        metric,
        suffix: "",
        matchers: variables
            .map(|name| format!("{name}=~\"${name}\""))
            .to_vec(),
    }
}

/// `sum by (labels) (inner)`.
pub(crate) fn sum(by: &str, inner: impl Display) -> String {
    format!("sum by ({by}) ({inner})")
}

/// `max by (labels) (inner)`.
pub(crate) fn max(by: &str, inner: impl Display) -> String {
    format!("max by ({by}) ({inner})")
}

/// What was counted in the last seconds: more than 0 of it, or nothing.
///
/// No increase has what a process counted before it was first scraped, such as what it found spoiled
/// at its start. A process younger than the window has counted all of it within the window.
pub(crate) fn any_within(seconds: u32, by: &str, counter: &Selector) -> String {
    let grown = sum(by, counter.increase(&format!("{}m", seconds / 60)));
    let age = format!("time() - {}", rule(&process::START_TIME));
    let young = format!("{counter} and on (job, environment, instance) {age} < {seconds}");
    format!("{grown} > 0\nor\n{} > 0", sum(by, young))
}

impl Selector {
    /// Adds `label="value"`.
    ///
    /// # Panics
    /// When the metric has no such label or the label cannot take the value. All selectors are
    /// constants, so the first test that renders them finds the slip.
    pub(crate) fn with(self, label: &str, value: &str) -> Self {
        self.matching(label, "=", value, &[value])
    }

    /// Adds `label=~"one|two"`.
    ///
    /// # Panics
    /// As [`Selector::with`], for each word.
    pub(crate) fn with_any(self, label: &str, words: &[&str]) -> Self {
        self.matching(label, "=~", &words.join("|"), words)
    }

    /// Adds `label=~"pattern"`, for classes such as `5..`.
    ///
    /// # Panics
    /// When the metric has no such label.
    pub(crate) fn with_like(self, label: &str, pattern: &str) -> Self {
        self.matching(label, "=~", pattern, &[])
    }

    /// The buckets of a histogram.
    pub(crate) fn buckets(self) -> Self {
        let suffix = "_bucket";
        Self { suffix, ..self }
    }

    /// The number of observations of a histogram.
    pub(crate) fn count(self) -> Self {
        let suffix = "_count";
        Self { suffix, ..self }
    }

    /// The sum of what a histogram observed.
    pub(crate) fn total(self) -> Self {
        let suffix = "_sum";
        Self { suffix, ..self }
    }

    /// `rate(selector[window])`.
    pub(crate) fn rate(&self, window: &str) -> String {
        self.over("rate", window)
    }

    /// `increase(selector[window])`.
    pub(crate) fn increase(&self, window: &str) -> String {
        self.over("increase", window)
    }

    /// The newest value of a gauge, which a failed scrape does not interrupt.
    pub(crate) fn last(&self) -> String {
        self.over("last_over_time", "5m")
    }

    /// `function(selector[window])`.
    pub(crate) fn over(&self, function: &str, window: &str) -> String {
        format!("{function}({self}[{window}])")
    }

    fn matching(mut self, label: &str, operator: &str, text: &str, values: &[&str]) -> Self {
        let name = self.metric.name;
        let spec = self.metric.labels.iter().find(|spec| spec.name == label);
        let spec = spec.unwrap_or_else(|| panic!("{name} has no label {label}"));
        for value in values {
            assert!(
                can_be(&spec.domain, value),
                "{label} of {name} is never {value}"
            );
        }
        self.matchers.push(format!("{label}{operator}\"{text}\""));
        self
    }
}

impl Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let matchers = self.matchers.join(", ");
        write!(f, "{}{}{{{matchers}}}", self.metric.name, self.suffix)
    }
}

fn can_be(domain: &Domain, value: &str) -> bool {
    match domain {
        Domain::Closed(words) => words.values.contains(&value),
        Domain::EventType => rra_schema::events::find(value).is_some(),
        Domain::MetricName => rra_schema::metrics::find(value).is_some(),
        // Values that only a running service knows.
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::{BY, can_be, rule, sum};
    use rra_schema::metrics::MetricSpec;
    use rra_schema::metrics::security::{AUTH_ATTEMPTS, SECURITY_EVENTS};

    #[test]
    fn a_selector_reads_as_promql() {
        let failures = rule(&AUTH_ATTEMPTS).with("result", "failure");
        assert_eq!(
            sum(BY, failures.increase("5m")),
            "sum by (job, environment) (increase(rra_auth_attempts_total{job=\"rra-module\", result=\"failure\"}[5m]))"
        );
    }

    #[test]
    fn a_closed_label_takes_its_words_only() {
        check(&AUTH_ATTEMPTS, "failure", true);
        check(&AUTH_ATTEMPTS, "failed", false);
    }

    #[test]
    fn an_event_type_is_one_of_the_catalogue() {
        check(&SECURITY_EVENTS, "ssrf.blocked", true);
        check(&SECURITY_EVENTS, "ssrf.bloked", false);
    }

    /// Whether the first label of the metric takes the value.
    #[track_caller]
    fn check(metric: &MetricSpec, value: &str, is_taken: bool) {
        assert_eq!(can_be(&metric.labels[0].domain, value), is_taken, "{value}");
    }
}
