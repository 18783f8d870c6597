//! What a part of a query gives: the labels of its series, and what their values mean.

use std::collections::{BTreeMap, BTreeSet};

/// The names of labels.
pub(in crate::check_schema) type Labels = BTreeSet<String>;

/// What each recording rule gives, by the name it records under.
pub(in crate::check_schema) type Recorded = BTreeMap<String, Shape>;

/// What a part of a query gives.
#[derive(Clone, Debug)]
pub(in crate::check_schema) struct Shape {
    /// The labels each of its series may have; `None` when that is not known.
    pub(in crate::check_schema) labels: Option<Labels>,
    pub(super) origin: Origin,
}

/// What the values mean, as far as a later step depends on it.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::check_schema) enum Origin {
    /// A number of the query itself.
    Number(f64),
    /// One value without series.
    Scalar,
    /// A total since the process started, of this metric.
    Counter(String),
    /// Observations up to each bound, of a histogram with these bounds.
    Buckets(Steps),
    /// A quantile, known to the bounds of its histogram only.
    Quantile(Steps),
    /// Anything else.
    Value,
}

/// The bounds of the buckets of a histogram.
pub(in crate::check_schema) type Steps = &'static [f64];

impl Shape {
    pub(super) fn unknown() -> Self {
        Self {
            labels: None,
            origin: Origin::Value,
        }
    }

    pub(super) fn number(value: f64) -> Self {
        Self {
            labels: Some(Labels::new()),
            origin: Origin::Number(value),
        }
    }

    pub(super) fn scalar() -> Self {
        Self {
            labels: Some(Labels::new()),
            origin: Origin::Scalar,
        }
    }

    pub(super) fn of(labels: Labels, origin: Origin) -> Self {
        Self {
            labels: Some(labels),
            origin,
        }
    }

    /// The same series with another meaning.
    pub(super) fn into_value(self) -> Self {
        Self {
            origin: Origin::Value,
            ..self
        }
    }

    pub(super) fn is_scalar(&self) -> bool {
        matches!(self.origin, Origin::Number(_) | Origin::Scalar)
    }

    /// Whether its series may have this label.
    pub(in crate::check_schema) fn may_have(&self, label: &str) -> bool {
        self.labels
            .as_ref()
            .is_none_or(|labels| labels.contains(label))
    }
}

/// Labels that every scraped series has, whatever its metric.
const OF_TARGET: [&str; 3] = ["job", "environment", "instance"];

/// Whether the label comes from the target and not from the metric.
pub(in crate::check_schema) fn is_of_target(label: &str) -> bool {
    OF_TARGET.contains(&label)
}

/// The labels of the target and these.
pub(super) fn with_target<'a>(own: impl IntoIterator<Item = &'a str>) -> Labels {
    own.into_iter()
        .chain(OF_TARGET)
        .map(str::to_owned)
        .collect()
}
