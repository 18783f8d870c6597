//! Selectors: the metric, its labels, and the values that are asked for.

use std::time::Duration;

use promql_parser::label::{MatchOp, Matcher};
use promql_parser::parser::VectorSelector;
use rra_schema::metrics::{self, Domain, Kind, LabelSpec, MetricSpec};

use super::shape::with_target;
use super::{Fault, Labels, Origin, Shape, Walk, is_of_target};

/// The name of the scrape job in `prometheus.yml`.
const JOB: &str = "rra-module";
/// Series that Prometheus writes itself.
const OF_PROMETHEUS: [&str; 4] = [
    "up",
    "scrape_duration_seconds",
    "scrape_samples_scraped",
    "scrape_series_added",
];
/// Programs beside the service, whose metrics are described elsewhere.
const OF_OTHERS: [&str; 2] = ["prometheus_", "alertmanager_"];
/// What Prometheus keeps of alerts, under the labels of their rules.
const ALERTS: [&str; 2] = ["ALERTS", "ALERTS_FOR_STATE"];

impl Walk<'_> {
    pub(super) fn selector(&mut self, selector: &VectorSelector, range: Duration) -> Shape {
        self.reaches(range, selector.offset.as_ref());
        let Some(name) = selector.name.as_deref() else {
            self.fault(Fault::Metric, "selects series of any metric");
            return Shape::unknown();
        };
        self.asks_something(name, &selector.matchers.matchers);
        if ALERTS.contains(&name) || OF_OTHERS.iter().any(|own| name.starts_with(own)) {
            return Shape::unknown();
        }
        if let Some(recorded) = self.recorded.get(name) {
            let shape = recorded.clone();
            self.known_labels(name, &shape, &selector.matchers.matchers);
            return shape;
        }
        if OF_PROMETHEUS.contains(&name) {
            self.asks_for_job(name, &selector.matchers.matchers);
            let shape = Shape::of(with_target([]), Origin::Value);
            self.known_labels(name, &shape, &selector.matchers.matchers);
            return shape;
        }
        let Some((spec, origin)) = self.metric(name) else {
            return Shape::unknown();
        };
        self.asks_for_job(name, &selector.matchers.matchers);
        let shape = Shape::of(labels_of(spec, &origin), origin);
        self.known_labels(name, &shape, &selector.matchers.matchers);
        for matcher in &selector.matchers.matchers {
            if let Some(label) = spec.labels.iter().find(|label| label.name == matcher.name) {
                self.possible_values(name, label, matcher);
            }
        }
        shape
    }

    /// The row of the catalogue behind a name, and what its values are.
    fn metric(&mut self, name: &str) -> Option<(&'static MetricSpec, Origin)> {
        if let Some(spec) = metrics::find(name) {
            let origin = match spec.kind {
                Kind::Counter => Origin::Counter(name.to_owned()),
                Kind::Gauge => Origin::Value,
                Kind::Histogram => {
                    let what = format!("{name} is a histogram: ask for _bucket, _sum or _count");
                    self.fault(Fault::Histogram, what);
                    return None;
                }
            };
            return Some((spec, origin));
        }
        let parts = ["_bucket", "_sum", "_count"];
        let part = parts
            .into_iter()
            .find_map(|part| Some((part, metrics::find(name.strip_suffix(part)?)?)));
        match part {
            Some((part, spec)) if spec.kind == Kind::Histogram => {
                let origin = if part == "_bucket" {
                    Origin::Buckets(spec.buckets)
                } else {
                    Origin::Counter(name.to_owned())
                };
                Some((spec, origin))
            }
            Some((part, spec)) => {
                let kind = spec.kind.as_str();
                let what = format!("{} is a {kind} and has no {part}", spec.name);
                self.fault(Fault::Histogram, what);
                None
            }
            None => {
                self.fault(Fault::Metric, format!("there is no metric {name}"));
                None
            }
        }
    }

    fn asks_for_job(&mut self, name: &str, matchers: &[Matcher]) {
        let is_job = |matcher: &&Matcher| matcher.name == "job" && matcher.op == MatchOp::Equal;
        for matcher in matchers.iter().filter(is_job) {
            if matcher.value != JOB {
                let what = format!("job of {name} is never {}", matcher.value);
                self.fault(Fault::Value, what);
            }
        }
        if !matchers.iter().any(|matcher| matcher.name == "job") {
            self.fault(Fault::NoJob, format!("{name} is selected of every job"));
        }
    }

    fn known_labels(&mut self, name: &str, shape: &Shape, matchers: &[Matcher]) {
        for matcher in matchers {
            if !shape.may_have(&matcher.name) {
                let what = format!("{name} has no label {}", matcher.name);
                self.fault(Fault::Label, what);
            }
        }
    }

    /// A variable of Grafana stands for values that only a running service has.
    fn possible_values(&mut self, name: &str, label: &LabelSpec, matcher: &Matcher) {
        let Some(words) = words(&label.domain) else {
            return;
        };
        if matcher.value.contains('$') {
            return;
        }
        let is_pattern = matches!(matcher.op, MatchOp::Re(_) | MatchOp::NotRe(_));
        let asked: Vec<&str> = if is_pattern && matcher.value.chars().all(is_plain) {
            matcher.value.split('|').collect()
        } else {
            vec![matcher.value.as_str()]
        };
        for value in asked {
            if !words.iter().any(|word| fits(word, value, &matcher.op)) {
                let what = format!("{} of {name} is never {value}", label.name);
                self.fault(Fault::Value, what);
            }
        }
    }

    /// A pattern for everything selects by nothing, or nothing at all.
    fn asks_something(&mut self, name: &str, matchers: &[Matcher]) {
        for matcher in matchers.iter().filter(|matcher| matcher.value == ".*") {
            let what = format!("{} of {name} is always .*", matcher.name);
            self.fault(Fault::Value, what);
        }
    }
}

fn labels_of(spec: &MetricSpec, origin: &Origin) -> Labels {
    let mut labels = with_target(spec.labels.iter().map(|label| label.name));
    if matches!(origin, Origin::Buckets(_)) {
        labels.insert("le".to_owned());
    }
    debug_assert!(!spec.labels.iter().any(|label| is_of_target(label.name)));
    labels
}

/// Every value of a domain that is known before a service runs.
fn words(domain: &Domain) -> Option<Vec<&'static str>> {
    match domain {
        Domain::Closed(list) => Some(list.values.to_vec()),
        Domain::EventType => {
            let types = rra_schema::events::CATALOGUE.iter().map(|event| event.name);
            Some(types.chain(domain.reserved().iter().copied()).collect())
        }
        Domain::MetricName => Some(metrics::METRICS.iter().map(|spec| spec.name).collect()),
        _ => None,
    }
}

/// Whether a word fits what is asked for: one of plain words, in which a stop stands for any
/// character, or a whole pattern.
fn fits(word: &str, asked: &str, operator: &MatchOp) -> bool {
    let (MatchOp::Re(pattern) | MatchOp::NotRe(pattern)) = operator else {
        return word == asked;
    };
    if !asked.chars().all(is_plain) {
        return pattern.is_match(word);
    }
    let fits_here = |(is, wanted): (char, char)| is == wanted || wanted == '.';
    word.len() == asked.len() && word.chars().zip(asked.chars()).all(fits_here)
}

/// Whether a sign in a pattern stands for itself, for any character, or between two words.
fn is_plain(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || "_-.|".contains(sign)
}
