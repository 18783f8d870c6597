//! `tracing-opentelemetry` as it comes, as we trim it, and the registry below everything.

use bench_measure::Case;
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Dispatch;
use tracing_subscriber::layer::SubscriberExt;

use super::{BARE, Peers, SAMPLED, UNSAMPLED, make_pairs};

const TRIMMED: &str = "tracing-opentelemetry, without its extra attributes";

pub(super) fn cases(peers: &Peers) -> Vec<Case<'_>> {
    let registry = Dispatch::new(tracing_subscriber::registry());
    let mut cases = vec![Case::repeating(
        UNSAMPLED,
        "a bare registry of tracing, without ids",
        move |times| make_pairs(&registry, times),
    )];
    for (by, layer) in [(BARE, bare as fn(&_) -> _), (TRIMMED, trimmed)] {
        let none = layer(&peers.not_sampling);
        let all = layer(&peers.sampling);
        cases.push(Case::repeating(UNSAMPLED, by, move |times| {
            make_pairs(&none, times);
        }));
        cases.push(Case::repeating(SAMPLED, by, move |times| {
            peers.note(times);
            make_pairs(&all, times);
        }));
    }
    cases
}

fn bare(provider: &SdkTracerProvider) -> Dispatch {
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("bench"));
    Dispatch::new(tracing_subscriber::registry().with(layer))
}

fn trimmed(provider: &SdkTracerProvider) -> Dispatch {
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("bench"))
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_tracked_inactivity(false);
    Dispatch::new(tracing_subscriber::registry().with(layer))
}
