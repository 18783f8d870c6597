//! One peer in a process of its own: starts it, emits, waits until it has finished, and says what
//! that cost.

use std::hint::{black_box, spin_loop};
use std::path::Path;
use std::time::{Duration, Instant};
use std::{fs, thread};

use serde::{Deserialize, Serialize};

use crate::clock;
use crate::mode::{GROUP, Mode, RATE};
use crate::peers::{Entry, Peer, Told};
use crate::rows::{self, Row};

/// What it cost.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Cost {
    /// CPU time of the producers, per event.
    pub(crate) producer_nanos: f64,
    /// CPU time of all threads until everything was in the file, per event.
    pub(crate) process_nanos: f64,
    /// From the first event until everything was in the file.
    pub(crate) seconds: f64,
    /// By how much memory grew at its largest from before the peer was started, when the same threads
    /// had emitted to nobody.
    pub(crate) memory_kib: u64,
    /// Of the call, when it was timed.
    pub(crate) latency: Latency,
    /// Per event, when they were counted.
    pub(crate) allocations: f64,
}

/// How long calls took: so many in a hundred took at most that many nanoseconds.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Latency {
    pub(crate) p50: u64,
    pub(crate) p99: u64,
    pub(crate) p999: u64,
}

/// Runs the peer.
pub(crate) fn run(entry: &Entry, mode: Mode, directory: &Path) -> Cost {
    let rows = rows::rows();
    let events = mode.events(entry);
    if mode == Mode::Allocations {
        return allocations(entry, &rows, events, directory);
    }
    // Threads, clocks and the rows are ours, whoever is measured.
    saturate(&Nobody, &rows, mode, rows.len());
    let idle_kib = status_kib("VmRSS:");
    let peer = (entry.start)(directory);
    let mut cost = Cost::default();
    let each = |nanos: u64| nanos as f64 / events as f64;
    let (start, cpu) = (Instant::now(), clock::process_nanos());
    match mode {
        Mode::Paced => cost.latency = pace(&*peer, &rows, events),
        _ => cost.producer_nanos = each(saturate(&*peer, &rows, mode, events)),
    }
    let mut note = || {
        cost.process_nanos = each(clock::process_nanos() - cpu);
        cost.seconds = start.elapsed().as_secs_f64();
        cost.memory_kib = status_kib("VmHWM:").saturating_sub(idle_kib);
    };
    // Events that were to be synced are on the disk at the end and not before.
    if mode != Mode::Synced && peer.wait_for_file() == Told::Now {
        note();
        peer.finish();
    } else {
        peer.finish();
        note();
    }
    cost
}

/// Does nothing with an event.
struct Nobody;

impl Peer for Nobody {
    fn emit(&self, row: &Row) {
        black_box(row);
    }

    fn finish(self: Box<Self>) {}
}

/// What all threads ask of the heap while one emits, after a tenth has warmed everything up.
fn allocations(entry: &Entry, rows: &[Row], events: usize, directory: &Path) -> Cost {
    let peer = (entry.start)(directory);
    let emit = |count| {
        for row in rows.iter().cycle().take(count) {
            peer.emit(row);
        }
    };
    let first = events / 10;
    emit(first);
    let made = bench_measure::allocations(|| emit(events - first)).count;
    peer.finish();
    Cost {
        allocations: made as f64 / (events - first) as f64,
        ..Cost::default()
    }
}

/// CPU time of all producers, each with its share of the events and its own place in the table.
fn saturate(peer: &dyn Peer, rows: &[Row], mode: Mode, events: usize) -> u64 {
    let producers = mode.producers();
    thread::scope(|scope| {
        let start = |number| {
            let from = rows.iter().cycle().skip(number * rows.len() / producers);
            let share = from.take(events / producers);
            scope.spawn(move || produce(peer, share, mode))
        };
        let running: Vec<_> = (0..producers).map(start).collect();
        let each = running.into_iter().map(thread::ScopedJoinHandle::join);
        each.map(|nanos| nanos.expect("no peer panics")).sum()
    })
}

fn produce<'r>(peer: &dyn Peer, rows: impl Iterator<Item = &'r Row>, mode: Mode) -> u64 {
    let start = clock::thread_nanos();
    for (number, row) in (1_usize..).zip(rows) {
        if mode == Mode::Synced && number.is_multiple_of(GROUP) {
            peer.emit_synced(row);
        } else {
            peer.emit(row);
        }
    }
    clock::thread_nanos() - start
}

/// Emits at the rate and times each call but those of the first tenth, in which all warms up.
///
/// It spins while it waits: a thread that slept would be charged with its own waking.
fn pace(peer: &dyn Peer, rows: &[Row], events: usize) -> Latency {
    let step = Duration::from_secs(1) / RATE;
    let mut nanos = Vec::with_capacity(events);
    let start = Instant::now();
    for (due, row) in (1_u32..).zip(rows.iter().cycle().take(events)) {
        while start.elapsed() < step * due {
            spin_loop();
        }
        let begin = Instant::now();
        peer.emit(row);
        let took = begin.elapsed().as_nanos();
        nanos.push(u64::try_from(took).unwrap_or(u64::MAX));
    }
    Latency::of(&mut nanos[events / 10..])
}

impl Latency {
    fn of(nanos: &mut [u64]) -> Self {
        nanos.sort_unstable();
        let at_most = |per_mille: usize| nanos[(nanos.len() * per_mille).div_ceil(1000) - 1];
        Self {
            p50: at_most(500),
            p99: at_most(990),
            p999: at_most(999),
        }
    }
}

/// A figure of this process's status in /proc.
fn status_kib(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_in_a_hundred_calls_took_at_most_that() {
        let mut nanos: Vec<u64> = (1..=2000).rev().collect();
        let Latency { p50, p99, p999 } = Latency::of(&mut nanos);
        assert_eq!([p50, p99, p999], [1000, 1980, 1998]);
    }
}
