//! The same calls in every kind of program.

use rra_observability::schema::ReadEvent;

use super::{Bench, LONG, failure};

fn live(bench: &Bench) {
    let guard = bench.start();
    guard.emit(&failure()).unwrap();
    guard
        .handle()
        .emit_durable(&failure())
        .unwrap()
        .wait(LONG)
        .unwrap();
    assert!(guard.shutdown(LONG).events.is_complete());
    assert_eq!(bench.types().len(), 4);
}

#[test]
fn without_a_runtime() {
    live(&Bench::new());
}

#[test]
fn in_a_current_thread_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async { live(&Bench::new()) });
}

#[test]
fn in_a_multi_thread_runtime() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    runtime.block_on(async { live(&Bench::new()) });
}

#[test]
fn eight_threads_emit_through_handles_and_lose_nothing() {
    let bench = Bench::new();
    let guard = bench.start();
    let threads: Vec<_> = (0..8)
        .map(|_| guard.handle())
        .map(|handle| {
            std::thread::spawn(move || {
                for _ in 0..500 {
                    handle.emit(&failure()).unwrap();
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert!(guard.shutdown(LONG).events.is_complete());
    let events = bench.events();
    let number = |event: &ReadEvent| event.event_id().unwrap().seq;
    let mut numbers: Vec<_> = events.iter().map(number).collect();
    // Each thread's lines come in order; those of different threads side by side.
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=4_002).collect::<Vec<_>>());
}
