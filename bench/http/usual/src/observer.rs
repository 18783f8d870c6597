//! What a service tells of itself through the macros of `tracing` and `metrics`.

use metrics::counter;
use rra_observability::metrics::Metrics;
use rra_observability::schema::SecurityEvent;

/// The events that go into the log.
pub(crate) const TARGET: &str = "security";

/// Takes what the handlers have to say, in the place of the example's own.
pub(crate) struct Observer;

#[expect(
    clippy::unused_self,
    reason = "the observer that this one stands for has a handle"
)]
impl Observer {
    /// A line with the least that a security log asks for: what, how serious, and, as fields of the
    /// request's span, whose. Unlike ours it has no details and no number, and nobody looks for secrets.
    pub(crate) fn emit(&self, event: &dyn SecurityEvent) {
        let name = event.event_name();
        let (event_type, severity) = (name.as_str(), event.severity().as_str());
        let labels = [
            ("event_type", event_type.to_owned()),
            ("severity", severity.to_owned()),
        ];
        #[expect(clippy::disallowed_macros, reason = "they are what is measured")]
        counter!("rra_security_events_total", &labels).increment(1);
        let message = name.spec().map_or("", |row| row.message);
        tracing::info!(target: TARGET, event_type, severity, "{message}");
    }

    /// What no event moves is not counted here, which is for free.
    pub(crate) fn count<T>(&self, _: impl FnOnce(&Metrics) -> T) -> Option<T> {
        None
    }
}
