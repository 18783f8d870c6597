//! What is too small to count now, kept for the next time, series by series: counters are whole
//! numbers, and what many small amounts leave over must not be lost.

use std::sync::atomic::{AtomicU64, Ordering};

/// What each series of a metric carries over.
#[derive(Debug)]
pub(crate) struct Carry {
    left: Box<[AtomicU64]>,
    /// How many of the smallest part make one of what is counted.
    parts: u64,
}

impl Carry {
    /// Nothing carried over, in so many series.
    pub(crate) fn new(series: usize, parts: u64) -> Self {
        Self {
            left: (0..series).map(|_| AtomicU64::new(0)).collect(),
            parts,
        }
    }

    /// How many whole ones to count now, of `whole` and fewer than one in `parts`, in the series
    /// at this place.
    pub(crate) fn add(&self, place: usize, whole: u64, parts: u64) -> u64 {
        let Some(left) = self.left.get(place) else {
            return whole;
        };
        let carried = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            Some((left + parts) % self.parts)
        });
        // The closure always gives a value, so the update always succeeds.
        let before = carried.unwrap_or_default();
        whole + (before + parts) / self.parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Adds each amount in tenths and compares what is counted in all.
    fn check(tenths: &[u64], expected: u64) {
        let carry = Carry::new(1, 10);
        let counted: u64 = tenths
            .iter()
            .map(|tenths| carry.add(0, tenths / 10, tenths % 10))
            .sum();
        assert_eq!(counted, expected);
    }

    #[test]
    fn what_is_left_over_counts_when_it_makes_one() {
        check(&[4, 4], 0);
        check(&[4, 4, 4], 1);
        check(&[19, 19, 2], 4);
    }

    #[test]
    fn series_do_not_share_what_is_left_over() {
        let carry = Carry::new(2, 10);
        assert_eq!(carry.add(0, 0, 9) + carry.add(1, 0, 9), 0);
    }

    #[test]
    fn a_place_beyond_the_series_counts_its_whole_ones() {
        assert_eq!(Carry::new(0, 10).add(7, 3, 9), 3);
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_lost_between_amounts(tenths in proptest::collection::vec(0..1_000_u64, 0..50)) {
            check(&tenths, tenths.iter().sum::<u64>() / 10);
        }
    }
}
