//! The goals of the design, judged by the figures of this very run.

use bench_measure::Limit::{AtLeast, AtMost};
use bench_measure::{Goal, Limit, Table};

use crate::mode::{Mode, PRODUCERS, counted};
use crate::peers::{EMIT_FILE, FLOOR, NAIVE, OURS, OURS_AHEAD, TRACING};
use crate::results::{Outcome, Results};

/// All goals as a table.
pub(crate) fn table(results: &Results) -> Table {
    let parts = [producer, throughput, durable, latency, bounds];
    bench_measure::goals(parts.iter().flat_map(|part| part(results)))
}

fn producer(results: &Results) -> Vec<Goal> {
    let one = results.under(Mode::Saturated { producers: 1 });
    let cpu = |of, times| one.ratio(of, times, Outcome::producer_nanos);
    vec![
        goal(
            "producer CPU, times the text by hand",
            AtMost(1.7),
            cpu(OURS, FLOOR),
        ),
        goal(
            "producer CPU of serde_json, times ours",
            AtLeast(4.5),
            cpu(NAIVE, OURS),
        ),
        goal(
            "producer CPU of tracing, times ours",
            AtLeast(12.0),
            cpu(TRACING, OURS),
        ),
    ]
}

fn throughput(results: &Results) -> Vec<Goal> {
    let mut goals = Vec::new();
    let under = |producers| results.under(Mode::Saturated { producers });
    for producers in PRODUCERS {
        for (peer, name, least) in [(NAIVE, "serde_json", 4.0), (TRACING, "tracing", 9.0)] {
            let what = format!("events/s, {}, times {name}", counted(producers));
            let ratio = under(producers).ratio(OURS, peer, Outcome::written_per_second);
            goals.push(goal(&what, AtLeast(least), ratio));
        }
    }
    let [fewest, .., most] = PRODUCERS;
    let ours = |producers| under(producers).median(OURS, Outcome::written_per_second);
    let what = format!("events/s, {}, times those of {fewest}", counted(most));
    goals.push(goal(&what, AtLeast(1.0), ours(most) / ours(fewest)));
    goals
}

fn durable(results: &Results) -> Vec<Goal> {
    let synced = results.under(Mode::Synced);
    let ratio = synced.ratio(OURS_AHEAD, EMIT_FILE, Outcome::written_per_second);
    vec![goal(
        "synced events/s, times emit_file",
        AtLeast(7.0),
        ratio,
    )]
}

fn latency(results: &Results) -> Vec<Goal> {
    let paced = results.under(Mode::Paced);
    let ours = |figure| paced.median(OURS, figure);
    let tracing = paced.ratio(TRACING, OURS, Outcome::p50);
    vec![
        goal(
            "p50 at 20,000 events/s, ns",
            AtMost(300.0),
            ours(Outcome::p50),
        ),
        goal(
            "p99 at 20,000 events/s, ns",
            AtMost(2_000.0),
            ours(Outcome::p99),
        ),
        goal(
            "p99.9 at 20,000 events/s, ns",
            AtMost(10_000.0),
            ours(Outcome::p999),
        ),
        goal(
            "p50 of tracing at 20,000 events/s, times ours",
            AtLeast(30.0),
            tracing,
        ),
    ]
}

/// Allocations need not be quite none: those of our background threads are counted too, and they
/// come with time, not with events.
fn bounds(results: &Results) -> Vec<Goal> {
    let heap = results.under(Mode::Allocations);
    let allocations = heap.median(OURS, Outcome::allocations);
    let mut goals = vec![goal("allocations an event", AtMost(0.001), allocations)];
    for producers in PRODUCERS {
        let under = results.under(Mode::Saturated { producers });
        let largest = under.largest(OURS, Outcome::memory_mib);
        let what = format!(
            "memory above idle, {}, MiB, worst round",
            counted(producers)
        );
        goals.push(goal(&what, AtMost(1.1 * producers as f64 + 2.0), largest));
    }
    goals
}

fn goal(what: &str, limit: Limit, figure: f64) -> Goal {
    Goal {
        what: what.to_owned(),
        limit,
        figure,
    }
}
