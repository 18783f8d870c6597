//! Is somebody attacking? No alert here is ever muted by an outage, since an outage may be the
//! attack.

use rra_schema::metrics::security;

use super::{Alert, Group};
use crate::attacks::{INJECTION, SSRF};
use crate::promql::{BY, any_within, rule, sum};
use crate::recordings::REQUEST_RATE;

pub(super) fn group() -> Group {
    let alerts = vec![
        brute_force_detected(),
        brute_force_source(),
        injection_attempts(),
        ssrf_attempts(),
        webhook_signature_invalid(),
        suspicious_activity(),
        rate_limit_exhaustion(),
        rate_limit_surge(),
        auth_backend_errors(),
        traffic_anomaly(),
    ];
    let alerts = alerts
        .into_iter()
        .map(|alert| alert.shown_on("rra-security"))
        .collect();
    Group {
        category: "security",
        alerts,
    }
}

fn brute_force_detected() -> Alert {
    let failures = rule(&security::AUTH_ATTEMPTS).with("result", "failure");
    let failures = sum(BY, failures.increase("5m"));
    Alert::critical("RRABruteForceDetected", format!("{failures} > 50"))
        .lasting(1)
        .says(
            "Possible brute force attack detected",
            "{{ $value | humanize }} failed auth attempts in 5 minutes",
        )
}

/// The detector in the service sees single sources, which metrics must not hold.
fn brute_force_source() -> Alert {
    let events = rule(&security::SECURITY_EVENTS).with("event_type", "suspicious.brute_force");
    Alert::critical("RRABruteForceSource", any_within(3600, BY, &events))
        .keeping(15)
        .says(
            "One source is trying passwords or keys",
            "The detector has reported {{ $value | humanize }} brute force events in the last hour; the log holds the addresses.",
        )
}

fn injection_attempts() -> Alert {
    Alert::warning("RRAInjectionAttempts", hourly(&INJECTION, 5))
        .lasting(5)
        .says(
            "Injection attempts detected",
            "{{ $value | humanize }} injection attempts blocked in the last hour",
        )
}

fn ssrf_attempts() -> Alert {
    Alert::warning("RRASSRFAttempts", hourly(&SSRF, 5))
        .lasting(5)
        .says(
            "SSRF attempts detected",
            "{{ $value | humanize }} SSRF attempts blocked in the last hour",
        )
}

fn webhook_signature_invalid() -> Alert {
    Alert::warning(
        "RRAWebhookSignatureInvalid",
        hourly(&["webhook.signature_invalid"], 10),
    )
    .lasting(5)
    .says(
        "Webhooks with invalid signatures arrive",
        "{{ $value | humanize }} webhooks with an invalid signature in the last hour",
    )
}

fn suspicious_activity() -> Alert {
    Alert::warning("RRASuspiciousActivity", hourly(&["suspicious.pattern"], 20))
        .lasting(5)
        .says(
            "Suspicious activity detected",
            "{{ $value | humanize }} suspicious patterns in the last hour",
        )
}

fn rate_limit_exhaustion() -> Alert {
    let hits = sum(BY, rule(&security::RATE_LIMIT_HITS).increase("1h"));
    Alert::warning("RRARateLimitExhaustion", format!("{hits} > 100"))
        .lasting(5)
        .says(
            "High rate limit usage",
            "{{ $value | humanize }} rate limit events in the last hour",
        )
}

/// An agent's first burst is invisible to a counter by agent; the counter by event type starts at 0.
fn rate_limit_surge() -> Alert {
    Alert::warning("RRARateLimitSurge", hourly(&["rate_limit.exceeded"], 100))
        .lasting(5)
        .says(
            "Rate limits are hit more often than usual",
            "{{ $value | humanize }} rate limit events of all agents, new ones included, in the last hour",
        )
}

fn auth_backend_errors() -> Alert {
    let errors = rule(&security::AUTH_ATTEMPTS).with("result", "error");
    let errors = sum(BY, errors.rate("5m"));
    Alert::critical("RRAAuthBackendErrors", format!("{errors} > 0.1"))
        .lasting(5)
        .says(
            "Authentication itself is failing",
            "{{ printf \"%.2f\" $value }} authentication attempts per second end in an internal error, so nobody can tell friend from foe.",
        )
}

/// Compares with the same hour a week ago, so that the daily rhythm is not an anomaly. Below one
/// request per second the comparison says nothing.
fn traffic_anomaly() -> Alert {
    let week_ago = format!("{REQUEST_RATE}[1h] offset 1w");
    let expression = format!(
        "abs({REQUEST_RATE} - avg_over_time({week_ago}))\n>\n\
         4 * stddev_over_time({week_ago}) + 0.5 * avg_over_time({week_ago})\n\
         and on ({BY})\navg_over_time({week_ago}) > 1"
    );
    Alert::info("RRATrafficAnomaly", expression)
        .lasting(30)
        .says(
            "Traffic differs from the same hour a week ago",
            "The request rate is {{ $value | humanize }} per second away from last week's.",
        )
}

/// More than `threshold` events of these types in an hour.
fn hourly(event_types: &[&str], threshold: u32) -> String {
    let events = rule(&security::SECURITY_EVENTS);
    let events = match event_types {
        [one] => events.with("event_type", one),
        several => events.with_any("event_type", several),
    };
    format!("{} > {threshold}", sum(BY, events.increase("1h")))
}
