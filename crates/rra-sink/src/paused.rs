//! Time for tests of what runs on tokio: it jumps to the next thing that happens.

use std::cell::OnceCell;
use std::time::{Duration, SystemTime};

use tokio::runtime::{Builder, Runtime};
use tokio::time::Instant;

/// A runtime whose clock jumps.
pub(crate) fn runtime() -> Runtime {
    let mut builder = Builder::new_current_thread();
    builder
        .enable_time()
        .start_paused(true)
        .build()
        .expect("no IO is asked for")
}

/// The time of day, moved by the clock that jumps.
pub(crate) fn jumping_clock() -> SystemTime {
    thread_local! {
        static START: OnceCell<Instant> = const { OnceCell::new() };
    }
    let now = Instant::now();
    let start = START.with(|start| *start.get_or_init(|| now));
    // Each runtime has a clock of its own, which may stand before that of an earlier one.
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_000) + now.saturating_duration_since(start)
}
