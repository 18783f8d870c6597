//! What the rounds of load came to, beside the service that nobody observes.

use bench_measure::{Goal, Limit, Spread, Table};

use crate::SERVICES;
use crate::load::Load;

/// The rounds of each service, in the order of [`SERVICES`].
pub(crate) struct Loads(pub(crate) Vec<Vec<Load>>);

/// One number of a round.
type Figure = fn(&Load) -> f64;

const RATE: Figure = |load| load.requests_per_second;
const P50: Figure = |load| load.p50;
const P99: Figure = |load| load.p99;
const SERVICE: Figure = |load| load.service;
const BOTH: Figure = |load| load.both;

impl Loads {
    /// What the design asks of ours, by the figures of this very run.
    pub(crate) fn goals(&self) -> Table {
        let ours = (1..SERVICES.len()).filter(|at| SERVICES[*at].1.is_ours());
        bench_measure::goals(ours.flat_map(|at| {
            let goal = |what, limit, figure| Goal {
                what: format!("{what}, {}", SERVICES[at].0),
                limit,
                figure,
            };
            let rate = 100.0 * self.times(at, RATE);
            [
                goal("requests/s, % of nothing", Limit::AtLeast(90.0), rate),
                goal(
                    "p99, times nothing",
                    Limit::AtMost(1.3),
                    self.times(at, P99),
                ),
            ]
        }))
    }

    /// Everybody.
    pub(crate) fn table(&self) -> Table {
        let mut table = Table::new(&[
            "Observed by",
            "requests/s",
            "p50, ms",
            "p99, ms",
            "p99, times",
            "processor of the service, µs",
            "service and client together, µs",
            "requests/s, share",
            "by processor, share",
        ]);
        for (at, (name, _)) in SERVICES.iter().enumerate() {
            table.row(&[
                name,
                &format!("{:.0}", self.spread(at, RATE)),
                &format!("{:.2}", self.spread(at, P50)),
                &format!("{:.2}", self.spread(at, P99)),
                &format!("{:.2}", self.times(at, P99)),
                &self.spread(at, SERVICE),
                &self.spread(at, BOTH),
                &format!("{:.0} %", 100.0 * self.times(at, RATE)),
                &format!("{:.0} %", 100.0 / self.times(at, BOTH)),
            ]);
        }
        table
    }

    fn spread(&self, at: usize, figure: Figure) -> Spread {
        Spread::of(self.0[at].iter().map(figure).collect())
    }

    fn times(&self, at: usize, figure: Figure) -> f64 {
        self.spread(at, figure).median / self.spread(0, figure).median
    }
}
