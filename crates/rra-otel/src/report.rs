//! What became of every span: three counts that add up. Owns the counting around the SDK's queue,
//! whose own drop counter is private; decides nothing about delivery.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanExporter, SpanProcessor};

/// What became of the sampled spans that ended: `ended = exported + failed + unsent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TraceReport {
    /// Sampled spans that ended.
    pub ended: u64,
    /// Spans in batches that the receiver took.
    pub exported: u64,
    /// Spans in batches that were given up after their retries.
    pub failed: u64,
    /// Spans that were never offered: still waiting, or dropped because the queue was full.
    pub unsent: u64,
    /// Whether the exporter came to its end within the deadline. While it has not, `unsent` may
    /// still become `exported` or `failed`.
    pub finished: bool,
}

/// The counts, shared between the processor, the exporter and the guard.
#[derive(Clone, Debug, Default)]
pub(crate) struct SpanCounts(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    ended: AtomicU64,
    exported: AtomicU64,
    failed: AtomicU64,
}

impl SpanCounts {
    pub(crate) fn report(&self, finished: bool) -> TraceReport {
        // Read in the opposite order of writing: a span counted as exported has ended before.
        let exported = self.0.exported.load(Ordering::Acquire);
        let failed = self.0.failed.load(Ordering::Acquire);
        let ended = self.0.ended.load(Ordering::Acquire);
        TraceReport {
            ended,
            exported,
            failed,
            unsent: ended - exported - failed,
            finished,
        }
    }
}

/// Counts spans on their way into the queue.
#[derive(Debug)]
pub(crate) struct CountingProcessor<P> {
    pub(crate) inner: P,
    pub(crate) counts: SpanCounts,
}

impl<P: SpanProcessor> SpanProcessor for CountingProcessor<P> {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.inner.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        if span.span_context.is_sampled() {
            self.counts.0.ended.fetch_add(1, Ordering::Release);
        }
        self.inner.on_end(span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.inner.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.inner.set_resource(resource);
    }
}

/// Counts spans by what the receiver said.
#[derive(Debug)]
pub(crate) struct CountingExporter<E> {
    pub(crate) inner: E,
    pub(crate) counts: SpanCounts,
}

impl<E: SpanExporter> SpanExporter for CountingExporter<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len() as u64;
        let result = self.inner.export(batch).await;
        let count = match result {
            Ok(()) => &self.counts.0.exported,
            Err(_) => &self.counts.0.failed,
        };
        count.fetch_add(spans, Ordering::Release);
        result
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn shutdown(&self) -> OTelSdkResult {
        self.inner.shutdown()
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.inner.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.inner.set_resource(resource);
    }
}
