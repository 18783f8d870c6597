//! What other libraries observe is folded while nobody scrapes.

use std::thread;
use std::time::Duration;

use allocation_counter::measure;
use metrics::{Histogram, Key, Level, Metadata};
use rra_metrics::{Exposition, MetricsConfig};

/// The exporter keeps observations in blocks of 64, or 16 on small processors; so many fit into one.
const FEWER_THAN_A_BLOCK: usize = 15;
/// How far apart: all of them take three times as long as the upkeep waits.
const PACE: Duration = Duration::from_millis(200);

/// Observes one; tells whether a block was made for it.
fn makes_a_block(histogram: &Histogram) -> bool {
    measure(|| histogram.record(0.003)).bytes_total > 128
}

#[test]
fn a_block_of_observations_goes_before_it_is_full() {
    let (_metrics, exposition) = Exposition::new(&MetricsConfig::default()).expect("valid");
    let who = Metadata::new("foreign", Level::INFO, None);
    let key = Key::from_static_name("foreign_seconds");
    let histogram = exposition.recorder().register_histogram(&key, &who);
    assert!(makes_a_block(&histogram));
    let is_new = (0..FEWER_THAN_A_BLOCK).any(|_| {
        thread::sleep(PACE);
        makes_a_block(&histogram)
    });
    assert!(is_new, "the first block is still there");
    assert!(exposition.render().contains("foreign_seconds_count "));
}
