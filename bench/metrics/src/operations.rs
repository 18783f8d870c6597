//! The cost of one operation, by one thread and by two at once.

use bench_measure::{Allocations, Case, Spread, Table, allocations, measure};

use crate::peers;

/// How many operations the heap is watched for.
const WATCHED: u32 = 100_000;

/// Every operation by everybody who can do it, with how much longer a peer takes than we do.
pub(crate) fn table() -> String {
    let cases = peers::operations();
    let one = measure(&cases, 1);
    let two = measure(&cases, 2);
    let mut table = Table::new(&[
        "Operation",
        "By",
        "1 thread, ns",
        "2 threads, ns",
        "allocations",
        "1 thread, times ours",
        "2 threads, times ours",
    ]);
    for (at, case) in cases.iter().enumerate() {
        let ours = cases
            .iter()
            .position(|other| other.operation == case.operation && other.by == peers::OURS)
            .expect("we can do everything that is measured");
        table.row(&[
            &case.operation,
            &case.by,
            &one[at],
            &two[at],
            &per_operation(case),
            &ratio(one[at], one[ours]),
            &ratio(two[at], two[ours]),
        ]);
    }
    table.to_string()
}

fn per_operation(case: &Case<'_>) -> String {
    case.run(1);
    let Allocations { count, .. } = allocations(|| case.run(u64::from(WATCHED)));
    if count == 0 {
        return "0".to_owned();
    }
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
    let each = count as f64 / f64::from(WATCHED);
    format!("{each:.2}")
}

fn ratio(theirs: Spread, ours: Spread) -> String {
    format!("{:.1}", theirs.median / ours.median)
}
