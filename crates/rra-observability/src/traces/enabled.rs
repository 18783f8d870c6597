//! Traces over OTLP, when an endpoint is configured.

use std::thread::{self, JoinHandle};
use std::time::Duration;

use rra_otel::{OtelConfig, OtelGuard, Protocol, TraceReport};
use rra_schema::{Origin, SpanId, TraceContext, TraceId};
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;

use crate::config::{TraceProtocol, TracesConfig};
use crate::error::Error;

/// The running export, if there is one.
#[derive(Debug)]
pub(crate) struct Traces {
    guard: Option<OtelGuard>,
}

impl Traces {
    pub(crate) fn start(config: &TracesConfig, origin: &Origin) -> Result<Self, Error> {
        let Some(endpoint) = &config.endpoint else {
            return Ok(Self { guard: None });
        };
        let mut otel = OtelConfig::new(endpoint, origin.service());
        otel.environment = Some(origin.environment().to_owned());
        otel.instance_id = Some(origin.instance().to_string());
        otel.sampling_ratio = config.sampling_ratio;
        otel.protocol = match config.protocol {
            TraceProtocol::HttpProtobuf => Protocol::HttpProtobuf,
            TraceProtocol::Grpc => Protocol::Grpc,
        };
        let guard = OtelGuard::start(&otel).map_err(Error::Traces)?;
        Ok(Self { guard: Some(guard) })
    }

    /// Makes spans of the whole process go out, unless the service does that itself.
    pub(crate) fn install_subscriber(&self, config: &TracesConfig) -> Result<(), Error> {
        let Some(guard) = self.guard.as_ref().filter(|_| config.install_subscriber) else {
            return Ok(());
        };
        let subscriber = tracing_subscriber::registry().with(guard.layer());
        tracing::subscriber::set_global_default(subscriber).map_err(|_| Error::SubscriberInstalled)
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

/// The trace and span that are going on here.
pub(crate) fn current() -> Option<TraceContext> {
    let (trace_id, span_id) = rra_otel::current_trace()?;
    Some(TraceContext {
        trace_id: TraceId::from_bytes(trace_id)?,
        span_id: SpanId::from_bytes(span_id)?,
    })
}
