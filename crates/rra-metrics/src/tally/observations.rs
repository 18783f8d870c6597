//! Observations counted by bucket and lane. The exporter keeps every single one with its time until
//! somebody folds them; here they are folded at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::{LANES, lane};

/// Words in a line of the processor's cache: lanes begin at their own.
const LINE_WORDS: usize = 8;

/// The observations of one series. A clone is the same series.
#[derive(Clone, Debug)]
pub(crate) struct Observations(Arc<Cells>);

#[derive(Debug)]
struct Cells {
    /// The upper bounds of the buckets, in nanoseconds; what is above all of them has one more.
    bounds: Box<[u64]>,
    /// For each lane a count for each bucket, then the sum in nanoseconds.
    words: Box<[AtomicU64]>,
}

/// What was observed up to now.
#[derive(Debug, PartialEq)]
pub(crate) struct Observed {
    /// How many were in each bucket or one below it; the last is all of them.
    pub(crate) cumulated: Vec<u64>,
    /// The sum in seconds.
    pub(crate) sum: f64,
}

impl Observations {
    /// None yet, with these bounds in seconds, rising.
    pub(crate) fn new(bounds: &[f64]) -> Self {
        let bounds = bounds.iter().map(|bound| Duration::from_secs_f64(*bound));
        let bounds: Box<[u64]> = bounds.map(nanoseconds).collect();
        let words = LANES * words_of_lane(bounds.len());
        Self(Arc::new(Cells {
            bounds,
            words: std::iter::repeat_with(AtomicU64::default)
                .take(words)
                .collect(),
        }))
    }

    /// Counts one in the lane of this thread.
    #[inline]
    pub(crate) fn record(&self, duration: Duration) {
        let Cells { bounds, words } = &*self.0;
        let nanoseconds = nanoseconds(duration);
        let bucket = bounds.iter().take_while(|bound| nanoseconds > **bound);
        let start = lane() * words_of_lane(bounds.len());
        words[start + bucket.count()].fetch_add(1, Ordering::Relaxed);
        // In nanoseconds, 2^64 are 584 years.
        words[start + bounds.len() + 1].fetch_add(nanoseconds, Ordering::Relaxed);
    }

    /// What was observed up to now.
    pub(crate) fn read(&self) -> Observed {
        let buckets = self.0.bounds.len() + 1;
        let mut count = 0;
        let cumulated = (0..buckets).map(|bucket| {
            count += self.sum_over_lanes(bucket);
            count
        });
        Observed {
            cumulated: cumulated.collect(),
            sum: Duration::from_nanos(self.sum_over_lanes(buckets)).as_secs_f64(),
        }
    }

    fn sum_over_lanes(&self, word: usize) -> u64 {
        let lanes = self
            .0
            .words
            .chunks_exact(words_of_lane(self.0.bounds.len()));
        let values = lanes.map(|lane| lane[word].load(Ordering::Relaxed));
        values.fold(0, u64::wrapping_add)
    }
}

/// A count for each bucket, one for what is above, the sum, and what fills the line.
const fn words_of_lane(bounds: usize) -> usize {
    (bounds + 2).next_multiple_of(LINE_WORDS)
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    fn check(milliseconds: &[u64], cumulated: &[u64], sum: f64) {
        let observations = Observations::new(&[0.005, 2.0]);
        for milliseconds in milliseconds {
            observations.record(Duration::from_millis(*milliseconds));
        }
        let cumulated = cumulated.to_vec();
        assert_eq!(observations.read(), Observed { cumulated, sum });
    }

    #[test]
    fn nothing_observed_is_zero_everywhere() {
        check(&[], &[0, 0, 0], 0.0);
    }

    #[test]
    fn a_bound_belongs_to_the_bucket_below_it() {
        check(&[5], &[1, 1, 1], 0.005);
        check(&[2_000], &[0, 1, 1], 2.0);
    }

    #[test]
    fn what_is_above_all_bounds_is_counted_too() {
        check(&[1, 6, 2_001], &[1, 2, 3], 2.008);
    }

    #[test]
    fn threads_that_observe_lose_nothing() {
        let observations = Observations::new(&[1.0]);
        thread::scope(|scope| {
            for _ in 0..2 * LANES {
                scope.spawn(|| {
                    (0..1_000).for_each(|_| observations.record(Duration::from_secs(2)));
                });
            }
        });
        let count = 2 * LANES as u64 * 1_000;
        assert_eq!(observations.read().cumulated, [0, count]);
    }
}
