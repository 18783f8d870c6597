//! What a service holds on to: the way to emit, the metrics, and how things are.

use std::sync::Arc;
use std::time::Duration;

use rra_metrics::Metrics;
use rra_schema::SecurityEvent;
use rra_sink::{Accepted, Health, Journal, Level, Receipt, Report};

use crate::api::Api;
use crate::error::EmitError;
use crate::exposition::Exposition;
use crate::pipeline::Refresh;
use crate::stamp::Stamp;
use crate::traces::Counts;

/// The way into the library, from any thread or task. Cheap to clone; hand one to every part of
/// the service that needs it.
#[derive(Clone, Debug)]
pub struct Handle {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    stamp: Arc<Stamp>,
    journal: Journal,
    refresh: Refresh,
    exposition: Exposition,
    #[cfg_attr(not(feature = "http"), expect(dead_code, reason = "nothing wears it"))]
    api: Api,
}

impl Handle {
    pub(crate) fn new(
        stamp: Arc<Stamp>,
        journal: Journal,
        exposition: Exposition,
        api: Api,
        spans: Counts,
    ) -> Self {
        let refresh = Refresh::new(journal.clone(), stamp.metrics.clone(), spans);
        let exposition = exposition.refreshed_by({
            let refresh = refresh.clone();
            move || refresh.run()
        });
        let shared = Shared {
            stamp,
            journal,
            refresh,
            exposition,
            api,
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Emits an event: counts it in the metrics, stamps it, and puts it into the journal. What the
    /// event does not say of its request is taken from the one that this thread is handling, if the
    /// service wears the layer of the feature `http` (`api_layer`). Does no IO and never awaits; it
    /// waits only when the journal is full, and then only for an event of severity error or critical
    /// (or any, under [`Overflow::Block`](rra_sink::Overflow::Block)), for a short time.
    ///
    /// # Errors
    /// [`EmitError::Refused`] when the journal is full or shut down. The loss is counted, and
    /// written into the log when there is room again.
    pub fn emit(&self, event: &dyn SecurityEvent) -> Result<Accepted, EmitError> {
        Ok(self.shared.stamp.emit(&self.shared.journal, event)?)
    }

    /// Emits an event and returns a receipt that resolves when the event survives a power failure.
    ///
    /// # Errors
    /// Those of [`Handle::emit`], and [`EmitError::NoSinkForLevel`] without a log file; the event
    /// is counted in the metrics then, but nowhere written.
    pub fn emit_durable(&self, event: &dyn SecurityEvent) -> Result<Receipt, EmitError> {
        self.emit_with_receipt(event, Level::Durable)
    }

    /// Emits an event and returns a receipt for the level.
    ///
    /// # Errors
    /// Those of [`Handle::emit_durable`].
    pub fn emit_with_receipt(
        &self,
        event: &dyn SecurityEvent,
        level: Level,
    ) -> Result<Receipt, EmitError> {
        let Shared { stamp, journal, .. } = &*self.shared;
        let receipt = stamp.emit_with_receipt(journal, event, level);
        receipt.map_err(|error| match error {
            rra_sink::Error::Refused(refused) => EmitError::Refused(refused),
            _ => EmitError::NoSinkForLevel { level },
        })
    }

    /// Emits an event that another log holds as a line, ours or the RRA Module's. It keeps what
    /// it says, gets a number of this process, and is marked as imported.
    ///
    /// # Errors
    /// [`EmitError::Line`] when the line is not an event, and those of [`Handle::emit`].
    pub fn replay(&self, line: &str) -> Result<Accepted, EmitError> {
        let event = rra_schema::read(line).map_err(EmitError::Line)?;
        let Shared { stamp, journal, .. } = &*self.shared;
        Ok(stamp.emit_apart(journal, &event)?)
    }

    /// The metrics of the service.
    pub fn metrics(&self) -> &Metrics {
        &self.shared.stamp.metrics
    }

    /// All metrics as Prometheus text, the account of the journal included.
    ///
    /// Takes time in proportion to the number of series: an async program calls it where blocking
    /// is allowed.
    #[cfg(feature = "prometheus")]
    pub fn render_metrics(&self) -> String {
        self.shared.exposition.render()
    }

    /// Brings the metrics of the journal and its sinks up to date. Rendering does so by itself;
    /// call it before a scrape when the recorder is the service's own.
    pub fn refresh_metrics(&self) {
        self.shared.refresh.run();
        self.metrics().refresh();
    }

    /// How each sink is doing, for a readiness check.
    pub fn health(&self) -> Vec<Health> {
        self.shared.journal.health()
    }

    /// What became of every event so far.
    pub fn report(&self) -> Report {
        self.shared.journal.report()
    }

    /// Waits until every sink has everything, at most this long.
    ///
    /// # Errors
    /// [`rra_sink::Error::Late`] when the deadline passes first.
    pub fn flush(&self, deadline: Duration) -> Result<(), rra_sink::Error> {
        self.shared.journal.flush(deadline)
    }

    pub(crate) fn journal(&self) -> &Journal {
        &self.shared.journal
    }

    pub(crate) fn exposition(&self) -> &Exposition {
        &self.shared.exposition
    }

    #[cfg(feature = "http")]
    pub(crate) fn api(&self) -> &Api {
        &self.shared.api
    }

    pub(crate) fn stamp(&self) -> &Stamp {
        &self.shared.stamp
    }
}
