//! A tokio runtime, once there is one.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rra_schema::metrics::runtime;
use tokio::runtime::Handle;

use crate::exposition::Exposition;
use crate::exposition::lines::append_one;

/// The runtime that is looked at, shared by the clones of an exposition.
#[derive(Clone)]
pub(in crate::exposition) struct Runtime(Arc<OnceLock<Handle>>);

impl Runtime {
    pub(in crate::exposition) fn none() -> Self {
        Self(Arc::default())
    }

    pub(in crate::exposition) fn append_to(&self, page: &mut String) {
        if let Some(handle) = self.0.get() {
            append(page, handle);
        }
    }
}

impl Exposition {
    /// Shows this runtime's metrics from now on. An exposition shows one runtime, the first it is
    /// given.
    ///
    /// ```
    /// # use rra_metrics::{Exposition, MetricsConfig};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let (_, exposition) = Exposition::new(&MetricsConfig::default()).unwrap();
    /// exposition.observe_runtime(tokio::runtime::Handle::current());
    /// assert!(exposition.render().contains("\nrra_tokio_workers 1\n"));
    /// # }
    /// ```
    pub fn observe_runtime(&self, runtime: Handle) {
        // Whoever comes second finds the place taken.
        let _ = self.runtime.0.set(runtime);
    }
}

fn append(page: &mut String, handle: &Handle) {
    let metrics = handle.metrics();
    let workers = metrics.num_workers();
    let busy = (0..workers).map(|worker| metrics.worker_total_busy_duration(worker));
    let busy: Duration = busy.sum();
    append_one(page, &runtime::TOKIO_WORKERS, Some(workers));
    append_one(
        page,
        &runtime::TOKIO_ALIVE_TASKS,
        Some(metrics.num_alive_tasks()),
    );
    append_one(
        page,
        &runtime::TOKIO_QUEUED_TASKS,
        Some(metrics.global_queue_depth()),
    );
    append_one(page, &runtime::TOKIO_BUSY, Some(busy.as_secs_f64()));
}
