//! Which traces are kept, and with what probability. Owns the rules and the arithmetic; decides
//! from a trace id and a route alone, before anything about a span is collected.
//!
//! The arithmetic is that of the OpenTelemetry specification, "`TraceState`: Probability Sampling": a
//! trace is kept when the 56 random bits of its id are at least the rejection threshold, and the
//! threshold travels as `ot=th:…`, from which a backend computes how many traces one stands for.
//! Where every trace is kept none is written, unless the caller's has to be replaced: such a trace stands
//! for itself, and a tracestate costs every span of it a dozen allocations.

mod ids;
mod sampler;
mod state;

pub(crate) use ids::{Ids, TracerOfDecisions};
pub(crate) use sampler::{Decision, PlannedSampler};

use opentelemetry::trace::{SpanContext, TraceId, TraceState};

use crate::config::OtelConfig;

/// Every trace has this many random bits that samplers compare.
const RANDOM_BITS: u32 = 56;
/// The threshold that no trace reaches.
const NEVER: u64 = 1 << RANDOM_BITS;

/// What the configuration says about sampling.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Whether a trace begun elsewhere keeps the decision its caller made.
    pub(crate) follow_parent: bool,
    rule: Rule,
    routes: Vec<(String, Rule)>,
}

/// One probability.
#[derive(Debug)]
pub(crate) struct Rule {
    threshold: u64,
}

impl Plan {
    pub(crate) fn new(config: &OtelConfig) -> Self {
        let routes = config.route_ratios.iter();
        Self {
            follow_parent: config.follow_parent,
            rule: Rule::new(config.sampling_ratio),
            routes: routes
                .map(|(route, ratio)| (route.clone(), Rule::new(*ratio)))
                .collect(),
        }
    }

    /// Whether the route of a span makes a difference.
    pub(crate) fn asks_route(&self) -> bool {
        !self.routes.is_empty()
    }

    /// Whether nothing has to be decided about a trace that begins here.
    pub(crate) fn keeps_all(&self) -> bool {
        self.rule.threshold == 0 && self.routes.is_empty()
    }

    /// The rule for traces that begin at this route.
    pub(crate) fn rule(&self, route: &str) -> &Rule {
        let own = self.routes.iter().find(|(known, _)| known == route);
        own.map_or(&self.rule, |(_, rule)| rule)
    }
}

impl Rule {
    fn new(ratio: f64) -> Self {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "2^56 is exact, and the product lies from 0 to 2^56"
        )]
        let threshold = ((1.0 - ratio) * NEVER as f64).round() as u64;
        Self {
            // A ratio too small to tell from nothing is the smallest that is something.
            threshold: if ratio > 0.0 {
                threshold.min(NEVER - 1)
            } else {
                NEVER
            },
        }
    }

    /// The tracestate of a kept trace that comes with `state`; `None` when it is not kept.
    pub(crate) fn keep(&self, trace: TraceId, state: &TraceState) -> Option<TraceState> {
        if self.threshold == 0 && !state::has_threshold(state) {
            return Some(state.clone());
        }
        let randomness = state::randomness(state).unwrap_or_else(|| random_bits(trace));
        (randomness >= self.threshold).then(|| state::with_threshold(state, self.threshold))
    }
}

/// Whether a span of this process stands above, whose decision always holds.
pub(crate) fn is_local(parent: &SpanContext) -> bool {
    parent.is_valid() && !parent.is_remote()
}

/// The lowest 56 bits, which W3C Trace Context, level 2, asks to be random.
fn random_bits(trace: TraceId) -> u64 {
    let [.., high, b1, b2, b3, b4, b5, low] = trace.to_bytes();
    u64::from_be_bytes([0, high, b1, b2, b3, b4, b5, low])
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOWEST: TraceId = TraceId::from_bytes([
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0,
    ]);
    const HIGHEST: TraceId = TraceId::from_bytes([0xff; 16]);

    fn check(ratio: f64, trace: TraceId, expected: Option<&str>) {
        let state = Rule::new(ratio).keep(trace, &TraceState::NONE);
        assert_eq!(state.map(|state| state.header()).as_deref(), expected);
    }

    #[test]
    fn everything_is_kept_and_stands_for_itself() {
        check(1.0, LOWEST, Some(""));
        check(1.0, HIGHEST, Some(""));
    }

    #[test]
    fn nothing_is_kept() {
        check(0.0, LOWEST, None);
        check(0.0, HIGHEST, None);
    }

    #[test]
    fn a_share_is_kept_by_the_random_bits_and_says_so() {
        check(0.5, LOWEST, None);
        check(0.5, HIGHEST, Some("ot=th:8"));
        check(0.25, HIGHEST, Some("ot=th:c"));
        check(0.1, HIGHEST, Some("ot=th:e6666666666668"));
    }

    #[test]
    fn the_smallest_share_is_not_nothing() {
        check(f64::MIN_POSITIVE, HIGHEST, Some("ot=th:ffffffffffffff"));
    }

    #[test]
    fn the_randomness_of_the_caller_beats_that_of_the_id() {
        let state = |rv: &str| TraceState::from_key_value([("ot", rv)]).expect("a tracestate");
        let rule = Rule::new(0.5);
        let kept = rule.keep(LOWEST, &state("rv:80000000000000"));
        assert_eq!(
            kept.map(|state| state.header()).as_deref(),
            Some("ot=rv:80000000000000;th:8")
        );
        assert_eq!(rule.keep(HIGHEST, &state("rv:7fffffffffffff")), None);
    }

    #[test]
    fn a_share_of_somebody_else_is_not_passed_off_as_ours() {
        let state: TraceState = "ot=th:c;x:y,vendor=1".parse().expect("a tracestate");
        let kept = |ratio| Rule::new(ratio).keep(HIGHEST, &state);
        let header = |ratio| kept(ratio).map(|state| state.header());
        assert_eq!(header(0.5).as_deref(), Some("ot=x:y;th:8,vendor=1"));
        assert_eq!(header(1.0).as_deref(), Some("ot=x:y;th:0,vendor=1"));
    }

    #[test]
    fn a_route_has_its_own_share() {
        let mut config = OtelConfig::new("http://127.0.0.1:4318");
        config.route_ratios = vec![("/health".to_owned(), 0.0)];
        let plan = Plan::new(&config);
        assert_eq!(plan.rule("/health").keep(HIGHEST, &TraceState::NONE), None);
        assert!(
            plan.rule("/other")
                .keep(HIGHEST, &TraceState::NONE)
                .is_some()
        );
    }
}
