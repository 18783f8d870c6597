//! The form of a metric row: what the catalogue says about a metric and its labels.
//!
//! Rows are built with `const` methods, so a row reads as a sentence and costs nothing at run time.

use crate::metrics::{CUSTOM_EVENT, OTHER, OTHER_EVENT};
use crate::spec::EnumSpec;

/// One metric of the catalogue.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct MetricSpec {
    /// The name as it is exposed.
    pub name: &'static str,
    /// What may be done with its value.
    pub kind: Kind,
    /// What one step of the value means.
    pub unit: Unit,
    /// The text of the `# HELP` line.
    pub help: &'static str,
    /// Its labels, in the order they are documented.
    pub labels: &'static [LabelSpec],
    /// Upper bounds of a histogram's buckets, ascending, without `+Inf`; empty for other kinds.
    pub buckets: &'static [f64],
    /// Which series exist with the value 0 from the start.
    pub zero: Zero,
    /// How much a consumer may build on it.
    pub stability: Stability,
    /// The schema version it appeared in.
    pub since: &'static str,
    /// The part of a service it speaks about.
    pub area: Area,
}

/// What may be done with a metric's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only grows while the process lives.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts observations in buckets.
    Histogram,
}

impl Kind {
    /// The word of the `# TYPE` line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// What one step of a metric's value means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unit {
    /// A number of things.
    Count,
    /// A duration in seconds.
    Seconds,
    /// A moment in seconds since 1970-01-01 UTC.
    UnixSeconds,
    /// Bytes.
    Bytes,
    /// A share from 0 to 1.
    Ratio,
    /// A millionth of a token. Counters are whole numbers, and a millionth stays exact up to
    /// 9.0e9 tokens in the 53 bits of a Prometheus value.
    Micros,
    /// A billionth of a chain's native coin.
    Gwei,
    /// A hundredth of a US dollar.
    UsdCents,
}

impl Unit {
    /// How a name in this unit ends, `_total` aside; empty for a plain number.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Count => "",
            Self::Seconds => "_seconds",
            Self::UnixSeconds => "_timestamp_seconds",
            Self::Bytes => "_bytes",
            Self::Ratio => "_ratio",
            Self::Micros => "_micros",
            Self::Gwei => "_gwei",
            Self::UsdCents => "_usd_cents",
        }
    }
}

/// Which series of a metric exist with the value 0 before anything happened.
///
/// Prometheus sees no increase in a counter that appears with a value, so an alert on a counter is
/// only sound when its series were there before.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Zero {
    /// None: a series appears with its first value.
    Absent,
    /// Every combination of closed words, registered values and reserved values; of a gauge, for
    /// which a zero says something, only closed words and registered values.
    Every,
    /// As [`Zero::Every`], with the named labels limited to the listed values.
    Only(&'static [(&'static str, &'static [&'static str])]),
    /// One series for each event type, at the type's own severity.
    EachEventType,
    /// One series for each label of the catalogue that [can overflow](Domain::can_overflow).
    EachOverflowingLabel,
}

/// How much a consumer may build on a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stability {
    /// Named by the monitoring guide of the RRA Module: name, kind and labels never change.
    Seed,
    /// Changes only with a major version.
    Stable,
    /// May change in a minor version.
    Experimental,
}

/// The part of a service a metric speaks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// Requests and their answers.
    Api,
    /// Authentication, limits, blocked attacks.
    Security,
    /// Licences, payments, transactions.
    Blockchain,
    /// Agents and their negotiations.
    Agents,
    /// The way of an event to its destinations.
    Pipeline,
    /// The metrics themselves and the build.
    Telemetry,
    /// The async runtime the service runs on.
    Runtime,
    /// The operating system's view of the process; measured by a library under names that
    /// Prometheus clients share.
    Process,
}

/// One label of a metric.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct LabelSpec {
    /// The label's name.
    pub name: &'static str,
    /// The values it may take.
    pub domain: Domain,
}

/// The values a label may take. Every domain is bounded, so the number of series is too.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Domain {
    /// One word of a fixed list.
    Closed(&'static EnumSpec),
    /// A value named when the service starts; anything else becomes a reserved value.
    Registered {
        /// Most values that can be registered.
        max_values: usize,
        /// Values that exist beside the registered ones.
        reserved: &'static [&'static str],
    },
    /// A value admitted while the service runs; beyond the cap it becomes a reserved value.
    Dynamic {
        /// Most values that are admitted.
        max_values: usize,
        /// Values that exist beside the admitted ones.
        reserved: &'static [&'static str],
    },
    /// An event type of the catalogue, `custom` or `other`.
    EventType,
    /// The name of a metric of the catalogue.
    MetricName,
    /// The name of a label of the catalogue.
    LabelName,
}

impl Domain {
    /// Values outside the list, registry or catalogue that the label can take.
    pub const fn reserved(&self) -> &'static [&'static str] {
        match self {
            Self::Registered { reserved, .. } | Self::Dynamic { reserved, .. } => reserved,
            Self::EventType => &[CUSTOM_EVENT, OTHER_EVENT],
            Self::Closed(_) | Self::MetricName | Self::LabelName => &[],
        }
    }

    /// Whether a value that finds no slot is counted as `_other`.
    pub fn can_overflow(&self) -> bool {
        self.reserved().contains(&OTHER)
    }
}

impl LabelSpec {
    /// A label that takes one word of `words`.
    pub(crate) const fn closed(name: &'static str, words: &'static EnumSpec) -> Self {
        let domain = Domain::Closed(words);
        Self { name, domain }
    }

    /// A label whose values are named at start-up.
    pub(crate) const fn registered(
        name: &'static str,
        max_values: usize,
        reserved: &'static [&'static str],
    ) -> Self {
        let domain = Domain::Registered {
            max_values,
            reserved,
        };
        Self { name, domain }
    }

    /// A label whose values are admitted at run time.
    pub(crate) const fn dynamic(
        name: &'static str,
        max_values: usize,
        reserved: &'static [&'static str],
    ) -> Self {
        let domain = Domain::Dynamic {
            max_values,
            reserved,
        };
        Self { name, domain }
    }

    /// A label with another of the catalogue's own domains.
    pub(crate) const fn of(name: &'static str, domain: Domain) -> Self {
        Self { name, domain }
    }
}

impl MetricSpec {
    /// A stable counter of things, whose series appear with their first value.
    pub(crate) const fn counter(area: Area, name: &'static str, help: &'static str) -> Self {
        Self::new(Kind::Counter, area, name, help)
    }

    /// A stable gauge of things, whose series appear with their first value.
    pub(crate) const fn gauge(area: Area, name: &'static str, help: &'static str) -> Self {
        Self::new(Kind::Gauge, area, name, help)
    }

    /// A stable histogram of seconds.
    pub(crate) const fn histogram(
        area: Area,
        name: &'static str,
        help: &'static str,
        buckets: &'static [f64],
    ) -> Self {
        let unbounded = Self::new(Kind::Histogram, area, name, help).unit(Unit::Seconds);
        Self {
            buckets,
            ..unbounded
        }
    }

    pub(crate) const fn labels(self, labels: &'static [LabelSpec]) -> Self {
        Self { labels, ..self }
    }

    pub(crate) const fn unit(self, unit: Unit) -> Self {
        Self { unit, ..self }
    }

    pub(crate) const fn zero(self, zero: Zero) -> Self {
        Self { zero, ..self }
    }

    /// Marks a metric that the monitoring guide names.
    pub(crate) const fn seed(self) -> Self {
        let stability = Stability::Seed;
        Self { stability, ..self }
    }

    pub(crate) const fn experimental(self) -> Self {
        let stability = Stability::Experimental;
        Self { stability, ..self }
    }

    const fn new(kind: Kind, area: Area, name: &'static str, help: &'static str) -> Self {
        Self {
            name,
            kind,
            unit: Unit::Count,
            help,
            labels: &[],
            buckets: &[],
            zero: Zero::Absent,
            stability: Stability::Stable,
            since: "1.0.0",
            area,
        }
    }
}
