//! The results as Markdown.

use bench_measure::Table;

use crate::goals;
use crate::mode::{Mode, PRODUCERS, counted};
use crate::peers::{OURS, PEERS, Promise};
use crate::results::{Outcome, Results, Under};

/// The whole part of the page.
pub(crate) fn report(results: &Results) -> String {
    let mut parts = vec![
        ("Goals".to_owned(), goals::table(results)),
        ("Who takes part".to_owned(), peers()),
    ];
    for producers in PRODUCERS {
        let under = results.under(Mode::Saturated { producers });
        let title = format!("As fast as they can, {}", counted(producers));
        parts.push((title, saturated(under)));
    }
    let heap = results.under(Mode::Allocations);
    let paced = paced(results.under(Mode::Paced), heap);
    parts.push(("20,000 events/s, 1 producer".to_owned(), paced));
    let synced = synced(results.under(Mode::Synced));
    parts.push(("Synced to the disk, 1 producer".to_owned(), synced));
    let part = |(title, table)| format!("### {title}\n\n{table}");
    parts.into_iter().map(part).collect::<Vec<_>>().join("\n")
}

fn peers() -> Table {
    let mut table = Table::new(&["Peer", "Crates", "When full", "Its line"]);
    for entry in PEERS {
        let crates: Vec<String> = entry.crates.iter().map(|name| with_version(name)).collect();
        let full = entry.promise.when_full();
        table.row(&[&entry.name, &crates.join(", "), &full, &entry.line]);
    }
    table
}

/// The crate's name and its version from the lock file.
fn with_version(name: &str) -> String {
    let locked = include_str!("../../Cargo.lock");
    let start = format!("name = \"{name}\"\nversion = \"");
    let version = locked
        .split_once(&start)
        .and_then(|(_, after)| after.split_once('"'));
    format!("{name} {}", version.map_or("", |(version, _)| version))
}

fn saturated(under: Under<'_>) -> Table {
    let mut table = Table::new(&[
        "Peer",
        "CPU of the producers, ns an event",
        "thousand events/s in the file",
        "events in the file, %",
        "CPU of the process, ns an event",
        "memory above idle, MiB",
        "producer CPU, times ours",
        "ours writes, times as many",
    ]);
    let thousands = |outcome: &Outcome| outcome.written_per_second() / 1e3;
    for entry in under.peers() {
        let cell = |figure| under.spread(entry, figure).to_string();
        let ratio = under.ratio(OURS, entry, Outcome::written_per_second);
        let file = match entry.promise {
            Promise::TextOnly => ["–"; 3].map(str::to_owned),
            _ => [
                cell(thousands),
                cell(Outcome::written_percent),
                format!("{ratio:.1}"),
            ],
        };
        let producer = under.ratio(entry, OURS, Outcome::producer_nanos);
        table.row(&[
            &entry.name,
            &cell(Outcome::producer_nanos),
            &file[0],
            &file[1],
            &cell(Outcome::process_nanos),
            &cell(Outcome::memory_mib),
            &format!("{producer:.1}"),
            &file[2],
        ]);
    }
    table
}

fn paced(under: Under<'_>, heap: Under<'_>) -> Table {
    let mut table = Table::new(&[
        "Peer",
        "p50, ns",
        "p99, ns",
        "p99.9, ns",
        "allocations an event",
        "p50, times ours",
        "p99, times ours",
    ]);
    for entry in under.peers() {
        let ratio = |figure| format!("{:.1}", under.ratio(entry, OURS, figure));
        table.row(&[
            &entry.name,
            &under.spread(entry, Outcome::p50),
            &under.spread(entry, Outcome::p99),
            &under.spread(entry, Outcome::p999),
            &format!("{:.2}", heap.median(entry, Outcome::allocations)),
            &ratio(Outcome::p50),
            &ratio(Outcome::p99),
        ]);
    }
    table
}

fn synced(under: Under<'_>) -> Table {
    let mut table = Table::new(&[
        "Peer",
        "thousand events/s on the disk",
        "CPU of the process, ns an event",
        "ours writes, times as many",
    ]);
    let thousands = |outcome: &Outcome| outcome.written_per_second() / 1e3;
    for entry in under.peers() {
        let ratio = under.ratio(OURS, entry, Outcome::written_per_second);
        table.row(&[
            &entry.name,
            &under.spread(entry, thousands),
            &under.spread(entry, Outcome::process_nanos),
            &format!("{ratio:.1}"),
        ]);
    }
    table
}
