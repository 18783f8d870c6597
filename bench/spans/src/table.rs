//! The cost of a pair of spans, and what became of them.

use bench_measure::{Allocations, Case, Table, allocations, measure};

use crate::peers::BARE;

/// How many pairs the heap is watched for; few enough to fit into every queue.
const WATCHED: u32 = 10_000;

/// Every pair by everybody, with how much less it costs than with bare tracing-opentelemetry. The
/// heap is watched only after `settle`, which waits for spans of others to be gone.
pub(crate) fn table(cases: &[Case<'_>], settle: impl Fn()) -> String {
    let costs = measure(cases, 1);
    let mut table = Table::new(&[
        "Pair",
        "By",
        "ns",
        "allocations, all threads",
        "times below bare tracing-opentelemetry",
    ]);
    for (at, case) in cases.iter().enumerate() {
        let bare = cases
            .iter()
            .position(|other| other.operation == case.operation && other.by == BARE)
            .expect("what everything is compared with takes part");
        let ratio = costs[bare].median / costs[at].median;
        settle();
        table.row(&[
            &case.operation,
            &case.by,
            &costs[at],
            &per_pair(case),
            &format!("{ratio:.1}"),
        ]);
    }
    table.to_string()
}

fn per_pair(case: &Case<'_>) -> String {
    case.run(1);
    let Allocations { count, .. } = allocations(|| case.run(u64::from(WATCHED)));
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
    let each = count as f64 / f64::from(WATCHED);
    format!("{each:.1}")
}

/// The share of sampled spans that got as far as a receiver.
pub(crate) fn losses(delivered: &[(&'static str, u64, u64)]) -> String {
    let mut table = Table::new(&["By", "sampled spans", "handed to the receiver, %"]);
    for (by, made, arrived) in delivered {
        #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
        let share = 100.0 * *arrived as f64 / (*made).max(1) as f64;
        table.row(&[by, made, &format!("{share:.1}")]);
    }
    table.to_string()
}
