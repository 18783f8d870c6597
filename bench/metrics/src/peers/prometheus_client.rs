//! `prometheus-client`, with families looked up by label set at each call.

use std::hint::black_box;

use bench_measure::Case;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;

use super::{AGENT, BUCKETS, CLOSED, HISTOGRAM, OPEN, SECONDS};

const BY: &str = "prometheus-client";

#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq, EncodeLabelValue)]
enum Action {
    Issued,
}

#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq, EncodeLabelValue)]
enum Kind {
    Access,
}

#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Token {
    action: Action,
    token_type: Kind,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Negotiation {
    agent_id: String,
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Route {
    method: &'static str,
    endpoint: &'static str,
}

pub(super) fn cases() -> Vec<Case<'static>> {
    let tokens = Family::<Token, Counter>::default();
    let negotiations = Family::<Negotiation, Counter>::default();
    let durations = Family::<Route, Histogram>::new_with_constructor(|| Histogram::new(BUCKETS));
    vec![
        Case::new(CLOSED, BY, move || {
            let labels = Token {
                action: black_box(Action::Issued),
                token_type: black_box(Kind::Access),
            };
            tokens.get_or_create(&labels).inc();
        }),
        Case::new(OPEN, BY, move || {
            let labels = Negotiation {
                agent_id: black_box(AGENT).to_owned(),
                outcome: black_box("accepted"),
            };
            negotiations.get_or_create(&labels).inc();
        }),
        Case::new(HISTOGRAM, BY, move || {
            let labels = Route {
                method: "GET",
                endpoint: black_box("/api/v1/licenses/{id}"),
            };
            durations.get_or_create(&labels).observe(black_box(SECONDS));
        }),
    ]
}
