//! The one thread of all remote sinks and its runtime, which has nothing to do with the program's.

use std::io;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::task::LocalSet;

use super::RemoteLane;

/// Starts the lanes.
///
/// # Errors
/// When the operating system gives no thread, or nothing to wait with.
pub(crate) fn start(lanes: Vec<RemoteLane>) -> io::Result<()> {
    let (told, outcome) = mpsc::sync_channel(1);
    let run = move || match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => {
            let _ = told.send(Ok(()));
            drive(runtime, lanes);
        }
        Err(error) => drop(told.send(Err(error))),
    };
    thread::Builder::new()
        .name("rra-sink-network".to_owned())
        .spawn(run)?;
    // A thread that ends without a word has panicked.
    outcome
        .recv()
        .unwrap_or_else(|gone| Err(io::Error::other(gone)))
}

fn drive(runtime: Runtime, lanes: Vec<RemoteLane>) {
    let tasks = LocalSet::new();
    for lane in lanes {
        tasks.spawn_local(lane.run());
    }
    runtime.block_on(tasks);
    // A name that is still being looked up must not hold the thread.
    runtime.shutdown_timeout(Duration::ZERO);
}
