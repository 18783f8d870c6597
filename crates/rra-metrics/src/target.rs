//! Where series are registered: a recorder given by value, or whichever the process has installed.

use std::fmt;
use std::sync::Arc;

use metrics::{Key, KeyName, Label, Recorder};
use rra_schema::metrics::{Area, Kind, METRICS, MetricSpec, Unit};

use crate::clean;
use crate::handle::{Gauge, Instrument};
use crate::tally::Tallies;

/// A recorder that any thread may use.
pub(crate) type SharedRecorder = Arc<dyn Recorder + Send + Sync>;

/// Where series are registered.
#[derive(Clone)]
pub(crate) enum Target {
    /// A recorder of our own or of the host, independent of the process-wide one.
    Given(SharedRecorder),
    /// A recorder that is handed sums before each rendering.
    Tallied(Arc<Tallies>),
    /// The process-wide recorder.
    Global,
}

impl Target {
    pub(crate) fn with<T>(&self, use_it: impl FnOnce(&dyn Recorder) -> T) -> T {
        match self {
            Self::Given(recorder) => use_it(recorder),
            Self::Tallied(tallies) => use_it(tallies.recorder()),
            Self::Global => metrics::with_recorder(use_it),
        }
    }

    /// A gauge with one series, whose labels have these values.
    pub(crate) fn gauge(&self, spec: &'static MetricSpec, values: &[&str]) -> Gauge {
        let labels = spec.labels.iter().zip(values);
        let labels: Vec<Label> = labels
            .map(|(label, value)| Label::new(label.name, clean::label_value(value).into_owned()))
            .collect();
        let key = Key::from_parts(spec.name, labels);
        Gauge::register(self, &key)
    }

    /// Hands help text and unit of every metric to the recorder.
    pub(crate) fn describe_catalogue(&self) {
        self.with(|recorder| {
            for metric in METRICS.iter().filter(|metric| metric.area != Area::Process) {
                let (name, unit) = (KeyName::from_const_str(metric.name), unit(metric.unit));
                match metric.kind {
                    Kind::Counter => recorder.describe_counter(name, unit, metric.help.into()),
                    Kind::Gauge => recorder.describe_gauge(name, unit, metric.help.into()),
                    Kind::Histogram => recorder.describe_histogram(name, unit, metric.help.into()),
                }
            }
        });
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Given(_) | Self::Tallied(_) => "a given recorder",
            Self::Global => "the global recorder",
        })
    }
}

/// The façade's word for a unit, where it has one.
fn unit(unit: Unit) -> Option<metrics::Unit> {
    match unit {
        Unit::Count => Some(metrics::Unit::Count),
        Unit::Seconds => Some(metrics::Unit::Seconds),
        Unit::Bytes => Some(metrics::Unit::Bytes),
        _ => None,
    }
}
