//! The `tracing` layer and what it leaves out. Owns the list of targets that must not be traced.

use opentelemetry_sdk::trace::SdkTracer;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::FilterFn;
use tracing_subscriber::registry::LookupSpan;

/// The crates that carry spans away, and the ones below them. What they say while exporting would
/// be exported, and so be said again without end.
const CARRIERS: [&str; 9] = [
    "h2",
    "hyper",
    "hyper_util",
    "reqwest",
    "rustls",
    "tonic",
    "tower",
    "ureq",
    "ureq_proto",
];

pub(crate) fn layer<S>(tracer: SdkTracer, max_level: Level) -> impl Layer<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    tracing_opentelemetry::layer()
        .with_tracer(tracer)
        // Source lines, thread names and busy times cost a third of a span and say little in a trace.
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_filter(FilterFn::new(move |metadata| {
            is_traced(metadata, max_level)
        }))
}

fn is_traced(metadata: &Metadata<'_>, max_level: Level) -> bool {
    *metadata.level() <= max_level && !carries_spans(metadata.target())
}

fn carries_spans(target: &str) -> bool {
    let crate_name = target.split("::").next().unwrap_or(target);
    CARRIERS.contains(&crate_name) || crate_name.starts_with("opentelemetry")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(target: &str, left_out: bool) {
        assert_eq!(carries_spans(target), left_out, "{target}");
    }

    #[test]
    fn what_carries_spans_is_left_out() {
        check("hyper::client::pool", true);
        check("h2", true);
        check("tonic::transport", true);
        check("opentelemetry_sdk::trace", true);
        check("opentelemetry-otlp", true);
        check("ureq::run", true);
    }

    #[test]
    fn what_only_sounds_alike_is_kept() {
        check("tower_http::trace", false);
        check("hypersonic", false);
        check("shop::tower", false);
    }
}
