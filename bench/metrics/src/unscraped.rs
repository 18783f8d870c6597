//! What a histogram costs in memory while nobody scrapes.

use std::thread;
use std::time::Duration;

use bench_measure::{Table, live_bytes};
use measured::Histogram;
use measured::metric::histogram::Thresholds;
use metrics_exporter_prometheus::PrometheusBuilder;
use rra_metrics::{Endpoint, Exposition, MetricsConfig};

use crate::peers::{BUCKETS, OURS, SECONDS};

/// How much is observed, and how much at once: 200,000 in a second, so that an upkeep that runs every
/// second has its turns.
const OBSERVATIONS: u32 = 1_000_000;
const AT_ONCE: u32 = 200;
const PAUSE: Duration = Duration::from_millis(1);

/// Live heap after a million observations in one series.
pub(crate) fn table() -> String {
    let mut table = Table::new(&["Histogram of", "observations", "KiB of heap"]);
    let mut add = |by: &str, bytes: i64| {
        table.row(&[&by, &OBSERVATIONS, &(bytes / 1024)]);
    };
    add(OURS, ours());
    add("metrics-exporter-prometheus, without upkeep", exporter());
    add("prometheus", prometheus());
    add("prometheus-client", client());
    add("measured", interned());
    table.to_string()
}

fn ours() -> i64 {
    let (metrics, _exposition) =
        Exposition::new(&MetricsConfig::default()).expect("a valid configuration");
    let route = metrics.api().route("GET", Endpoint::Unmatched);
    let durations = metrics.api().duration(route);
    observed(|| durations.record(Duration::from_secs_f64(SECONDS)))
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
    let ((), bytes) = live_bytes(|| {
        for number in 0..OBSERVATIONS {
            observe();
            if number % AT_ONCE == 0 {
                thread::sleep(PAUSE);
            }
        }
    });
    bytes
}
