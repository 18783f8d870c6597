//! The life of the library: it runs while the guard is held and ends within a deadline.

use std::time::{Duration, Instant};

use rra_metrics::{FilesystemWatch, Metrics};
use rra_schema::SecurityEvent;
use rra_schema::events::audit::StopReason;
use rra_sink::Accepted;

use crate::admin::Admin;
use crate::audit;
use crate::certificates::Certificates;
use crate::error::{EmitError, Error};
use crate::handle::Handle;
use crate::traces::{Traces, TracesConfig};

/// Keeps everything running. Hold it until the service ends: dropping it delivers what waits,
/// within [`Config::shutdown_deadline`](crate::Config::shutdown_deadline).
#[derive(Debug)]
#[must_use = "dropping the guard ends logging"]
pub struct Guard {
    handle: Handle,
    traces: Traces,
    /// Ends with the guard, after everything else, so that probes see the service to its end.
    #[cfg_attr(
        not(feature = "http"),
        expect(dead_code, reason = "without the feature nothing listens")
    )]
    admin: Admin,
    _watches: Watches,
    deadline: Duration,
    ended: bool,
}

/// What is looked at again and again, as long as this is held.
#[derive(Debug)]
pub(crate) struct Watches {
    pub(crate) _certificates: Certificates,
    pub(crate) _filesystems: Option<FilesystemWatch>,
}

/// What became of everything.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// The account of events: per sink, accepted = delivered + dropped + pending.
    pub events: rra_sink::Report,
    /// The account of spans, when traces were configured.
    #[cfg(feature = "otel")]
    pub traces: Option<rra_otel::TraceReport>,
}

impl Guard {
    pub(crate) fn new(
        handle: Handle,
        traces: Traces,
        admin: Admin,
        watches: Watches,
        deadline: Duration,
    ) -> Self {
        Self {
            handle,
            traces,
            admin,
            _watches: watches,
            deadline,
            ended: false,
        }
    }

    /// Emits an event: see [`Handle::emit`].
    ///
    /// # Errors
    /// Those of [`Handle::emit`].
    pub fn emit(&self, event: &dyn SecurityEvent) -> Result<Accepted, EmitError> {
        self.handle.emit(event)
    }

    /// A handle for other parts of the service. It does not keep the library running.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// The metrics of the service.
    pub fn metrics(&self) -> &Metrics {
        self.handle.metrics()
    }

    /// Where the admin listener is, with the port that the system chose for port 0; `None` when
    /// nothing is served.
    #[cfg(feature = "http")]
    pub fn admin_address(&self) -> Option<std::net::SocketAddr> {
        self.admin.address()
    }

    /// The layer that turns `tracing` spans into OpenTelemetry spans, for a service that installs
    /// its own subscriber; `None` when no endpoint is configured.
    #[cfg(feature = "otel")]
    pub fn tracing_layer<S>(&self) -> Option<impl tracing_subscriber::Layer<S> + use<S>>
    where
        S: tracing::Subscriber + for<'span> tracing_subscriber::registry::LookupSpan<'span>,
    {
        self.traces.layer()
    }

    pub(crate) fn install_traces(&self, config: &TracesConfig) -> Result<(), Error> {
        self.traces.install(config)
    }

    /// Ends everything: writes `audit.stopped`, refuses further events, delivers what waits, and
    /// returns after the deadline at the latest, on any thread and under any async runtime. The
    /// calling thread waits.
    pub fn shutdown(mut self, deadline: Duration) -> Report {
        self.end(StopReason::Shutdown, deadline)
    }

    fn end(&mut self, reason: StopReason, deadline: Duration) -> Report {
        self.ended = true;
        let start = Instant::now();
        let left = || deadline.saturating_sub(start.elapsed());
        // Spans and events beside each other: neither pays for a receiver of the other that is away.
        #[cfg(feature = "otel")]
        let traces = self.traces.begin_shutdown(deadline);
        let journal = self.handle.journal();
        // The gaps and everything that waits go first, so that the last line of the log is that it
        // stopped. Whether all of it went out is for the report to say.
        journal.report_gaps();
        let _ = journal.flush(left() / 2);
        // Refused when there is no room still; then the report says so.
        let _ = audit::stopped(self.handle.stamp(), journal, reason);
        let events = journal.shutdown(left());
        #[cfg(feature = "otel")]
        let traces = traces.end();
        self.handle.refresh_metrics();
        Report {
            events,
            #[cfg(feature = "otel")]
            traces,
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        let reason = if std::thread::panicking() {
            StopReason::Panic
        } else {
            StopReason::Shutdown
        };
        self.end(reason, self.deadline);
    }
}
