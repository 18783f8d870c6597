//! Counts what the heap is asked for. While nobody counts it costs one load, so that a case with
//! allocations is not made to look slower than it is.
#![expect(
    unsafe_code,
    reason = "an allocator is an unsafe trait; this one only hands through"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

/// The system's allocator with counters. A benchmark installs it:
///
/// ```
/// #[global_allocator]
/// static HEAP: bench_measure::Counting = bench_measure::Counting;
/// ```
pub struct Counting;

/// What one run asked for, on all threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allocations {
    pub count: u64,
    pub bytes: u64,
}

static IS_ON: AtomicBool = AtomicBool::new(false);
static COUNT: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicU64 = AtomicU64::new(0);
static LIVE: AtomicI64 = AtomicI64::new(0);

/// What `run` asks for. One at a time in a process.
pub fn allocations(run: impl FnOnce()) -> Allocations {
    COUNT.store(0, Ordering::SeqCst);
    BYTES.store(0, Ordering::SeqCst);
    IS_ON.store(true, Ordering::SeqCst);
    run();
    IS_ON.store(false, Ordering::SeqCst);
    Allocations {
        count: COUNT.load(Ordering::SeqCst),
        bytes: BYTES.load(Ordering::SeqCst),
    }
}

/// By how many bytes the heap is larger after `make`, while what it made still lives.
pub fn live_bytes<T>(make: impl FnOnce() -> T) -> (T, i64) {
    LIVE.store(0, Ordering::SeqCst);
    IS_ON.store(true, Ordering::SeqCst);
    let value = make();
    IS_ON.store(false, Ordering::SeqCst);
    (value, LIVE.load(Ordering::SeqCst))
}

fn taken(size: usize) {
    if IS_ON.load(Ordering::Relaxed) {
        COUNT.fetch_add(1, Ordering::Relaxed);
        BYTES.fetch_add(size as u64, Ordering::Relaxed);
        LIVE.fetch_add(size.cast_signed() as i64, Ordering::Relaxed);
    }
}

fn given_back(size: usize) {
    if IS_ON.load(Ordering::Relaxed) {
        LIVE.fetch_sub(size.cast_signed() as i64, Ordering::Relaxed);
    }
}

// SAFETY: every call is passed on unchanged to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        taken(layout.size());
        // SAFETY: the caller's promises are those the system's allocator asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        taken(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        given_back(layout.size());
        taken(size);
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        given_back(layout.size());
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}
