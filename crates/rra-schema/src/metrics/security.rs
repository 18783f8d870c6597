//! Metrics of authentication, rate limits, blocked attacks and certificates.
//!
//! No user id, request id or full address is ever a label.

use crate::metrics::OTHER;
use crate::metrics::labels::{self, AGENT_ID, CERTIFICATE};
use crate::metrics::spec::{Area, Domain, LabelSpec, MetricSpec, Unit, Zero};

/// The network an attempt came from, cut to /24 (IPv4) or /48 (IPv6).
const SOURCE: LabelSpec = LabelSpec::dynamic("source", 20, &[OTHER]);

/// Authentication attempts; moved by `auth.*` events only.
pub static AUTH_ATTEMPTS: MetricSpec = MetricSpec::counter(
    Area::Security,
    "rra_auth_attempts_total",
    "Attempts to authenticate, by result and method; an expired token is not a failure.",
)
.labels(&[
    LabelSpec::closed("result", &labels::AUTH_RESULT),
    LabelSpec::closed("method", &labels::AUTH_METHOD),
])
.zero(Zero::Every)
.seed();

/// Requests refused by a rate limit; moved by `rate_limit.exceeded` events only.
pub static RATE_LIMIT_HITS: MetricSpec = MetricSpec::counter(
    Area::Security,
    "rra_rate_limit_hits_total",
    "Requests refused because an agent had used up its limit.",
)
.labels(&[AGENT_ID])
.zero(Zero::Every)
.seed();

/// Every security event, counted before anything can drop it.
pub static SECURITY_EVENTS: MetricSpec = MetricSpec::counter(
    Area::Security,
    "rra_security_events_total",
    "Security events emitted, counted before any queue, sampling or drop.",
)
.labels(&[
    LabelSpec::of("event_type", Domain::EventType),
    LabelSpec::closed("severity", &labels::SEVERITY),
])
.zero(Zero::EachEventType)
.seed();

/// What happened to tokens.
pub static AUTH_TOKENS: MetricSpec = MetricSpec::counter(
    Area::Security,
    "rra_auth_tokens_total",
    "Tokens issued, used and ended, by kind of token.",
)
.labels(&[
    LabelSpec::closed("action", &labels::TOKEN_ACTION),
    LabelSpec::closed("token_type", &labels::TOKEN_TYPE),
])
.zero(Zero::Every);

/// The agents nearest to their limits.
pub static RATE_LIMIT_UTILIZATION: MetricSpec = MetricSpec::gauge(
    Area::Security,
    "rra_rate_limit_utilization_ratio",
    "Share of its rate limit an agent has used, for the 20 agents nearest to their limits.",
)
.labels(&[LabelSpec::dynamic("agent_id", 20, &[])])
.unit(Unit::Ratio)
.experimental();

/// All agents by how near they are to their limits.
pub static RATE_LIMIT_AGENTS: MetricSpec = MetricSpec::gauge(
    Area::Security,
    "rra_rate_limit_agents",
    "Agents by the share of their rate limit that they have used, in bands of per cent.",
)
.labels(&[LabelSpec::closed("band", &labels::LIMIT_BAND)])
.zero(Zero::Every);

/// What the rate limiter said.
pub static RATE_LIMIT_DECISIONS: MetricSpec = MetricSpec::counter(
    Area::Security,
    "rra_rate_limit_decisions_total",
    "Decisions of the rate limiter.",
)
.labels(&[LabelSpec::closed("decision", &labels::LIMIT_DECISION)])
.zero(Zero::Every);

/// Where failed authentication comes from; personal data, so a service must ask for it.
pub static AUTH_FAILURES_BY_SOURCE: MetricSpec = MetricSpec::gauge(
    Area::Security,
    "rra_auth_failures_by_source",
    "Failed authentication in the last 15 minutes from the 20 busiest networks; off unless enabled.",
)
.labels(&[SOURCE])
.experimental();

/// Where refused requests come from; personal data, so a service must ask for it.
pub static RATE_LIMIT_HITS_BY_SOURCE: MetricSpec = MetricSpec::gauge(
    Area::Security,
    "rra_rate_limit_hits_by_source",
    "Requests refused by a rate limit in the last 15 minutes from the 20 busiest networks; off unless enabled.",
)
.labels(&[SOURCE])
.experimental();

/// When certificates end. The name is older than the convention that would call it a timestamp.
pub static TLS_CERTIFICATE_EXPIRY: MetricSpec = MetricSpec::gauge(
    Area::Security,
    "rra_tls_certificate_expiry_seconds",
    "Moment a certificate's validity ends (notAfter) in seconds since 1970; absent while unknown.",
)
.labels(&[CERTIFICATE])
.unit(Unit::UnixSeconds)
.seed();

/// Certificates that could not be read.
pub static TLS_CERTIFICATE_READ_ERRORS: MetricSpec = MetricSpec::counter(
    Area::Security,
    "rra_tls_certificate_read_errors_total",
    "Failed attempts to read a certificate's end of validity.",
)
.labels(&[CERTIFICATE])
.zero(Zero::Every);
