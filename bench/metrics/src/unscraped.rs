//! What a histogram costs in memory while nobody scrapes.

use std::time::Duration;

use bench_measure::{Table, live_bytes};
use measured::Histogram;
use measured::metric::histogram::Thresholds;
use metrics_exporter_prometheus::PrometheusBuilder;
use rra_metrics::{Endpoint, Exposition, MetricsConfig};

use crate::peers::{BUCKETS, SECONDS};

/// How much is observed, and between how many observations our upkeep runs: a service with 20,000
/// requests in a second, whose upkeep runs every five.
const OBSERVATIONS: u32 = 1_000_000;
const BETWEEN_UPKEEPS: u32 = 100_000;

/// Live heap after a million observations in one series.
pub(crate) fn table() -> String {
    let mut table = Table::new(&["Histogram of", "observations", "KiB of heap"]);
    let mut add = |by: &str, bytes: i64| {
        table.row(&[&by, &OBSERVATIONS, &(bytes / 1024)]);
    };
    add("rra-metrics, with its upkeep", ours(BETWEEN_UPKEEPS));
    add("rra-metrics, without upkeep", ours(OBSERVATIONS + 1));
    add("metrics-exporter-prometheus", exporter());
    add("prometheus", prometheus());
    add("prometheus-client", client());
    add("measured", interned());
    table.to_string()
}

fn ours(between_upkeeps: u32) -> i64 {
    let (metrics, exposition) =
        Exposition::new(&MetricsConfig::default()).expect("a valid configuration");
    let route = metrics.api().route("GET", Endpoint::Unmatched);
    let durations = metrics.api().duration(route);
    let ((), bytes) = live_bytes(|| {
        for number in 1..=OBSERVATIONS {
            durations.record(Duration::from_secs_f64(SECONDS));
            if number % between_upkeeps == 0 {
                exposition.run_upkeep();
            }
        }
    });
    bytes
}

fn exporter() -> i64 {
    let recorder = PrometheusBuilder::new()
        .set_buckets(&BUCKETS)
        .expect("ascending bounds")
        .build_recorder();
    let key = metrics::Key::from_static_name("seconds");
    let metadata = metrics::Metadata::new("bench", metrics::Level::INFO, None);
    let histogram = metrics::Recorder::register_histogram(&recorder, &key, &metadata);
    observed(|| histogram.record(SECONDS))
}

fn prometheus() -> i64 {
    let options = prometheus::HistogramOpts::new("seconds", "Help.").buckets(BUCKETS.to_vec());
    let histogram = prometheus::Histogram::with_opts(options).expect("a valid name");
    observed(|| histogram.observe(SECONDS))
}

fn client() -> i64 {
    let histogram = prometheus_client::metrics::histogram::Histogram::new(BUCKETS);
    observed(|| histogram.observe(SECONDS))
}

fn interned() -> i64 {
    let histogram = Histogram::with_metadata(Thresholds::with_buckets(BUCKETS));
    observed(|| histogram.observe(SECONDS))
}

fn observed(observe: impl Fn()) -> i64 {
    let ((), bytes) = live_bytes(|| (0..OBSERVATIONS).for_each(|_| observe()));
    bytes
}
