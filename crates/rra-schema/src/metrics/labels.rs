//! The labels that several metrics share, and the word lists of the closed ones.
//!
//! A word list is a promise to whoever writes a query: a list marked closed never grows within a
//! major version.

use crate::events::auth::AuthMethod;
use crate::metrics::spec::LabelSpec;
use crate::metrics::{OTHER, UNAUTHENTICATED, UNKNOWN, UNMATCHED};
use crate::severity::Severity;
use crate::spec::{EnumSpec, Growth};

/// The nine methods of RFC 9110 and RFC 5789, and one word for every other.
pub const HTTP_METHOD: EnumSpec = closed(
    "http_method",
    &[
        "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "_OTHER",
    ],
);
/// The status codes an answer is counted under: the IANA registry without its obsolete entries,
/// and 499 for a client that left before the answer. Another code is counted as the first of its
/// class, as RFC 9110, section 15, has clients read it.
pub const HTTP_STATUS: EnumSpec = open(
    "http_status",
    &[
        "100", "101", "102", "103", "200", "201", "202", "203", "204", "205", "206", "207", "208",
        "226", "300", "301", "302", "303", "304", "307", "308", "400", "401", "402", "403", "404",
        "405", "406", "407", "408", "409", "410", "411", "412", "413", "414", "415", "416", "417",
        "421", "422", "423", "424", "425", "426", "428", "429", "431", "451", "499", "500", "501",
        "502", "503", "504", "505", "506", "507", "508", "511",
    ],
);
/// Why an answer was an error.
pub const ERROR_TYPE: EnumSpec = closed(
    "error_type",
    &[
        "validation",
        "auth",
        "forbidden",
        "not_found",
        "conflict",
        "rate_limited",
        "too_large",
        "timeout",
        "upstream",
        "blockchain",
        "storage",
        "internal",
        "canceled",
        "other",
    ],
);
/// How a caller proved who it is: the list of the events.
pub const AUTH_METHOD: EnumSpec = AuthMethod::SPEC;
/// How an attempt to authenticate ended. `expired` is not `failure`: the expired tokens of a
/// healthy fleet must not look like an attack.
pub const AUTH_RESULT: EnumSpec =
    closed("auth_result", &["success", "failure", "expired", "error"]);
/// What happened to a token.
pub const TOKEN_ACTION: EnumSpec = closed(
    "token_action",
    &[
        "issued",
        "accepted",
        "refreshed",
        "expired",
        "revoked",
        "rejected",
    ],
);
/// What a token is for: the list of the events, and a word for those that do not say.
pub const TOKEN_TYPE: EnumSpec = closed("token_type", &["access", "refresh", "api_key", UNKNOWN]);
/// How much of its limit an agent has used, in per cent.
pub const LIMIT_BAND: EnumSpec = closed("limit_band", &["0_50", "50_80", "80_100", "exceeded"]);
/// What the rate limiter said.
pub const LIMIT_DECISION: EnumSpec = closed("limit_decision", &["allowed", "limited"]);
/// The severities of events, least serious first.
pub const SEVERITY: EnumSpec = closed("severity", &severity_words());
/// How a transaction ended.
pub const TRANSACTION_OUTCOME: EnumSpec = closed(
    "transaction_outcome",
    &["confirmed", "reverted", "dropped", "timeout", "rejected"],
);
/// How a call to a chain's node ended.
pub const RPC_OUTCOME: EnumSpec = closed("rpc_outcome", &["ok", "error", "timeout"]);
/// How a negotiation ended.
pub const NEGOTIATION_OUTCOME: EnumSpec = closed(
    "negotiation_outcome",
    &["accepted", "rejected", "expired", "abandoned", "error"],
);
/// Why an event was lost.
pub const DROP_REASON: EnumSpec = open(
    "drop_reason",
    &[
        "queue_full",
        "oversize",
        "serialize",
        "retries_exhausted",
        "spool_full",
        "shutdown",
        "closed",
        "rejected",
        "damaged",
        "expired",
    ],
);
/// Why a span was lost.
pub const SPAN_DROP_REASON: EnumSpec = open(
    "span_drop_reason",
    &["queue_full", "refused", "unavailable", "timeout", "closed"],
);
/// Why an event was left out on purpose.
pub const DISCARD_REASON: EnumSpec =
    open("discard_reason", &["sampled", "filtered", "deduplicated"]);
/// Why a sink could not write.
pub const SINK_ERROR_TYPE: EnumSpec = closed(
    "sink_error_type",
    &[
        "io",
        "timeout",
        "auth",
        "throttled",
        "rejected",
        "connect",
        "other",
    ],
);
/// What an alerting service was told.
pub const ALERT_ACTION: EnumSpec = closed("alert_action", &["trigger", "acknowledge", "resolve"]);
/// How an alerting service took it.
pub const ALERT_OUTCOME: EnumSpec =
    closed("alert_outcome", &["accepted", "rejected", "undelivered"]);
/// What a file system holds.
pub const FILESYSTEM_ROLE: EnumSpec = open("filesystem_role", &["log", "spool"]);
/// The parts of an event that can be wrong: the keys of the line, and the details that metrics
/// are labelled with.
pub const EVENT_FIELD: EnumSpec = open(
    "event_field",
    &[
        "timestamp",
        "service",
        "environment",
        "event_type",
        "severity",
        "message",
        "source_ip",
        "user_id",
        "agent_id",
        "request_id",
        "details",
        "tags",
        "method",
        "chain",
        "token",
        "license_type",
        "amount",
        "other",
    ],
);

/// The HTTP method of a request.
pub const METHOD: LabelSpec = LabelSpec::closed("method", &HTTP_METHOD);
/// The route template of a request, never its path.
pub const ENDPOINT: LabelSpec = LabelSpec::registered("endpoint", 200, &[UNMATCHED, OTHER]);
/// An agent, on counters and gauges.
pub const AGENT_ID: LabelSpec =
    LabelSpec::dynamic("agent_id", 200, &[OTHER, UNAUTHENTICATED, UNKNOWN]);
/// A chain in CAIP-2 form.
pub const CHAIN: LabelSpec = LabelSpec::registered("chain", 16, &[OTHER, UNKNOWN]);
/// The token of a payment.
pub const TOKEN: LabelSpec = LabelSpec::registered("token", 32, &[OTHER, UNKNOWN]);
/// The kind of a licence.
pub const LICENSE_TYPE: LabelSpec = LabelSpec::registered("license_type", 16, &[OTHER, UNKNOWN]);
/// What a transaction does.
pub const OPERATION: LabelSpec = LabelSpec::registered("operation", 16, &[OTHER]);
/// The configured name of a sink. A sink without a name cannot exist, so nothing is reserved.
pub const SINK: LabelSpec = LabelSpec::registered("sink", 8, &[]);
/// The configured name of a certificate.
pub const CERTIFICATE: LabelSpec = LabelSpec::registered("certificate", 16, &[]);
/// What a wallet of the service is for.
pub const WALLET: LabelSpec = LabelSpec::registered("wallet", 8, &[]);

const fn severity_words() -> [&'static str; Severity::ALL.len()] {
    let mut words = [""; Severity::ALL.len()];
    let mut place = 0;
    while place < words.len() {
        words[place] = Severity::ALL[place].as_str();
        place += 1;
    }
    words
}

const fn closed(name: &'static str, values: &'static [&'static str]) -> EnumSpec {
    let growth = Growth::Closed;
    EnumSpec {
        name,
        values,
        growth,
    }
}

const fn open(name: &'static str, values: &'static [&'static str]) -> EnumSpec {
    let growth = Growth::Open;
    EnumSpec {
        name,
        values,
        growth,
    }
}
