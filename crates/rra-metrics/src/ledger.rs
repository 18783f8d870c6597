//! A recorder for tests: every series as text with its value. It keeps nothing but numbers.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use metrics::{
    Counter, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};

use crate::catalogue::Metrics;
use crate::config::MetricsConfig;

/// Every series that was registered.
#[derive(Default)]
pub(crate) struct Ledger {
    series: Mutex<BTreeMap<String, Arc<AtomicU64>>>,
}

impl Ledger {
    /// Metrics that write into a ledger.
    pub(crate) fn open(config: &MetricsConfig) -> (Metrics, Arc<Self>) {
        let ledger = Arc::new(Self::default());
        let recorder: Arc<dyn Recorder + Send + Sync> = ledger.clone();
        (
            Metrics::new(config, recorder).expect("a valid configuration"),
            ledger,
        )
    }

    /// The value of a counter, `None` when it does not exist.
    pub(crate) fn counter(&self, series: &str) -> Option<u64> {
        let all = self.series.lock().expect("no test panics inside");
        all.get(series).map(|value| value.load(Ordering::Relaxed))
    }

    /// The value of a gauge, `None` when it does not exist.
    pub(crate) fn gauge(&self, series: &str) -> Option<f64> {
        self.counter(series).map(f64::from_bits)
    }

    /// The series whose text starts so, with their values.
    pub(crate) fn starting(&self, start: &str) -> Vec<(String, u64)> {
        let all = self.series.lock().expect("no test panics inside");
        all.iter()
            .filter(|(series, _)| series.starts_with(start))
            .map(|(series, value)| (series.clone(), value.load(Ordering::Relaxed)))
            .collect()
    }

    /// The sum over all series of a metric.
    pub(crate) fn sum(&self, metric: &str) -> u64 {
        let series = self.starting(&format!("{metric}{{"));
        series.iter().map(|(_, value)| value).sum()
    }

    fn register(&self, key: &Key) -> Arc<AtomicU64> {
        let labels: Vec<String> = key
            .labels()
            .map(|label| format!("{}={}", label.key(), label.value()))
            .collect();
        let series = format!("{}{{{}}}", key.name(), labels.join(","));
        let mut all = self.series.lock().expect("no test panics inside");
        Arc::clone(all.entry(series).or_default())
    }
}

/// Counts observations, whatever they are.
struct Observations(Arc<AtomicU64>);

impl HistogramFn for Observations {
    fn record(&self, _: f64) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Recorder for Ledger {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.register(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.register(key))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(Arc::new(Observations(self.register(key))))
    }
}
