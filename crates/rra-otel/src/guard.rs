//! The life of tracing: starts the exporting thread, hands out layers, and ends within a deadline
//! whatever the receiver does.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider, SpanLimits};
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;

use crate::batch;
use crate::config::{OtelConfig, Protocol};
use crate::error::Error;
use crate::export::Exporter;
use crate::propagation::install_propagators;
use crate::queue::{Consumer, Queue};
use crate::report::TraceReport;
use crate::resource::resource;
use crate::sampling::{Ids, Plan, PlannedSampler};
use crate::transport::{Grpc, Http, Transport};
use crate::{endpoint, layer};

/// The time a dropped guard allows for the last spans.
const DROP_DEADLINE: Duration = Duration::from_secs(5);

/// Keeps tracing alive. Keep it until the program ends: dropping it sends what waits, for at most
/// five seconds, and ends the export.
#[must_use = "dropping the guard ends tracing"]
pub struct OtelGuard {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
    plan: Arc<Plan>,
    max_level: tracing::Level,
    queue: Queue,
    endpoint: String,
}

/// A view of the account that does not keep tracing alive.
#[derive(Clone, Debug)]
pub struct TraceCounts(Queue);

impl OtelGuard {
    /// Starts the export and makes the configured propagators the way in which the process passes
    /// traces on.
    ///
    /// Nothing is sent until spans reach a [`layer`](Self::layer) of this guard, and a receiver
    /// that is away is no error: it may come later.
    ///
    /// # Errors
    /// What [`OtelConfig::check`] refuses, [`Error::Header`], [`Error::TlsFile`], and
    /// [`Error::Start`] when the system has no thread or no trusted certificate for it.
    pub fn start(config: &OtelConfig) -> Result<Self, Error> {
        config.check()?;
        let resource = resource(&config.resource);
        let queue = Queue::new(config.batch, config.limits.text_chars);
        start_export(config, &resource, &queue)?;
        let plan = Arc::new(Plan::new(config));
        let provider = SdkTracerProvider::builder()
            .with_sampler(PlannedSampler(Arc::clone(&plan)))
            .with_id_generator(Ids::default())
            .with_span_limits(span_limits(config))
            .with_resource(resource)
            .with_span_processor(queue.clone())
            .build();
        install_propagators(&config.propagators);
        let endpoint = config
            .endpoint
            .as_ref()
            .map(super::config::Endpoint::as_str);
        Ok(Self {
            tracer: provider.tracer("rra-otel"),
            provider,
            plan,
            max_level: config.max_level,
            queue,
            endpoint: endpoint::without_credentials(endpoint.unwrap_or_default()),
        })
    }

    /// A whole subscriber for a program that wants spans exported and nothing else of `tracing`.
    /// A span of a trace that is not kept costs less than with [`layer`](Self::layer).
    pub fn subscriber(&self) -> impl Subscriber + use<> {
        layer::subscriber(self.tracer.clone(), Arc::clone(&self.plan), self.max_level)
    }

    /// A layer that turns `tracing` spans into OpenTelemetry spans, beside other layers.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        layer::layer(self.tracer.clone(), Arc::clone(&self.plan), self.max_level)
    }

    /// Makes spans of libraries that use the OpenTelemetry API go the same way: the provider of the
    /// process is this one from now on.
    pub fn install_provider(&self) {
        opentelemetry::global::set_tracer_provider(self.provider.clone());
    }

    /// The account up to now.
    pub fn report(&self) -> TraceReport {
        self.queue.report()
    }

    /// The account, for those who watch it while others hold the guard.
    pub fn counts(&self) -> TraceCounts {
        TraceCounts(self.queue.clone())
    }

    /// Sends every span that has ended by now. Returns after `deadline` at the latest; whether all
    /// of them were sent by then is in the report.
    ///
    /// The calling thread waits.
    pub fn flush(&self, deadline: Duration) -> TraceReport {
        self.queue.flush(deadline);
        self.report()
    }

    /// Sends what waits and ends the export. Returns after `deadline` at the latest, on any thread
    /// and under any async runtime; what was not sent by then is in the report.
    ///
    /// The calling thread waits. If the receiver runs on that very thread, it cannot answer.
    pub fn shutdown(self, deadline: Duration) -> TraceReport {
        self.end(deadline);
        self.report()
    }

    fn end(&self, deadline: Duration) {
        // The queue first: the SDK keeps spans to itself as soon as it is told, and those that end
        // meanwhile must be counted. Whether the deadline was first, the report says.
        self.queue.close(deadline);
        let _ = self.provider.shutdown_with_timeout(Duration::ZERO);
    }
}

impl TraceCounts {
    /// The account up to now.
    pub fn report(&self) -> TraceReport {
        self.0.report()
    }
}

impl Drop for OtelGuard {
    fn drop(&mut self) {
        self.end(DROP_DEADLINE);
    }
}

impl fmt::Debug for OtelGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OtelGuard")
            .field("endpoint", &self.endpoint)
            .field("report", &self.report())
            .finish_non_exhaustive()
    }
}

fn start_export(config: &OtelConfig, resource: &Resource, queue: &Queue) -> Result<(), Error> {
    let address = endpoint::resolve(config.endpoint.as_ref(), config.protocol)?;
    match config.protocol {
        Protocol::HttpProtobuf => spawn(config, resource, queue, Http::connect(config, &address)?),
        Protocol::Grpc => spawn(config, resource, queue, Grpc::connect(config, &address)?),
    }
}

fn spawn(
    config: &OtelConfig,
    resource: &Resource,
    queue: &Queue,
    transport: impl Transport,
) -> Result<(), Error> {
    let exporter = Exporter {
        consumer: Consumer(queue.clone()),
        transport,
        resource: batch::resource(resource),
        config: config.batch,
        quiet_until: None,
    };
    exporter.spawn()
}

fn span_limits(config: &OtelConfig) -> SpanLimits {
    let limits = config.limits;
    SpanLimits {
        max_events_per_span: limits.events,
        max_attributes_per_span: limits.attributes,
        max_links_per_span: limits.links,
        max_attributes_per_event: limits.event_attributes,
        max_attributes_per_link: limits.link_attributes,
    }
}
