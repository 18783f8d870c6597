//! Everybody who takes part, in a file each, making the same two spans with two attributes each.

mod api;
mod fastrace;
mod ours;
mod through_tracing;

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bench_measure::Case;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracerProvider,
};
use tracing::{Dispatch, dispatcher};

use crate::receiver::Nowhere;

/// What everything is compared with.
pub(crate) const BARE: &str = "tracing-opentelemetry, bare";

pub(crate) const UNSAMPLED: &str = "not sampled";
pub(crate) const SAMPLED: &str = "sampled";

/// Room for the pairs of one timing, so that what is timed is not the loss of spans.
const QUEUE_SPANS: usize = 65_536;

/// Those who take part, running.
pub(crate) struct Peers {
    ours: ours::Ours,
    /// The SDK with an exporter to nowhere.
    sampling: SdkTracerProvider,
    arrived: Arc<AtomicU64>,
    made: AtomicU64,
    not_sampling: SdkTracerProvider,
    fastrace: fastrace::Fastrace,
}

impl Peers {
    pub(crate) fn new() -> Self {
        let nowhere = Nowhere::default();
        let arrived = Arc::clone(&nowhere.0);
        let limits = BatchConfigBuilder::default().with_max_queue_size(QUEUE_SPANS);
        let batches = BatchSpanProcessor::builder(nowhere).with_batch_config(limits.build());
        let never = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(0.0)));
        Self {
            ours: ours::Ours::new(),
            sampling: SdkTracerProvider::builder()
                .with_span_processor(batches.build())
                .build(),
            arrived,
            made: AtomicU64::new(0),
            not_sampling: SdkTracerProvider::builder().with_sampler(never).build(),
            fastrace: fastrace::Fastrace::new(),
        }
    }

    pub(crate) fn cases(&self) -> Vec<Case<'_>> {
        let mut cases = self.ours.cases();
        cases.extend(through_tracing::cases(self));
        cases.extend(api::cases(self));
        cases.extend(self.fastrace.cases());
        cases.sort_by_key(|case| case.operation != UNSAMPLED);
        cases
    }

    /// Of those who can lose sampled spans: how many they made, how many the receiver was handed.
    pub(crate) fn losses(&self) -> [(&'static str, u64, u64); 3] {
        let flushed = self.sampling.force_flush();
        flushed.expect("an exporter to nowhere is done in time");
        let (made, arrived) = (&self.made, &self.arrived);
        let count = |number: &AtomicU64| number.load(Ordering::Relaxed);
        [
            self.ours.losses(),
            (
                "opentelemetry SDK, all of its cases",
                count(made),
                count(arrived),
            ),
            self.fastrace.losses(),
        ]
    }

    /// Notes that the SDK was given so many sampled pairs.
    fn note(&self, pairs: u64) {
        self.made.fetch_add(2 * pairs, Ordering::Relaxed);
    }
}

/// Makes pairs of spans through `tracing`.
fn make_pairs(dispatch: &Dispatch, times: u64) {
    dispatcher::with_default(dispatch, || {
        for number in 0..times {
            let number = black_box(number);
            let request = tracing::info_span!("request", http.route = "/a/{id}", agent = number);
            let _inside = request.enter();
            let query = tracing::info_span!("query", db.system.name = "sqlite", rows = number);
            let _inside = query.enter();
        }
    });
}
