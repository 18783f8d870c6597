//! Ourselves: as `init` installs it, and as one layer of a subscriber.

use std::time::Duration;

use bench_measure::Case;
use rra_otel::{OtelConfig, OtelGuard};
use tracing::Dispatch;
use tracing_subscriber::layer::SubscriberExt;

use super::{QUEUE_SPANS, SAMPLED, UNSAMPLED, make_pairs};
use crate::receiver;

const WHOLE: &str = "rra-otel, as init installs it";
const LAYER: &str = "rra-otel, a layer among others";

pub(super) struct Ours {
    none: OtelGuard,
    all: OtelGuard,
}

impl Ours {
    pub(super) fn new() -> Self {
        let start = |ratio| {
            let mut config = OtelConfig::new(receiver::serve());
            config.sampling_ratio = ratio;
            config.batch.max_queue_spans = QUEUE_SPANS;
            config.batch.max_queue_bytes = usize::MAX;
            OtelGuard::start(&config).expect("a receiver on loopback is accepted")
        };
        Self {
            none: start(0.0),
            all: start(1.0),
        }
    }

    pub(super) fn cases(&self) -> Vec<Case<'_>> {
        let guards = [(UNSAMPLED, &self.none), (SAMPLED, &self.all)];
        let cases = guards.into_iter().flat_map(|(operation, guard)| {
            let whole = Dispatch::new(guard.subscriber());
            let layer = Dispatch::new(tracing_subscriber::registry().with(guard.layer()));
            [(WHOLE, whole), (LAYER, layer)].map(|(by, dispatch)| {
                Case::repeating(operation, by, move |times| make_pairs(&dispatch, times))
            })
        });
        cases.collect()
    }

    pub(super) fn losses(&self) -> (&'static str, u64, u64) {
        let report = self.all.flush(Duration::from_mins(1));
        ("rra-otel, over HTTP", report.ended, report.exported)
    }
}
