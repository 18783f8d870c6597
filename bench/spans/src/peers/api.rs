//! The OpenTelemetry API without `tracing`.

use std::hint::black_box;

use bench_measure::Case;
use opentelemetry::trace::{SpanKind, TraceContextExt, Tracer, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};

use super::{Peers, SAMPLED, UNSAMPLED};

const API: &str = "opentelemetry API";

pub(super) fn cases(peers: &Peers) -> [Case<'_>; 2] {
    let tracer = |provider: &SdkTracerProvider| provider.tracer("bench");
    let (none, all) = (tracer(&peers.not_sampling), tracer(&peers.sampling));
    [
        Case::repeating(UNSAMPLED, API, move |times| make_pairs(&none, times)),
        Case::repeating(SAMPLED, API, move |times| {
            peers.note(times);
            make_pairs(&all, times);
        }),
    ]
}

fn make_pairs(tracer: &SdkTracer, times: u64) {
    for number in 0..times {
        let number = black_box(number).cast_signed();
        let request = [
            KeyValue::new("http.route", "/a/{id}"),
            KeyValue::new("agent", number),
        ];
        let request = tracer
            .span_builder("request")
            .with_kind(SpanKind::Server)
            .with_attributes(request)
            .start(tracer);
        let _inside = Context::current_with_span(request).attach();
        let query = [
            KeyValue::new("db.system.name", "sqlite"),
            KeyValue::new("rows", number),
        ];
        let query = tracer
            .span_builder("query")
            .with_attributes(query)
            .start(tracer);
        let _inside = Context::current_with_span(query).attach();
    }
}
