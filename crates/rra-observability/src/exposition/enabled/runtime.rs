//! The tokio runtime of the service, found or given.

use rra_metrics::Exposition;
use tokio::runtime;

use crate::handle::Handle;

/// Shows the runtime this is called in, if any.
pub(super) fn observe_current(exposition: &Exposition) {
    if let Ok(runtime) = runtime::Handle::try_current() {
        exposition.observe_runtime(runtime);
    }
}

impl Handle {
    /// Shows the metrics of this runtime, for a service that starts the library outside of it. The
    /// runtime that [`init`](crate::init) is called in is shown without asking.
    pub fn observe_runtime(&self, runtime: runtime::Handle) {
        self.exposition().text.observe_runtime(runtime);
    }
}
