//! One peer in a process of its own: emits, finishes, and says what it cost. The parent counts the
//! lines afterwards.

use std::path::Path;
use std::time::{Duration, Instant};
use std::{fs, thread};

use serde::{Deserialize, Serialize};

use crate::clock;
use crate::peers::{Entry, Peer};
use crate::rows::{self, Row};

/// What is asked of a peer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Load {
    pub(crate) producers: usize,
    /// Events in all.
    pub(crate) events: usize,
    /// Events per second, or as many as go.
    pub(crate) rate: Option<u32>,
    /// Whether the heap is watched: that costs time, so such a run says nothing about time.
    pub(crate) counts_allocations: bool,
}

/// What it cost.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Cost {
    /// Wall time until all producers were through, per event and producer.
    pub(crate) emit_nanos: f64,
    /// CPU time of the producers, per event.
    pub(crate) producer_nanos: f64,
    /// CPU time of the process until everything was in the file, per event.
    pub(crate) process_nanos: f64,
    /// From the first event until everything was in the file.
    pub(crate) seconds: f64,
    /// Latency of the call in nanoseconds: half, 99 % and 99.9 % of all calls took at most that.
    pub(crate) latency: Option<[u64; 3]>,
    pub(crate) allocations: Option<f64>,
    /// Largest resident memory in KiB, and what of it was there before the peer started.
    pub(crate) resident_kib: u64,
    pub(crate) idle_kib: u64,
}

/// Runs the peer.
pub(crate) fn run(entry: &Entry, log: &Path, load: Load) -> Cost {
    let rows = rows::rows();
    let idle_kib = status_kib("VmRSS:");
    let peer = (entry.start)(log);
    let peer_ref = &*peer;
    let warm = |count: usize| {
        rows.iter()
            .cycle()
            .take(count)
            .for_each(|row| peer_ref.emit(row))
    };
    if load.counts_allocations {
        warm(10_000);
        let made = bench_measure::allocations(|| warm(load.events));
        peer.finish();
        return Cost {
            allocations: Some(made.count as f64 / load.events as f64),
            ..Cost::default()
        };
    }
    let (start, cpu) = (Instant::now(), clock::process_nanos());
    let producers = produce(peer_ref, &rows, load);
    let emitted = start.elapsed();
    peer.finish();
    let events = load.events as f64;
    let busy: u64 = producers.iter().map(|producer| producer.cpu_nanos).sum();
    Cost {
        emit_nanos: emitted.as_nanos() as f64 * load.producers as f64 / events,
        producer_nanos: busy as f64 / events,
        process_nanos: (clock::process_nanos() - cpu) as f64 / events,
        seconds: start.elapsed().as_secs_f64(),
        latency: percentiles(producers),
        allocations: None,
        resident_kib: status_kib("VmHWM:"),
        idle_kib,
    }
}

struct Produced {
    cpu_nanos: u64,
    /// Of each call, when the load is paced.
    latencies: Vec<u64>,
}

fn produce(peer: &dyn Peer, rows: &[Row], load: Load) -> Vec<Produced> {
    thread::scope(|scope| {
        let share = load.events / load.producers;
        let producers: Vec<_> = (0..load.producers)
            .map(|number| {
                let mine = rows.iter().cycle().skip(number * 37).take(share);
                scope.spawn(move || match load.rate {
                    None => saturate(peer, mine),
                    Some(rate) => pace(peer, mine, rate),
                })
            })
            .collect();
        let join = |producer: thread::ScopedJoinHandle<'_, Produced>| producer.join();
        producers
            .into_iter()
            .map(|producer| join(producer).expect("no peer panics"))
            .collect()
    })
}

fn saturate<'r>(peer: &dyn Peer, rows: impl Iterator<Item = &'r Row>) -> Produced {
    let start = clock::thread_nanos();
    rows.for_each(|row| peer.emit(row));
    Produced {
        cpu_nanos: clock::thread_nanos() - start,
        latencies: Vec::new(),
    }
}

/// Emits at that rate, waiting actively so that the clock of the processor does not go to sleep.
fn pace<'r>(peer: &dyn Peer, rows: impl Iterator<Item = &'r Row>, rate: u32) -> Produced {
    let mut latencies = Vec::with_capacity(rows.size_hint().0);
    let step = Duration::from_secs(1) / rate;
    let mut due = Instant::now();
    let start = clock::thread_nanos();
    for row in rows {
        while Instant::now() < due {
            std::hint::spin_loop();
        }
        let begin = Instant::now();
        peer.emit(row);
        latencies.push(begin.elapsed().as_nanos() as u64);
        due += step;
    }
    Produced {
        cpu_nanos: clock::thread_nanos() - start,
        latencies,
    }
}

fn percentiles(producers: Vec<Produced>) -> Option<[u64; 3]> {
    let all = producers
        .into_iter()
        .flat_map(|producer| producer.latencies);
    let mut all: Vec<u64> = all.collect();
    all.sort_unstable();
    let last = all.len().checked_sub(1)?;
    Some([0.5, 0.99, 0.999].map(|share| all[(last as f64 * share) as usize]))
}

/// A line of this process's status in /proc.
fn status_kib(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}
