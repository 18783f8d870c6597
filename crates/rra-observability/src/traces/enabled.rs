//! Traces over OTLP, when an endpoint is configured.

mod account;
mod config;

pub use config::TracesConfig;

pub(crate) use account::Counts;

use std::thread::{self, JoinHandle};
use std::time::Duration;

use rra_otel::{OtelGuard, TraceReport};
use rra_schema::{EventId, Instance, Origin, SecurityEvent, SpanId, TraceContext, TraceId};
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;

use crate::error::Error;

/// The running export, if there is one.
#[derive(Debug)]
pub(crate) struct Traces {
    guard: Option<OtelGuard>,
}

impl Traces {
    pub(crate) fn start(config: &TracesConfig, origin: &Origin) -> Result<Self, Error> {
        // Without an export too: what comes in of a trace goes out to the next service.
        rra_otel::install_propagators(&config.otel.propagators);
        if config.otel.endpoint.is_none() {
            return Ok(Self { guard: None });
        }
        let mut otel = config.otel.clone();
        let known = otel.resource.attributes.iter();
        let is_named = known.clone().any(|(key, _)| key == "service.name");
        let resource = &mut otel.resource;
        if resource.service_name.is_none() && !is_named {
            resource.service_name = Some(origin.service().to_owned());
        }
        let environment = || origin.environment().to_owned();
        resource.environment.get_or_insert_with(environment);
        let instance = || origin.instance().to_string();
        resource.instance_id.get_or_insert_with(instance);
        let guard = OtelGuard::start(&otel).map_err(refused)?;
        Ok(Self { guard: Some(guard) })
    }

    /// The account of spans, for the metrics.
    pub(crate) fn counts(&self) -> Counts {
        Counts::new(self.guard.as_ref().map(OtelGuard::counts))
    }

    /// Makes spans of the whole process go out; those of `tracing` only if the service does not see
    /// to that itself.
    pub(crate) fn install(&self, config: &TracesConfig) -> Result<(), Error> {
        let Some(guard) = &self.guard else {
            return Ok(());
        };
        if config.install_subscriber {
            tracing::subscriber::set_global_default(guard.subscriber())
                .map_err(|_| Error::SubscriberInstalled)?;
        }
        guard.install_provider();
        Ok(())
    }

    pub(crate) fn layer<S>(&self) -> Option<impl Layer<S> + use<S>>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        self.guard.as_ref().map(OtelGuard::layer)
    }

    /// Starts to send what waits; [`Ending::end`] waits for that.
    pub(crate) fn begin_shutdown(&mut self, deadline: Duration) -> Ending {
        let start = |guard: OtelGuard| {
            let name = "rra-traces-end".to_owned();
            let thread = thread::Builder::new().name(name);
            // Without a thread the guard is dropped, which sends what waits as well.
            thread.spawn(move || guard.shutdown(deadline)).ok()
        };
        Ending {
            thread: self.guard.take().and_then(start),
        }
    }
}

/// An export that is ending, within its deadline.
#[must_use]
pub(crate) struct Ending {
    thread: Option<JoinHandle<TraceReport>>,
}

impl Ending {
    pub(crate) fn end(self) -> Option<TraceReport> {
        self.thread?.join().ok()
    }
}

/// The features of rra-otel are features of this crate too, and so are those to add.
fn refused(error: rra_otel::Error) -> Error {
    match error {
        rra_otel::Error::FeatureMissing { feature } => Error::FeatureMissing {
            setting: match feature {
                "tls" => "https:// in traces.endpoint (OTEL_EXPORTER_OTLP_ENDPOINT)",
                _ => "traces.protocol (OTEL_EXPORTER_OTLP_PROTOCOL)",
            },
            feature,
        },
        other => Error::Traces(other),
    }
}

/// The trace and span that are going on here.
pub(crate) fn current() -> Option<TraceContext> {
    named(rra_otel::current_trace()?)
}

/// The trace and span of these ids.
pub(crate) fn named((trace_id, span_id): ([u8; 16], [u8; 8])) -> Option<TraceContext> {
    Some(TraceContext {
        trace_id: TraceId::from_bytes(trace_id)?,
        span_id: SpanId::from_bytes(span_id)?,
    })
}

/// Adds to the span that is going on here that a security event happened, with what finds its line:
/// the details stay in the log.
///
/// An event that was not accepted has no number and no line.
pub(crate) fn note(event: &dyn SecurityEvent, instance: Instance, seq: Option<u64>) {
    rra_otel::add_span_event(event.event_name().as_str(), || {
        let severity = ("rra.severity", event.severity().as_str().into());
        let id = seq.map(|seq| EventId { instance, seq });
        let id = id.map(|id| ("rra.event_id", id.to_string().into()));
        std::iter::once(severity).chain(id)
    });
}
