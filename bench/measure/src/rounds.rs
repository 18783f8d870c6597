//! Runs cases in turn, round after round, so that a busy moment of the machine meets all of them.

use std::fmt;
use std::sync::Barrier;
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};

/// How often each case is timed.
const ROUNDS: usize = 75;
/// About how long one timing takes: short, so that on a busy machine most are not interrupted.
const SLICE: Duration = Duration::from_millis(4);

/// One thing to measure.
pub struct Case<'a> {
    /// What is done.
    pub operation: &'static str,
    /// Who does it.
    pub by: &'static str,
    run: Box<dyn Fn(u64) + Sync + 'a>,
}

/// What the same took in all rounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    pub median: f64,
    /// A quarter of the rounds took less.
    pub lower: f64,
    /// A quarter of the rounds took more.
    pub upper: f64,
}

impl<'a> Case<'a> {
    /// A case whose `once` is called over and over. Compiled together with its loop, so that a call
    /// through a pointer is no part of the figure.
    pub fn new(operation: &'static str, by: &'static str, once: impl Fn() + Sync + 'a) -> Self {
        let run = move |times: u64| {
            for _ in 0..times {
                once();
            }
        };
        Self {
            operation,
            by,
            run: Box::new(run),
        }
    }

    /// A case that repeats itself, for one that must set something up around its loop.
    pub fn repeating(
        operation: &'static str,
        by: &'static str,
        run: impl Fn(u64) + Sync + 'a,
    ) -> Self {
        Self {
            operation,
            by,
            run: Box::new(run),
        }
    }

    /// Does it so many times.
    pub fn run(&self, times: u64) {
        (self.run)(times);
    }

    /// Nanoseconds per operation, by the clock of each thread, begun together.
    fn time(&self, times: u64, threads: usize) -> f64 {
        let start = Barrier::new(threads);
        let timing = || {
            start.wait();
            let from = Instant::now();
            self.run(times);
            from.elapsed()
        };
        let took: Duration = thread::scope(|scope| {
            let running: Vec<_> = (0..threads).map(|_| scope.spawn(timing)).collect();
            let each = running.into_iter().map(ScopedJoinHandle::join);
            each.map(|took| took.expect("no case panics")).sum()
        });
        nanoseconds(took) / as_float(times * threads as u64)
    }

    /// How many operations fill a slice.
    fn times_per_slice(&self, threads: usize) -> u64 {
        let mut times = 1_000;
        loop {
            let took = self.time(times, threads) * as_float(times);
            if took >= nanoseconds(SLICE) / 4.0 {
                let scale = nanoseconds(SLICE) / took;
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a rough number of repetitions"
                )]
                return (as_float(times) * scale).max(1.0) as u64;
            }
            times *= 4;
        }
    }
}

impl Spread {
    /// The spread of some samples.
    ///
    /// # Panics
    /// When there is none.
    pub fn of(mut samples: Vec<f64>) -> Self {
        samples.sort_by(f64::total_cmp);
        let quarter = |quarters: usize| samples[quarters * (samples.len() - 1) / 4];
        Self {
            median: quarter(2),
            lower: quarter(1),
            upper: quarter(3),
        }
    }
}

/// With one digit after the point below ten, or as many as the precision asks for.
impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = f.precision().unwrap_or(usize::from(self.median < 10.0));
        write!(
            f,
            "{:.digits$} [{:.digits$}..{:.digits$}]",
            self.median, self.lower, self.upper
        )
    }
}

/// What each case takes per operation and thread, by the clock on the wall.
pub fn measure(cases: &[Case<'_>], threads: usize) -> Vec<Spread> {
    let times: Vec<u64> = cases
        .iter()
        .map(|case| case.times_per_slice(threads))
        .collect();
    let mut samples = vec![Vec::with_capacity(ROUNDS); cases.len()];
    for round in 0..ROUNDS {
        for turn in 0..cases.len() {
            let at = (turn + round) % cases.len();
            samples[at].push(cases[at].time(times[at], threads));
        }
    }
    eprintln!("{} cases measured with {threads} threads", cases.len());
    samples.into_iter().map(Spread::of).collect()
}

fn nanoseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e9
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
fn as_float(count: u64) -> f64 {
    count as f64
}
