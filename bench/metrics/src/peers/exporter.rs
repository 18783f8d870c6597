//! `metrics` with `metrics-exporter-prometheus`, which carry our exposition: by the macro, as most
//! services use them, and by handles that are kept.
#![expect(
    clippy::disallowed_macros,
    reason = "the macros are what is measured here"
)]

use std::hint::black_box;
use std::thread;
use std::time::Duration;

use bench_measure::Case;
use metrics::{counter, histogram};
use metrics_exporter_prometheus::PrometheusBuilder;

use super::{AGENT, BUCKETS, CLOSED, EVENT, HISTOGRAM, OPEN, SECONDS};

const MACRO: &str = "metrics, macro";
const KEPT: &str = "metrics, kept handle";

pub(super) fn cases() -> Vec<Case<'static>> {
    let handle = PrometheusBuilder::new()
        .set_buckets(&BUCKETS)
        .expect("ascending bounds")
        .install_recorder()
        .expect("the only recorder of the process");
    // What its documentation asks for; without it every observation is kept.
    thread::spawn(move || {
        loop {
            thread::sleep(Duration::from_secs(5));
            handle.run_upkeep();
        }
    });
    let kept = counter!("kept_total", "action" => "issued", "token_type" => "access");
    let kept_histogram = histogram!("kept_seconds", "method" => "GET", "endpoint" => "/x");
    vec![
        Case::new(CLOSED, MACRO, || {
            let action: &'static str = black_box("issued");
            let kind: &'static str = black_box("access");
            counter!("tokens_total", "action" => action, "token_type" => kind).increment(1);
        }),
        Case::new(CLOSED, KEPT, move || kept.increment(1)),
        Case::new(OPEN, MACRO, || {
            let agent = black_box(AGENT).to_owned();
            let outcome: &'static str = black_box("accepted");
            counter!("negotiations_total", "agent_id" => agent, "outcome" => outcome).increment(1);
        }),
        Case::new(EVENT, MACRO, || {
            let kind: &'static str = black_box("auth.failure");
            let severity: &'static str = black_box("warning");
            let result: &'static str = black_box("failure");
            let method: &'static str = black_box("api_key");
            counter!("events_total", "event_type" => kind, "severity" => severity).increment(1);
            counter!("attempts_total", "result" => result, "method" => method).increment(1);
        }),
        Case::new(HISTOGRAM, MACRO, || {
            let endpoint: &'static str = black_box("/api/v1/licenses/{id}");
            let labels = [("method", "GET"), ("endpoint", endpoint)];
            histogram!("seconds", &labels).record(black_box(SECONDS));
        }),
        Case::new(HISTOGRAM, KEPT, move || {
            kept_histogram.record(black_box(SECONDS));
        }),
    ]
}
