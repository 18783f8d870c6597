//! The same calls in every kind of program.

use std::cell::RefCell;

use rra_observability::Handle;
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

thread_local! {
    static LAST: RefCell<Option<Last>> = const { RefCell::new(None) };
}

/// Emits when its thread ends and has lost most of what it knew.
struct Last(Handle);

impl Drop for Last {
    fn drop(&mut self) {
        self.0.emit(&failure()).unwrap();
    }
}

/// What a thread destroys first is what it came to know last.
#[track_caller]
fn check_last(work: impl FnOnce(&Handle) + Send) {
    let bench = Bench::new();
    let guard = bench.start();
    let handle = guard.handle();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            LAST.set(Some(Last(handle.clone())));
            work(&handle);
        });
    });
    assert!(guard.shutdown(LONG).events.is_complete());
    let types = bench.types();
    let failures = types.iter().filter(|name| *name == "auth.failure");
    assert_ne!(failures.count(), 0);
}

#[test]
fn a_thread_emits_while_what_it_knew_is_destroyed() {
    check_last(|_| ());
    check_last(|handle| drop(handle.emit(&failure())));
}
