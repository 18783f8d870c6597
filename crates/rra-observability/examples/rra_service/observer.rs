//! What a service tells of itself, if it runs observed.

use rra_observability::Handle;
use rra_observability::metrics::Metrics;
use rra_observability::schema::SecurityEvent;

/// Takes what the handlers have to say.
pub(crate) struct Observer {
    /// None when the service runs unobserved.
    handle: Option<Handle>,
}

impl Observer {
    pub(crate) fn new(handle: Option<Handle>) -> Self {
        Self { handle }
    }

    /// A request is answered whether or not there was room for its event: the library counts the loss
    /// and writes it into the log.
    pub(crate) fn emit(&self, event: &dyn SecurityEvent) {
        let _ = self.handle.as_ref().map(|handle| handle.emit(event));
    }

    /// Moves metrics that no event moves, if there are any.
    pub(crate) fn count<T>(&self, moves: impl FnOnce(&Metrics) -> T) -> Option<T> {
        self.handle.as_ref().map(|handle| moves(handle.metrics()))
    }
}
