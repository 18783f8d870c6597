//! `prometheus`, with children looked up by label values at each call.

use std::hint::black_box;

use bench_measure::Case;
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, Opts};

use super::{AGENT, BUCKETS, CLOSED, HISTOGRAM, OPEN, SECONDS};

const BY: &str = "prometheus";

pub(super) fn cases() -> Vec<Case<'static>> {
    let tokens = counters("tokens_total", &["action", "token_type"]);
    let negotiations = counters("negotiations_total", &["agent_id", "outcome"]);
    let options = HistogramOpts::new("seconds", "Help.").buckets(BUCKETS.to_vec());
    let durations = HistogramVec::new(options, &["method", "endpoint"]).expect("valid names");
    vec![
        Case::new(CLOSED, BY, move || {
            let values = [black_box("issued"), black_box("access")];
            tokens.with_label_values(&values).inc();
        }),
        Case::new(OPEN, BY, move || {
            let values = [black_box(AGENT), black_box("accepted")];
            negotiations.with_label_values(&values).inc();
        }),
        Case::new(HISTOGRAM, BY, move || {
            let values = ["GET", black_box("/api/v1/licenses/{id}")];
            let histogram = durations.with_label_values(&values);
            histogram.observe(black_box(SECONDS));
        }),
    ]
}

fn counters(name: &str, labels: &[&str]) -> IntCounterVec {
    IntCounterVec::new(Opts::new(name, "Help."), labels).expect("valid names")
}
