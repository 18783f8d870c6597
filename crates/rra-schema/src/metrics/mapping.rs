//! Which event moves which metric. One table, applied in one place, so that no handler counts
//! a second time what an event has counted already.
//!
//! Beside these rows every event adds one to [`SECURITY_EVENTS`](super::security::SECURITY_EVENTS)
//! under its type and severity.

use crate::events::{auth, contract, rate_limit};
use crate::metrics::UNKNOWN;
use crate::metrics::blockchain::{LICENSES_ISSUED, PAYMENT_AMOUNT, PAYMENTS_RECEIVED};
use crate::metrics::security::{
    AUTH_ATTEMPTS, AUTH_FAILURES_BY_SOURCE, AUTH_TOKENS, RATE_LIMIT_DECISIONS, RATE_LIMIT_HITS,
    RATE_LIMIT_HITS_BY_SOURCE,
};
use crate::metrics::spec::MetricSpec;

/// One consequence of an event.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Increment {
    /// The event type.
    pub event_type: &'static str,
    /// The counter that moves.
    pub metric: &'static MetricSpec,
    /// Where the value of each label comes from, in the order of [`labels`](field@MetricSpec::labels).
    pub labels: &'static [LabelSource],
    /// By how much it moves.
    pub amount: Amount,
}

/// Where the value of a label comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LabelSource {
    /// The same for every event of the type.
    Word(&'static str),
    /// The `agent_id` of the event, `unknown` without one.
    AgentId,
    /// One key of the event's details.
    Detail {
        /// The key.
        key: &'static str,
        /// The value when the event lacks the key.
        fallback: &'static str,
    },
}

/// A gauge of the networks that most events of a type came from lately.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct BySource {
    /// The event type.
    pub event_type: &'static str,
    /// The gauge.
    pub metric: &'static MetricSpec,
}

/// By how much an event moves a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Amount {
    /// By one.
    One,
    /// By the decimal number under this key of the details, in millionths.
    Micros(&'static str),
}

/// The rows for one event type.
pub fn increments(event_type: &str) -> impl Iterator<Item = &'static Increment> {
    INCREMENTS
        .iter()
        .filter(move |row| row.event_type == event_type)
}

/// The event types whose sources are told apart, by a service that asks for it.
pub static BY_SOURCE: &[BySource] = &[
    BySource {
        event_type: auth::Failure::SPEC.name,
        metric: &AUTH_FAILURES_BY_SOURCE,
    },
    BySource {
        event_type: rate_limit::Exceeded::SPEC.name,
        metric: &RATE_LIMIT_HITS_BY_SOURCE,
    },
];

/// How the caller authenticated; an event that does not say counts as `other`.
const METHOD: LabelSource = detail("method", "other");
const TOKEN_TYPE: LabelSource = detail("token_type", UNKNOWN);
const CHAIN: LabelSource = detail("chain", UNKNOWN);
const TOKEN: LabelSource = detail("token", UNKNOWN);
const LICENSE_TYPE: LabelSource = detail("license_type", UNKNOWN);

/// Every row.
pub static INCREMENTS: &[Increment] = &[
    one(
        auth::Success::SPEC.name,
        &AUTH_ATTEMPTS,
        &[LabelSource::Word("success"), METHOD],
    ),
    one(
        auth::Failure::SPEC.name,
        &AUTH_ATTEMPTS,
        &[LabelSource::Word("failure"), METHOD],
    ),
    one(
        auth::TokenExpired::SPEC.name,
        &AUTH_ATTEMPTS,
        &[LabelSource::Word("expired"), METHOD],
    ),
    one(
        auth::TokenExpired::SPEC.name,
        &AUTH_TOKENS,
        &[LabelSource::Word("expired"), TOKEN_TYPE],
    ),
    one(
        auth::TokenRevoked::SPEC.name,
        &AUTH_TOKENS,
        &[LabelSource::Word("revoked"), TOKEN_TYPE],
    ),
    one(
        rate_limit::Exceeded::SPEC.name,
        &RATE_LIMIT_HITS,
        &[LabelSource::AgentId],
    ),
    one(
        rate_limit::Exceeded::SPEC.name,
        &RATE_LIMIT_DECISIONS,
        &[LabelSource::Word("limited")],
    ),
    one(
        contract::LicenseIssued::SPEC.name,
        &LICENSES_ISSUED,
        &[CHAIN, LICENSE_TYPE],
    ),
    one(
        contract::PaymentReceived::SPEC.name,
        &PAYMENTS_RECEIVED,
        &[CHAIN, TOKEN],
    ),
    Increment {
        event_type: contract::PaymentReceived::SPEC.name,
        metric: &PAYMENT_AMOUNT,
        labels: &[CHAIN, TOKEN],
        amount: Amount::Micros("amount"),
    },
];

const fn one(
    event_type: &'static str,
    metric: &'static MetricSpec,
    labels: &'static [LabelSource],
) -> Increment {
    Increment {
        event_type,
        metric,
        labels,
        amount: Amount::One,
    }
}

const fn detail(key: &'static str, fallback: &'static str) -> LabelSource {
    LabelSource::Detail { key, fallback }
}
