//! The OpenTelemetry SDK, with attributes given at each call and a reader that nobody asks.

use std::hint::black_box;

use bench_measure::Case;
use opentelemetry::KeyValue;
use opentelemetry::metrics::MeterProvider;
use opentelemetry_sdk::metrics::{ManualReader, SdkMeterProvider};

use super::{AGENT, BUCKETS, CLOSED, HISTOGRAM, OPEN, SECONDS};

const BY: &str = "opentelemetry";

pub(super) fn cases() -> Vec<Case<'static>> {
    let provider = SdkMeterProvider::builder()
        .with_reader(ManualReader::builder().build())
        .build();
    let meter = provider.meter("bench");
    let tokens = meter.u64_counter("tokens").build();
    let negotiations = meter.u64_counter("negotiations").build();
    let durations = meter
        .f64_histogram("seconds")
        .with_boundaries(BUCKETS.to_vec())
        .build();
    // Its instruments count nothing once it is gone.
    std::mem::forget(provider);
    vec![
        Case::new(CLOSED, BY, move || {
            let attributes = [
                KeyValue::new("action", black_box("issued")),
                KeyValue::new("token_type", black_box("access")),
            ];
            tokens.add(1, &attributes);
        }),
        Case::new(OPEN, BY, move || {
            let attributes = [
                KeyValue::new("agent_id", black_box(AGENT).to_owned()),
                KeyValue::new("outcome", black_box("accepted")),
            ];
            negotiations.add(1, &attributes);
        }),
        Case::new(HISTOGRAM, BY, move || {
            let attributes = [
                KeyValue::new("method", "GET"),
                KeyValue::new("endpoint", black_box("/api/v1/licenses/{id}")),
            ];
            durations.record(black_box(SECONDS), &attributes);
        }),
    ]
}
