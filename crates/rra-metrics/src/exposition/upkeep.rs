//! The thread that keeps histograms from growing while nobody scrapes.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusHandle;

use crate::error::Error;

/// How often recorded observations are folded into their buckets.
const INTERVAL: Duration = Duration::from_secs(5);

/// The upkeep of an exposition, until it is dropped.
#[derive(Debug)]
#[must_use = "upkeep ends when this is dropped"]
pub struct Upkeep {
    /// Taken and closed by `drop`, which wakes the thread.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Upkeep {
    pub(crate) fn start(handle: PrometheusHandle) -> Result<Self, Error> {
        let (stop, stopped) = mpsc::channel::<()>();
        let keep_up = move || {
            while stopped.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
                handle.run_upkeep();
            }
        };
        let thread = thread::Builder::new()
            .name("rra-metrics".to_owned())
            .spawn(keep_up);
        let thread = thread.map_err(|error| Error::Exposition {
            reason: format!("no thread for its upkeep: {error}"),
        })?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Upkeep {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been printed already, and a drop cannot report it.
            let _ = thread.join();
        }
    }
}
