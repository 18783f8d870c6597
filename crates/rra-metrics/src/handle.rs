//! The kinds of handle a service moves metrics with. Resolve one once, then keep it.

use std::time::Duration;

use metrics::{Key, Metadata};

use crate::tally::{Observations, Tally};
use crate::target::Target;

/// The largest value a Prometheus sample holds exactly: 2^53.
pub(crate) const MAX_EXACT: u64 = 1 << 53;

/// A number that only grows.
#[derive(Clone, Debug)]
pub struct Counter(Count);

#[derive(Clone, Debug)]
enum Count {
    Tally(Tally),
    Given(metrics::Counter),
}

impl Counter {
    /// Adds `amount`.
    #[inline]
    pub fn increment(&self, amount: u64) {
        match &self.0 {
            Count::Tally(tally) => tally.add(amount),
            Count::Given(counter) => counter.increment(amount),
        }
    }
}

/// A number that goes up and down.
#[derive(Clone, Debug)]
pub struct Gauge(metrics::Gauge);

impl Gauge {
    /// Makes the value `value`.
    pub fn set(&self, value: f64) {
        self.0.set(value);
    }
}

/// A number of things that are there, one up and one down at a time.
#[derive(Clone, Debug)]
pub struct Level(Height);

#[derive(Clone, Debug)]
enum Height {
    Tally(Tally),
    Given(metrics::Gauge),
}

impl Level {
    /// Adds one.
    #[inline]
    pub fn up(&self) {
        match &self.0 {
            Height::Tally(tally) => tally.add(1),
            Height::Given(gauge) => gauge.increment(1.0),
        }
    }

    /// Takes one away.
    #[inline]
    pub fn down(&self) {
        match &self.0 {
            Height::Tally(tally) => tally.subtract(1),
            Height::Given(gauge) => gauge.decrement(1.0),
        }
    }
}

/// A distribution of observations, in our exposition in the buckets of the catalogue.
#[derive(Clone, Debug)]
pub struct Histogram(Distribution);

#[derive(Clone, Debug)]
enum Distribution {
    Own(Observations),
    Given(metrics::Histogram),
}

impl Histogram {
    /// Adds one observation.
    #[inline]
    pub fn record(&self, duration: Duration) {
        match &self.0 {
            Distribution::Own(observations) => observations.record(duration),
            Distribution::Given(histogram) => histogram.record(duration.as_secs_f64()),
        }
    }
}

/// A handle that a recorder can make.
pub(crate) trait Instrument: Clone {
    /// Registers a series.
    fn register(target: &Target, key: &Key) -> Self;
    /// A handle that moves nothing.
    fn nowhere() -> Self;
}

/// What the recorder is told about who registers.
pub(crate) const METADATA: Metadata<'static> =
    Metadata::new("rra_metrics", metrics::Level::INFO, Some("rra_metrics"));

impl Instrument for Counter {
    fn register(target: &Target, key: &Key) -> Self {
        Self(match target {
            Target::Tallied(tallies) => Count::Tally(tallies.counter(key)),
            _ => Count::Given(target.with(|recorder| recorder.register_counter(key, &METADATA))),
        })
    }

    fn nowhere() -> Self {
        Self(Count::Given(metrics::Counter::noop()))
    }
}

impl Instrument for Gauge {
    fn register(target: &Target, key: &Key) -> Self {
        Self(target.with(|recorder| recorder.register_gauge(key, &METADATA)))
    }

    fn nowhere() -> Self {
        Self(metrics::Gauge::noop())
    }
}

impl Instrument for Level {
    fn register(target: &Target, key: &Key) -> Self {
        Self(match target {
            Target::Tallied(tallies) => Height::Tally(tallies.level(key)),
            _ => Height::Given(target.with(|recorder| recorder.register_gauge(key, &METADATA))),
        })
    }

    fn nowhere() -> Self {
        Self(Height::Given(metrics::Gauge::noop()))
    }
}

impl Instrument for Histogram {
    fn register(target: &Target, key: &Key) -> Self {
        let own = match target {
            Target::Tallied(tallies) => tallies.histogram(key),
            _ => None,
        };
        let given = || target.with(|recorder| recorder.register_histogram(key, &METADATA));
        Self(own.map_or_else(|| Distribution::Given(given()), Distribution::Own))
    }

    fn nowhere() -> Self {
        Self(Distribution::Given(metrics::Histogram::noop()))
    }
}
