//! Puts the tables of all metrics together from the catalogue, and keeps their sizes at hand.

use std::sync::Arc;

use rra_schema::metrics::MetricSpec;
use rra_schema::metrics::process::{BUILD_INFO, METRICS_SERIES};

use crate::config::BuildInfo;
use crate::family::Family;
use crate::handle::{Counter, Gauge, Histogram, Instrument, Level};
use crate::sets::Sets;
use crate::target::Target;

/// What is needed to make a metric's table.
pub(crate) struct Assembly {
    pub(crate) sets: Sets,
    target: Target,
    max_series: usize,
    sizes: Vec<Size>,
}

/// Tells how many lines a metric has now.
pub(crate) struct Size {
    lines: Box<dyn Fn() -> usize + Send + Sync>,
    gauge: Gauge,
}

impl Assembly {
    pub(crate) fn new(sets: Sets, target: Target, max_series: usize) -> Self {
        Self {
            sets,
            target,
            max_series,
            sizes: Vec::new(),
        }
    }

    pub(crate) fn counter(&mut self, spec: &'static MetricSpec) -> Arc<Family<Counter>> {
        self.family(spec)
    }

    pub(crate) fn gauge(&mut self, spec: &'static MetricSpec) -> Arc<Family<Gauge>> {
        self.family(spec)
    }

    pub(crate) fn level(&mut self, spec: &'static MetricSpec) -> Arc<Family<Level>> {
        self.family(spec)
    }

    pub(crate) fn histogram(&mut self, spec: &'static MetricSpec) -> Arc<Family<Histogram>> {
        self.family(spec)
    }

    /// A gauge of what is running, always 1.
    pub(crate) fn build_info(&self, build: &BuildInfo) {
        let values = [
            &build.version,
            &build.revision,
            &build.rustc,
            &build.features,
        ];
        self.target
            .gauge(&BUILD_INFO, &values.map(String::as_str))
            .set(1.0);
    }

    /// The sizes of all tables made so far.
    pub(crate) fn into_sizes(self) -> Sizes {
        Sizes(self.sizes)
    }

    fn family<H>(&mut self, spec: &'static MetricSpec) -> Arc<Family<H>>
    where
        H: Instrument + Send + Sync + 'static,
    {
        let axes = self.sets.axes(spec.labels);
        let family = Arc::new(Family::new(spec, axes, &self.target, self.max_series));
        let counted = Arc::clone(&family);
        self.sizes.push(Size {
            lines: Box::new(move || counted.lines()),
            gauge: self.target.gauge(&METRICS_SERIES, &[spec.name]),
        });
        family
    }
}

/// The sizes of all tables.
pub(crate) struct Sizes(Vec<Size>);

impl Sizes {
    /// Brings the gauges of series up to date.
    pub(crate) fn publish(&self) {
        for size in &self.0 {
            // A table has at most some thousand lines, far below what a float holds exactly.
            size.gauge
                .set(u32::try_from((size.lines)()).unwrap_or(u32::MAX).into());
        }
    }

    /// How many lines there are now.
    pub(crate) fn total(&self) -> usize {
        self.0.iter().map(|size| (size.lines)()).sum()
    }
}
