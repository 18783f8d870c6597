//! RRA / Security: who gets in, who tries to, and who asks for too much?

use rra_schema::metrics::security;

use super::{Dashboard, Kind, Panel, Row};
use crate::attacks::{INJECTION, SSRF};
use crate::promql::{R, panel, sum};
use crate::recordings::REQUEST_RATE;

pub(super) fn dashboard() -> Dashboard {
    Dashboard {
        uid: "rra-security",
        title: "RRA / Security",
        description: "Authentication, attack detection and rate limiting of the RRA Module.",
        rows: vec![authentication(), attacks(), rate_limiting()],
    }
}

fn authentication() -> Row {
    let attempts = panel(&security::AUTH_ATTEMPTS).rate(R);
    let tokens = panel(&security::AUTH_TOKENS).rate(R);
    let by_source = panel(&security::AUTH_FAILURES_BY_SOURCE);
    let panels = vec![
        Panel::new(Kind::Stack, "Login attempts", "Attempts to authenticate per second, by method and result.", "reqps")
            .query(sum("method, result", attempts), "{{method}} {{result}}"),
        Panel::new(Kind::Stack, "Token usage", "Tokens issued, used and ended per second.", "reqps")
            .query(sum("action, token_type", tokens), "{{action}} {{token_type}}"),
        Panel::new(Kind::Table, "Failed logins by IP", "The 20 busiest networks of the last 15 minutes. Personal data, so the service exposes it only when asked to; otherwise the log has the addresses.", "short")
            .query(format!("topk(20, {})", sum("source", by_source)), "{{source}}")
            .empty_is_good()
            .wide(24),
    ];
    Row {
        title: "Authentication",
        panels,
    }
}

fn attacks() -> Row {
    let events = |kinds: &[&str]| {
        let events = panel(&security::SECURITY_EVENTS).with_any("event_type", kinds);
        sum("event_type", events.increase(R))
    };
    let failures = panel(&security::AUTH_ATTEMPTS)
        .with("result", "failure")
        .rate(R);
    let rate = format!("{REQUEST_RATE}{{job=~\"$job\", environment=~\"$environment\"}}");
    let panels = vec![
        Panel::new(Kind::Stack, "SSRF attempts", "Calls into the inner network that were refused. The alert fires above 5 in an hour.", "short")
            .query(events(&SSRF), "{{event_type}}"),
        Panel::new(Kind::Stack, "Injection attempts", "Input with code that was refused, and webhooks with an invalid signature.", "short")
            .query(events(&[&INJECTION[..], &["webhook.signature_invalid"]].concat()), "{{event_type}}"),
        Panel::new(Kind::Lines, "Brute force indicators", "Failures to authenticate per minute. The alert fires at 10 a minute of all methods together over five minutes.", "short")
            .query(format!("{} * 60", sum("method", failures)), "{{method}}")
            .query(events(&["suspicious.brute_force"]), "{{event_type}}")
            .bad_above(10.0),
        Panel::new(Kind::Lines, "Unusual traffic", "Requests per second, now and a week ago. The alert compares the two.", "reqps")
            .query(sum("environment", &rate), "{{environment}} now")
            .query(sum("environment", format!("{rate} offset 1w")), "{{environment}} a week ago"),
    ];
    Row {
        title: "Attack detection",
        panels,
    }
}

fn rate_limiting() -> Row {
    let used = panel(&security::RATE_LIMIT_UTILIZATION);
    let trend = used
        .over("predict_linear", "1h")
        .replace("[1h])", "[1h], 3600)");
    let by_agent = format!("max by (agent_id) ({used})");
    let by_source = panel(&security::RATE_LIMIT_HITS_BY_SOURCE);
    let hits = panel(&security::RATE_LIMIT_HITS).increase("1h");
    let panels = vec![
        Panel::new(Kind::Bars, "Rate limit utilization by agent", "The ten agents nearest to their limits.", "percentunit")
            .query(format!("topk(10, {by_agent})"), "{{agent_id}}")
            .bad_above(0.9),
        Panel::new(Kind::Table, "Trending toward limits", "Agents that will have used more than 90 % of their limit in an hour, if they go on like this.", "percentunit")
            .query(format!("max by (agent_id) ({trend}) > 0.9"), "{{agent_id}}")
            .empty_is_good(),
        Panel::new(Kind::Bars, "Rate limit hits by agent, 1 hour", "The ten agents that were refused most often.", "short")
            .query(format!("topk(10, {})", sum("agent_id", hits)), "{{agent_id}}"),
        Panel::new(Kind::Table, "Top rate-limited IPs", "The 20 networks refused most often in the last 15 minutes. Personal data, so the service exposes it only when asked to.", "short")
            .query(format!("topk(20, {})", sum("source", by_source)), "{{source}}")
            .empty_is_good(),
    ];
    Row {
        title: "Rate limiting",
        panels,
    }
}
