//! Counts where counting is cheap, and hands the sums to the recorder before each rendering.
//! Histograms are not handed on, but read where they are.
//!
//! A counter of the exporter takes two steps that all threads share, so threads that count the
//! same thing wait for each other's processor cache. Here each thread has a lane, which few other
//! threads touch.

mod observations;

pub(crate) use observations::{Observations, Observed};

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use metrics::{Key, Recorder};
use rra_schema::metrics::{METRICS, MetricSpec};

use crate::handle::METADATA;
use crate::target::SharedRecorder;
use crate::timer::Timer;

/// How many lanes there are; threads beyond that share them.
const LANES: usize = 8;
/// How many counters are in one slab: half a page for each lane.
const SLAB_COUNTERS: usize = 256;

/// The counters in front of one recorder.
pub(crate) struct Tallies {
    recorder: SharedRecorder,
    published: Mutex<Vec<Published>>,
    histograms: Mutex<Vec<(&'static MetricSpec, Key, Observations)>>,
    /// Ends with the counters.
    _upkeep: Option<Timer>,
}

/// A counter by its place in the lanes of a slab.
#[derive(Clone, Debug)]
pub(crate) struct Tally {
    slab: Arc<Slab>,
    at: usize,
}

/// A counter or level and how the recorder is told of it.
struct Published {
    tally: Tally,
    to: Recorded,
}

enum Recorded {
    Counter {
        counter: metrics::Counter,
        known: u64,
    },
    Level(metrics::Gauge),
}

struct Slab([[AtomicU64; SLAB_COUNTERS]; LANES]);

impl Tallies {
    /// No counters yet, in front of a recorder that is kept in order by `upkeep`.
    pub(crate) fn new(recorder: SharedRecorder, upkeep: impl Into<Option<Timer>>) -> Self {
        Self {
            recorder,
            published: Mutex::default(),
            histograms: Mutex::default(),
            _upkeep: upkeep.into(),
        }
    }

    /// The recorder behind the counters.
    pub(crate) fn recorder(&self) -> &(dyn Recorder + Send + Sync) {
        &*self.recorder
    }

    /// A counter of this key. Two of one key add up.
    pub(crate) fn counter(&self, key: &Key) -> Tally {
        let counter = self.recorder.register_counter(key, &METADATA);
        self.tally(Recorded::Counter { counter, known: 0 })
    }

    /// A number of this key that goes up and down.
    pub(crate) fn level(&self, key: &Key) -> Tally {
        let gauge = self.recorder.register_gauge(key, &METADATA);
        self.tally(Recorded::Level(gauge))
    }

    /// The histogram of this key, with the buckets that the catalogue gives it; `None` if it does not
    /// know the metric.
    pub(crate) fn histogram(&self, key: &Key) -> Option<Observations> {
        let spec = METRICS.iter().find(|spec| spec.name == key.name())?;
        let mut histograms = unpoisoned(&self.histograms);
        let known = histograms.iter().find(|(_, known, _)| known == key);
        if let Some((.., known)) = known {
            return Some(known.clone());
        }
        let observations = Observations::new(spec.buckets);
        histograms.push((spec, key.clone(), observations.clone()));
        Some(observations)
    }

    /// What every histogram has observed.
    pub(crate) fn histograms(&self) -> Vec<(&'static MetricSpec, Key, Observed)> {
        let histograms = unpoisoned(&self.histograms);
        let read = histograms
            .iter()
            .map(|(spec, key, observations)| (*spec, key.clone(), observations.read()));
        read.collect()
    }

    /// Hands on what has been counted since the last time.
    pub(crate) fn publish(&self) {
        for Published { tally, to } in unpoisoned(&self.published).iter_mut() {
            let now = tally.sum();
            match to {
                Recorded::Counter { counter, known } => {
                    counter.increment(now.wrapping_sub(*known));
                    *known = now;
                }
                Recorded::Level(gauge) => gauge.set(level(now)),
            }
        }
    }

    fn tally(&self, to: Recorded) -> Tally {
        let mut published = unpoisoned(&self.published);
        let at = published.len() % SLAB_COUNTERS;
        let slab = match published.last() {
            Some(last) if at > 0 => Arc::clone(&last.tally.slab),
            _ => Arc::default(),
        };
        let tally = Tally { slab, at };
        published.push(Published {
            tally: tally.clone(),
            to,
        });
        tally
    }
}

impl Tally {
    /// Adds to the lane of this thread.
    #[inline]
    pub(crate) fn add(&self, amount: u64) {
        // It is below its bound; saying so again spares a check.
        let cell = &self.slab.0[lane()][self.at % SLAB_COUNTERS];
        cell.fetch_add(amount, Ordering::Relaxed);
    }

    /// Takes from the lane of this thread, which may go below zero: the sum counts.
    #[inline]
    pub(crate) fn subtract(&self, amount: u64) {
        self.add(amount.wrapping_neg());
    }

    /// The lane of a counter only grows, so a later sum is no smaller.
    fn sum(&self) -> u64 {
        let lanes = self.slab.0.iter();
        let values = lanes.map(|lane| lane[self.at].load(Ordering::Relaxed));
        values.fold(0, u64::wrapping_add)
    }
}

/// A sum as a level. What went up in one lane and down in another while they were read may make it
/// less than nothing for a moment.
fn level(sum: u64) -> f64 {
    let level = i64::from_ne_bytes(sum.to_ne_bytes()).max(0);
    u32::try_from(level).unwrap_or(u32::MAX).into()
}

/// A panic inside of a lock leaves its list whole, so a poisoned lock is usable.
fn unpoisoned<T>(list: &Mutex<T>) -> MutexGuard<'_, T> {
    list.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Default for Slab {
    fn default() -> Self {
        Self([const { [const { AtomicU64::new(0) }; SLAB_COUNTERS] }; LANES])
    }
}

impl std::fmt::Debug for Slab {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Slab")
    }
}

thread_local! {
    static LANE: Cell<usize> = const { Cell::new(LANES) };
}

/// The lane of this thread, which is below [`LANES`].
#[inline]
fn lane() -> usize {
    let lane = LANE.get();
    if lane < LANES { lane } else { take_lane() }
}

/// Threads take lanes in turn.
#[cold]
fn take_lane() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let lane = NEXT.fetch_add(1, Ordering::Relaxed) % LANES;
    LANE.set(lane);
    lane
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use super::*;
    use crate::ledger::Ledger;

    fn open() -> (Tallies, Arc<Ledger>) {
        let ledger = Arc::new(Ledger::default());
        (Tallies::new(ledger.clone(), None), ledger)
    }

    /// Publishes and compares the value that the recorder has then.
    fn check(tallies: &Tallies, ledger: &Ledger, expected: u64) {
        tallies.publish();
        assert_eq!(ledger.counter("a{}"), Some(expected));
    }

    #[test]
    fn what_is_counted_is_handed_on_once() {
        let (tallies, ledger) = open();
        let tally = tallies.counter(&Key::from_static_name("a"));
        tally.add(2);
        check(&tallies, &ledger, 2);
        check(&tallies, &ledger, 2);
        tally.add(3);
        check(&tallies, &ledger, 5);
    }

    #[test]
    fn a_level_goes_up_and_down_and_never_below_nothing() {
        let (tallies, ledger) = open();
        let level = tallies.level(&Key::from_static_name("a"));
        for (up, down, expected) in [(3, 1, 2.0), (0, 2, 0.0), (0, 1, 0.0), (3, 0, 2.0)] {
            level.add(up);
            level.subtract(down);
            tallies.publish();
            assert_eq!(ledger.gauge("a{}"), Some(expected));
        }
    }

    #[test]
    fn two_histograms_of_one_key_are_one() {
        let (tallies, _) = open();
        let key = Key::from_static_name(rra_schema::metrics::api::REQUEST_DURATION.name);
        for _ in 0..2 {
            let histogram = tallies.histogram(&key).expect("of the catalogue");
            histogram.record(Duration::ZERO);
        }
        let all = tallies.histograms();
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].2.cumulated.last(), Some(&2));
    }

    #[test]
    fn two_counters_of_one_key_add_up() {
        let (tallies, ledger) = open();
        let key = Key::from_static_name("a");
        tallies.counter(&key).add(2);
        tallies.counter(&key).add(3);
        check(&tallies, &ledger, 5);
    }

    #[test]
    fn a_counter_is_there_before_it_counts() {
        let (tallies, ledger) = open();
        tallies.counter(&Key::from_static_name("a"));
        assert_eq!(ledger.counter("a{}"), Some(0));
    }

    #[test]
    fn counters_of_several_slabs_do_not_meet() {
        let (tallies, ledger) = open();
        let names = (0..2 * SLAB_COUNTERS).map(|n| format!("n{n}"));
        let all: Vec<Tally> = names
            .map(|name| tallies.counter(&Key::from_name(name)))
            .collect();
        for (tally, n) in all.iter().zip(0..) {
            tally.add(n);
        }
        tallies.publish();
        for n in 0..2 * SLAB_COUNTERS as u64 {
            assert_eq!(ledger.counter(&format!("n{n}{{}}")), Some(n));
        }
    }

    #[test]
    fn threads_that_count_while_others_publish_lose_nothing() {
        let (tallies, ledger) = open();
        let tally = tallies.counter(&Key::from_static_name("a"));
        thread::scope(|scope| {
            for _ in 0..2 * LANES {
                scope.spawn(|| (0..1_000).for_each(|_| tally.add(1)));
            }
            scope.spawn(|| (0..100).for_each(|_| tallies.publish()));
        });
        check(&tallies, &ledger, 2 * LANES as u64 * 1_000);
    }
}
