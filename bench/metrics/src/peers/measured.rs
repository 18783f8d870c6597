//! `measured`: enums as an index into a table, ids interned.

use std::hint::black_box;

use bench_measure::Case;
use measured::label::StaticLabelSet;
use measured::lasso::{Rodeo, RodeoReader, Spur, ThreadedRodeo};
use measured::metric::histogram::Thresholds;
use measured::{CounterVec, FixedCardinalityLabel, HistogramVec, LabelGroup};

use super::{AGENT, BUCKETS, CLOSED, HISTOGRAM, OPEN, SECONDS};

const BY: &str = "measured";

#[derive(Clone, Copy, FixedCardinalityLabel)]
enum Action {
    Issued,
    Accepted,
}

#[derive(Clone, Copy, FixedCardinalityLabel)]
enum Kind {
    Access,
    Refresh,
}

#[derive(Clone, Copy, FixedCardinalityLabel)]
enum Outcome {
    Accepted,
    Rejected,
}

#[derive(Clone, Copy, FixedCardinalityLabel)]
enum Method {
    Get,
    Post,
}

#[derive(LabelGroup)]
#[label(set = TokenSet)]
struct Token {
    action: Action,
    token_type: Kind,
}

#[derive(LabelGroup)]
#[label(set = NegotiationSet)]
struct Negotiation<'a> {
    #[label(dynamic_with = ThreadedRodeo)]
    agent_id: &'a str,
    outcome: Outcome,
}

#[derive(LabelGroup)]
#[label(set = RouteSet)]
struct Route<'a> {
    method: Method,
    #[label(fixed_with = RodeoReader<Spur>)]
    endpoint: &'a str,
}

pub(super) fn cases() -> Vec<Case<'static>> {
    // Words that no case moves: with one word each, the index would be a constant.
    let _ = (
        Action::Accepted,
        Kind::Refresh,
        Outcome::Rejected,
        Method::Post,
    );
    let tokens = CounterVec::with_label_set(TokenSet {
        action: StaticLabelSet::new(),
        token_type: StaticLabelSet::new(),
    });
    let negotiations = CounterVec::with_label_set(NegotiationSet {
        agent_id: ThreadedRodeo::new(),
        outcome: StaticLabelSet::new(),
    });
    let route_set = RouteSet {
        method: StaticLabelSet::new(),
        endpoint: Rodeo::from_iter(["/api/v1/licenses/{id}", "/other"]).into_reader(),
    };
    let durations =
        HistogramVec::with_label_set_and_metadata(route_set, Thresholds::with_buckets(BUCKETS));
    vec![
        Case::new(CLOSED, BY, move || {
            tokens.inc(Token {
                action: black_box(Action::Issued),
                token_type: black_box(Kind::Access),
            });
        }),
        Case::new(OPEN, BY, move || {
            negotiations.inc(Negotiation {
                agent_id: black_box(AGENT),
                outcome: black_box(Outcome::Accepted),
            });
        }),
        Case::new(HISTOGRAM, BY, move || {
            let route = Route {
                method: black_box(Method::Get),
                endpoint: black_box("/api/v1/licenses/{id}"),
            };
            durations.observe(route, black_box(SECONDS));
        }),
    ]
}
