//! What everybody did, round by round, and the figures that are made of it.

use std::collections::BTreeMap;

use bench_measure::Spread;

use crate::mode::Mode;
use crate::peers::Entry;
use crate::process::Cost;

/// What one peer did in one mode in one round.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outcome {
    pub(crate) cost: Cost,
    pub(crate) emitted: usize,
    /// Events that are in the file.
    pub(crate) written: usize,
}

/// What everybody did.
#[derive(Debug, Default)]
pub(crate) struct Results(BTreeMap<(Mode, &'static str), Vec<Outcome>>);

/// What everybody did in one mode.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Under<'a> {
    results: &'a Results,
    mode: Mode,
}

/// One number of an outcome.
pub(crate) type Figure = fn(&Outcome) -> f64;

impl Results {
    pub(crate) fn push(&mut self, mode: Mode, entry: &Entry, outcome: Outcome) {
        self.0.entry((mode, entry.name)).or_default().push(outcome);
    }

    pub(crate) fn under(&self, mode: Mode) -> Under<'_> {
        Under {
            results: self,
            mode,
        }
    }
}

impl Under<'_> {
    /// Who was measured.
    pub(crate) fn peers(self) -> Vec<&'static Entry> {
        self.mode.peers()
    }

    /// A figure of one peer in all rounds.
    pub(crate) fn spread(self, entry: &Entry, figure: Figure) -> Spread {
        Spread::of(self.figures(entry, figure).collect())
    }

    pub(crate) fn median(self, entry: &Entry, figure: Figure) -> f64 {
        self.spread(entry, figure).median
    }

    pub(crate) fn largest(self, entry: &Entry, figure: Figure) -> f64 {
        self.figures(entry, figure).fold(0.0, f64::max)
    }

    /// How many times the figure of the one is that of the other.
    pub(crate) fn ratio(self, one: &Entry, other: &Entry, figure: Figure) -> f64 {
        self.median(one, figure) / self.median(other, figure)
    }

    /// # Panics
    /// When the peer was not measured in this mode.
    fn figures(self, entry: &Entry, figure: Figure) -> impl Iterator<Item = f64> {
        let outcomes = self.results.0.get(&(self.mode, entry.name));
        let outcomes = outcomes.expect("only what was measured is asked for");
        outcomes.iter().map(figure)
    }
}

impl Outcome {
    pub(crate) fn producer_nanos(&self) -> f64 {
        self.cost.producer_nanos
    }

    pub(crate) fn process_nanos(&self) -> f64 {
        self.cost.process_nanos
    }

    pub(crate) fn memory_mib(&self) -> f64 {
        self.cost.memory_kib as f64 / 1024.0
    }

    pub(crate) fn written_per_second(&self) -> f64 {
        self.written as f64 / self.cost.seconds
    }

    /// Rounded down, so that 100 means all.
    pub(crate) fn written_percent(&self) -> f64 {
        (100 * self.written / self.emitted) as f64
    }

    pub(crate) fn p50(&self) -> f64 {
        self.cost.latency.p50 as f64
    }

    pub(crate) fn p99(&self) -> f64 {
        self.cost.latency.p99 as f64
    }

    pub(crate) fn p999(&self) -> f64 {
        self.cost.latency.p999 as f64
    }

    pub(crate) fn allocations(&self) -> f64 {
        self.cost.allocations
    }
}
