//! What we could have instead of the exporter's histograms: buckets that are counted at once.

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};

use bench_measure::Case;

use super::{BUCKETS, HISTOGRAM, SECONDS};

/// Buckets without `+Inf`, which is the count, and the sum in nanoseconds.
#[derive(Default)]
struct Buckets {
    counts: [AtomicU64; BUCKETS.len()],
    count: AtomicU64,
    nanoseconds: AtomicU64,
}

pub(super) fn cases() -> Vec<Case<'static>> {
    let buckets = Buckets::default();
    vec![Case::new(HISTOGRAM, "prototype, kept handle", move || {
        buckets.observe(black_box(SECONDS));
    })]
}

impl Buckets {
    fn observe(&self, seconds: f64) {
        let place = BUCKETS.partition_point(|bound| *bound < seconds);
        if let Some(bucket) = self.counts.get(place) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "five centuries fit"
        )]
        let nanoseconds = (seconds * 1e9) as u64;
        self.nanoseconds.fetch_add(nanoseconds, Ordering::Relaxed);
        self.count.fetch_add(1, Ordering::Relaxed);
    }
}
