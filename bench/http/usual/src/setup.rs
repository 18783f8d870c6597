//! The subscriber: a file of JSON lines, and spans for a collector.

use std::fs::File;

use axum::extract::{ConnectInfo, MatchedPath, Request};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing::level_filters::LevelFilter;
use tracing::{Span, info_span};
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::Problem;
use crate::observer;
use crate::options::Options;

/// What has to be ended with the service.
pub(crate) struct Running {
    _writer: WorkerGuard,
    traces: Option<SdkTracerProvider>,
}

/// Installs the subscriber.
pub(crate) fn start(options: &Options) -> Result<Running, Problem> {
    let file = std::io::BufWriter::new(File::create(&options.log)?);
    // As ours: a request waits for room rather than to lose its event.
    let (writer, guard) = NonBlockingBuilder::default().lossy(false).finish(file);
    let events = filter_fn(|meta| meta.is_span() || meta.target() == observer::TARGET);
    let log = fmt::layer()
        .json()
        .flatten_event(true)
        .with_span_list(false)
        .with_writer(writer)
        .with_filter(events);
    let traces = options
        .traces
        .as_ref()
        .map(|(url, kept)| provider(url, *kept));
    let traces = traces.transpose()?;
    let spans = traces.as_ref().map(|provider| {
        tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("rra"))
            .with_filter(LevelFilter::INFO)
    });
    tracing_subscriber::registry()
        .with(LevelFilter::INFO)
        .with(log)
        .with(spans)
        .try_init()?;
    Ok(Running {
        _writer: guard,
        traces,
    })
}

/// The span of a request.
pub(crate) fn span(request: &Request) -> Span {
    let header = request.headers().get("x-request-id");
    let request_id = header.and_then(|id| id.to_str().ok()).unwrap_or_default();
    let route = request.extensions().get::<MatchedPath>();
    let client = request
        .extensions()
        .get::<ConnectInfo<std::net::SocketAddr>>();
    info_span!(
        "request",
        method = request.method().as_str(),
        route = route.map_or("", MatchedPath::as_str),
        request_id,
        source_ip = client.map(|client| tracing::field::display(client.0.ip())),
    )
}

impl Running {
    /// Sends what has not been sent.
    pub(crate) fn stop(self) -> Result<(), Problem> {
        if let Some(traces) = &self.traces {
            traces.shutdown()?;
        }
        Ok(())
    }
}

fn provider(url: &str, kept: f64) -> Result<SdkTracerProvider, Problem> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_endpoint(format!("{url}/v1/traces"))
        .build()?;
    let share = Box::new(Sampler::TraceIdRatioBased(kept));
    Ok(SdkTracerProvider::builder()
        .with_sampler(Sampler::ParentBased(share))
        .with_batch_exporter(exporter)
        .build())
}
