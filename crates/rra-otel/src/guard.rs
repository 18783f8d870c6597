//! The life of tracing: starts the exporter, hands out layers, and ends within a deadline whatever
//! the receiver does.

use std::fmt;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::resource::TelemetryResourceDetector;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracer, SdkTracerProvider,
};
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;

use crate::config::OtelConfig;
use crate::error::Error;
use crate::report::{CountingExporter, CountingProcessor, SpanCounts, TraceReport};
use crate::transport::{self, Transport};
use crate::{endpoint, layer};

/// The time a dropped guard allows for the last spans.
const DROP_DEADLINE: Duration = Duration::from_secs(5);

/// Keeps tracing alive. Keep it until the program ends: dropping it sends what waits, for at most
/// five seconds, and ends the export.
#[must_use = "dropping the guard ends tracing"]
pub struct OtelGuard {
    export: Option<Export>,
    tracer: SdkTracer,
    max_level: tracing::Level,
    counts: SpanCounts,
    endpoint: String,
}

/// What runs behind the guard, given away once at shutdown.
struct Export {
    provider: SdkTracerProvider,
    // Held, never read: gRPC needs its runtime until the provider has ended.
    _runtime: Option<transport::PrivateRuntime>,
}

impl OtelGuard {
    /// Starts the export and makes W3C Trace Context the process-wide way to pass traces on.
    ///
    /// Nothing is sent until spans reach a [`layer`](Self::layer) of this guard, and a receiver
    /// that is away is no error: it may come later.
    ///
    /// # Errors
    /// What [`OtelConfig::check`] refuses, [`Error::Header`], and [`Error::Start`] when the exporter
    /// or the private runtime of gRPC cannot be made.
    ///
    /// # Panics
    /// When the system gives no thread for the batches: the SDK reports that in no other way.
    pub fn start(config: &OtelConfig) -> Result<Self, Error> {
        config.check()?;
        let transport = transport::connect(config)?;
        let counts = SpanCounts::default();
        let (provider, export) = start_export(config, transport, counts.clone());
        opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
        Ok(Self {
            tracer: provider.tracer("rra-otel"),
            export: Some(export),
            max_level: config.max_level,
            counts,
            endpoint: endpoint::without_credentials(&config.endpoint),
        })
    }

    /// A layer that turns `tracing` spans into OpenTelemetry spans. It ignores what the libraries
    /// that carry the export say, since that would be exported and so be said again.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        layer::layer(self.tracer.clone(), self.max_level)
    }

    /// The counts up to now.
    pub fn report(&self) -> TraceReport {
        self.counts.report(false)
    }

    /// Sends what waits and ends the export. Returns after `deadline` at the latest, on any thread
    /// and under any async runtime; what was not sent by then is in the report.
    ///
    /// The calling thread waits. If the receiver runs on that very thread, it cannot answer.
    pub fn shutdown(mut self, deadline: Duration) -> TraceReport {
        let finished = self.end(deadline);
        self.counts.report(finished)
    }

    fn end(&mut self, deadline: Duration) -> bool {
        let Some(export) = self.export.take() else {
            return true;
        };
        let (done, wait) = mpsc::channel();
        // A thread of its own, because neither the SDK nor a transport promises to keep a deadline.
        let started = thread::Builder::new()
            .name("rra-otel-shutdown".to_owned())
            .spawn(move || {
                let ended = export.provider.shutdown_with_timeout(deadline);
                drop(export);
                // The guard may have left at its deadline; then nobody wants to know.
                let _ = done.send(ended.is_ok());
            });
        started.is_ok() && wait.recv_timeout(deadline).unwrap_or(false)
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

fn start_export(
    config: &OtelConfig,
    transport: Transport,
    counts: SpanCounts,
) -> (SdkTracerProvider, Export) {
    let exporter = CountingExporter {
        inner: transport.exporter,
        counts: counts.clone(),
    };
    let limits = BatchConfigBuilder::default()
        .with_max_queue_size(config.max_queue_spans)
        .with_max_export_batch_size(config.max_batch_spans)
        .with_scheduled_delay(config.batch_delay)
        .build();
    let inner = BatchSpanProcessor::builder(exporter)
        .with_batch_config(limits)
        .build();
    let sampler = Sampler::TraceIdRatioBased(config.sampling_ratio);
    let provider = SdkTracerProvider::builder()
        .with_sampler(Sampler::ParentBased(Box::new(sampler)))
        .with_resource(resource(config))
        .with_span_processor(CountingProcessor { inner, counts })
        .build();
    let export = Export {
        provider: provider.clone(),
        _runtime: transport.runtime,
    };
    (provider, export)
}

/// What every span says about the process it comes from (OpenTelemetry semantic conventions,
/// "Service" and "Deployment").
fn resource(config: &OtelConfig) -> Resource {
    let optional = [
        ("deployment.environment.name", &config.environment),
        ("service.version", &config.service_version),
        ("service.instance.id", &config.instance_id),
    ];
    let attributes = optional
        .into_iter()
        .filter_map(|(key, value)| Some(KeyValue::new(key, value.clone()?)));
    Resource::builder_empty()
        .with_detector(Box::new(TelemetryResourceDetector))
        .with_service_name(config.service_name.clone())
        .with_attributes(attributes)
        .build()
}
