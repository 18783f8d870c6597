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
///
/// # How a process ends
///
/// With a journal directory, which a log file brings along, no accepted event is lost or doubled
/// however the process ends, on tokio with one thread or many and without a runtime:
///
/// | The end | What the log has then |
/// |---|---|
/// | The guard is shut down or dropped: `main` returns, or the service handles SIGTERM | Everything, and `audit.stopped` with the reason `shutdown`, within the deadline |
/// | A panic that drops the guard | The same, with the reason `panic` |
/// | A panic of another thread or task; a panic under `panic = "abort"` | Everything before it that can be written within 200 ms ([`Config::panic_hook`](crate::Config::panic_hook)); the next start brings the rest |
/// | `exit`, `abort`, SIGTERM that nobody handles, kill -9 | What was written by then; the next start brings the rest, and repairs a line that was cut |
/// | A power failure, which takes more than the process | What a receipt called durable |
/// | A forked child ends | Nothing of the child, which is refused; it may drop the guard or not, and waits for nothing |
///
/// Without a journal directory the rest dies with the process. A forked child that has something to say starts
/// a library of its own with [`Setup::start`](crate::Setup::start); [`init`](crate::init) stays its parent's.
#[derive(Debug)]
#[must_use = "dropping the guard ends logging"]
pub struct Guard {
    handle: Handle,
    /// `None` when it has ended.
    running: Option<Running>,
    /// The process in which it runs.
    process: u32,
    deadline: Duration,
}

/// What ends with the guard beside the journal.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) traces: Traces,
    #[cfg_attr(
        not(feature = "http"),
        expect(dead_code, reason = "without the feature nothing listens")
    )]
    pub(crate) admin: Admin,
    pub(crate) _watches: Watches,
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
    /// The account of events: per sink, accepted + recovered = delivered + dropped + pending.
    pub events: rra_sink::Report,
    /// The account of spans, when traces were configured.
    #[cfg(feature = "otel")]
    pub traces: Option<rra_otel::TraceReport>,
}

impl Guard {
    pub(crate) fn new(handle: Handle, running: Running, deadline: Duration) -> Self {
        Self {
            handle,
            running: Some(running),
            process: std::process::id(),
            deadline,
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
        self.running.as_ref()?.admin.address()
    }

    /// The admin routes as they are configured, for a service that takes them into its own router;
    /// [`Config::metrics_address`](crate::Config::metrics_address) says whether they have a listener of
    /// their own too.
    ///
    /// ```
    /// # let config = rra_observability::Config { metrics_address: None, ..Default::default() };
    /// # let guard = rra_observability::Setup::new(config).start()?;
    /// let mut service: axum::Router = axum::Router::new();
    /// if let Some(admin) = guard.admin() {
    ///     service = service.merge(admin.routes());
    /// }
    /// # let _ = service;
    /// # Ok::<(), rra_observability::Error>(())
    /// ```
    #[cfg(feature = "http")]
    pub fn admin(&self) -> Option<&rra_http::Admin> {
        Some(self.running.as_ref()?.admin.routes())
    }

    /// The layer that turns `tracing` spans into OpenTelemetry spans, for a service that installs
    /// its own subscriber; `None` when no endpoint is configured.
    #[cfg(feature = "otel")]
    pub fn tracing_layer<S>(&self) -> Option<impl tracing_subscriber::Layer<S> + use<S>>
    where
        S: tracing::Subscriber + for<'span> tracing_subscriber::registry::LookupSpan<'span>,
    {
        self.running.as_ref()?.traces.layer()
    }

    pub(crate) fn install_traces(&self, config: &TracesConfig) -> Result<(), Error> {
        let running = self.running.as_ref();
        running.map_or(Ok(()), |running| running.traces.install(config))
    }

    /// Ends everything: writes `audit.stopped`, refuses further events, delivers what waits, and
    /// returns after the deadline at the latest, on any thread and under any async runtime. The
    /// calling thread waits.
    pub fn shutdown(mut self, deadline: Duration) -> Report {
        self.end(StopReason::Shutdown, deadline)
    }

    fn end(&mut self, reason: StopReason, deadline: Duration) -> Report {
        let running = self.running.take();
        if self.process != std::process::id() {
            // A forked child has none of the threads that would have to end, and must not wait for them.
            std::mem::forget(running);
        } else if let Some(running) = running {
            return running.end(&self.handle, reason, deadline);
        }
        Report {
            events: self.handle.journal().report(),
            #[cfg(feature = "otel")]
            traces: None,
        }
    }
}

impl Running {
    #[cfg_attr(
        not(feature = "otel"),
        expect(unused_mut, reason = "only traces have an end of their own")
    )]
    fn end(mut self, handle: &Handle, reason: StopReason, deadline: Duration) -> Report {
        let start = Instant::now();
        let left = || deadline.saturating_sub(start.elapsed());
        // Spans and events beside each other: neither pays for a receiver of the other that is away.
        #[cfg(feature = "otel")]
        let traces = self.traces.begin_shutdown(deadline);
        let journal = handle.journal();
        // The gaps and everything that waits go first, so that the last line of the log is that it
        // stopped. Whether all of it went out is for the report to say.
        journal.report_gaps();
        let _ = journal.flush(left() / 2);
        // Refused when there is no room still; then the report says so.
        let _ = audit::stopped(handle.stamp(), journal, reason);
        let events = journal.shutdown(left());
        #[cfg(feature = "otel")]
        let traces = traces.end();
        handle.refresh_metrics();
        // Probes see the service to its end.
        drop(self);
        Report {
            events,
            #[cfg(feature = "otel")]
            traces,
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if self.running.is_none() {
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
