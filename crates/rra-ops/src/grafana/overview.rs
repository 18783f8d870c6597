//! RRA / Overview: is the service well, safe and in business?

use rra_schema::metrics::{agents, api, blockchain, security};

use super::{Dashboard, Kind, Panel, Row};
use crate::attacks::BLOCKED;
use crate::promql::{R, panel, sum};
use crate::recordings::{ANY_UP, ERROR_BUDGET, UPTIME_BUDGET};

pub(super) fn dashboard() -> Dashboard {
    Dashboard {
        uid: "rra-overview",
        title: "RRA / Overview",
        description: "Service health, security status and business of the RRA Module.",
        rows: vec![health(), traffic(), security_status(), business(), alerts()],
    }
}

fn health() -> Row {
    let uptime = format!("avg_over_time({ANY_UP}{{{RECORDED}}}[30d])");
    let budget = |name: &str| format!("{name}{{{RECORDED}}}");
    let panels = vec![
        Panel::new(Kind::Stat, "Uptime, 30 days", "Share of the last 30 days in which at least one instance answered. The target is 99.9 %.", "percentunit")
            .query(uptime, "{{environment}}")
            .bad_below(0.999),
        Panel::new(Kind::Stat, "Uptime budget left", "What is left of the 43 minutes a month in which the service may be away.", "percentunit")
            .query(budget(UPTIME_BUDGET), "{{environment}}")
            .bad_below(0.0),
        Panel::new(Kind::Stat, "Error budget left", "What is left of the 1 % of a month's requests that may fail.", "percentunit")
            .query(budget(ERROR_BUDGET), "{{environment}}")
            .bad_below(0.0),
        Panel::new(Kind::Stat, "Active connections", "Client connections open now, all instances together.", "short")
            .query(format!("sum({})", panel(&api::ACTIVE_CONNECTIONS)), "open"),
    ];
    Row {
        title: "Service health",
        panels,
    }
}

fn traffic() -> Row {
    let requests = panel(&api::REQUESTS);
    let failed = requests.clone().with_like("status", "5..").rate(R);
    let all = requests.rate(R);
    let errors = panel(&api::ERRORS).rate(R);
    let buckets = sum("le", panel(&api::REQUEST_DURATION).buckets().rate(R));
    let quantile = |q: &str| format!("histogram_quantile({q}, {buckets})");
    let panels = vec![
        Panel::new(Kind::Stack, "Request rate", "Requests per second by status code.", "reqps")
            .query(sum("status", &all), "{{status}}"),
        Panel::new(Kind::Lines, "Error ratio", "Share of requests answered with 5xx. The target is below 1 %.", "percentunit")
            .query(format!("(sum({failed}) or vector(0)) / (sum({all}) > 0)"), "5xx")
            .bad_above(0.01),
        Panel::new(Kind::Lines, "Latency", "Time from arrival to answer. The alert fires when the 95th percentile stays above 2 s.", "s")
            .query(quantile("0.5"), "p50")
            .query(quantile("0.95"), "p95")
            .query(quantile("0.99"), "p99")
            .bad_above(2.0),
        Panel::new(Kind::Heatmap, "Latency distribution", "How many requests took how long.", "s")
            .query(buckets.clone(), "{{le}}"),
        Panel::new(Kind::Lines, "Errors by kind", "Answers of 400 and above, and handlers that never answered. The alert fires at 10 per second of all kinds together.", "reqps")
            .query(sum("error_type", errors), "{{error_type}}")
            .bad_above(10.0),
        Panel::new(Kind::Lines, "Requests in flight", "Requests that have arrived and are not answered yet.", "short")
            .query(sum("instance", panel(&api::REQUESTS_IN_FLIGHT)), "{{instance}}"),
    ];
    Row {
        title: "Traffic",
        panels,
    }
}

fn security_status() -> Row {
    let attempts = panel(&security::AUTH_ATTEMPTS);
    let success = attempts.clone().with("result", "success").rate(R);
    let tried = attempts
        .clone()
        .with_any("result", &["success", "failure"])
        .rate(R);
    let events = panel(&security::SECURITY_EVENTS);
    let limited = panel(&security::RATE_LIMIT_AGENTS);
    let panels = vec![
        Panel::new(
            Kind::Stat,
            "Authentication success ratio",
            "Successes among successes and failures; expired tokens count as neither.",
            "percentunit",
        )
        .query(format!("sum({success}) / (sum({tried}) > 0)"), "success")
        .bad_below(0.9),
        blocked_attacks(),
        Panel::new(
            Kind::Bars,
            "Rate limit utilization",
            "Agents by the share of their limit they have used, in bands of per cent.",
            "short",
        )
        .query(sum("band", limited), "{{band}}"),
        Panel::new(
            Kind::Stack,
            "Authentication results",
            "Attempts per second by result.",
            "reqps",
        )
        .query(sum("result", attempts.rate(R)), "{{result}}"),
        Panel::new(
            Kind::Stack,
            "Security events by type",
            "Events in each interval, counted before anything can drop them.",
            "short",
        )
        .query(sum("event_type", events.increase(R)), "{{event_type}}"),
    ];
    Row {
        title: "Security status",
        panels,
    }
}

fn blocked_attacks() -> Panel {
    let blocked = panel(&security::SECURITY_EVENTS).with_any("event_type", &BLOCKED);
    Panel::new(
        Kind::Stat,
        "Blocked attack attempts, 24 hours",
        "SSRF and injection attempts and forged webhooks that were refused.",
        "short",
    )
    .query(format!("sum({})", blocked.increase("24h")), "blocked")
    .bad_above(20.0)
}

fn business() -> Row {
    let licences = |title: &'static str, window: &str| {
        Panel::new(
            Kind::Stat,
            title,
            "Licences issued, from counters; the ledger has the exact number.",
            "short",
        )
        .query(
            format!(
                "sum({})",
                panel(&blockchain::LICENSES_ISSUED).increase(window)
            ),
            "issued",
        )
    };
    let revenue = panel(&blockchain::PAYMENT_AMOUNT).increase("1d");
    let duration = panel(&agents::NEGOTIATION_DURATION);
    let total = duration.clone().total().rate(R);
    let count = duration.clone().count().rate(R);
    let buckets = sum("le", duration.buckets().rate(R));
    let panels = vec![
        licences("Licences, day", "1d"),
        licences("Licences, week", "7d"),
        licences("Licences, month", "30d"),
        Panel::new(Kind::Stat, "Active agents", "Agents with an authenticated action in the last 5 minutes; one that uses two instances counts twice.", "short")
            .query(format!("sum({})", panel(&agents::ACTIVE_AGENTS)), "active"),
        Panel::new(Kind::Bars, "Revenue by chain, 24 hours", "Payments received, in whole tokens.", "short")
            .query(format!("{} / 1e6", sum("chain, token", revenue)), "{{chain}} {{token}}"),
        Panel::new(Kind::Lines, "Negotiation time", "Mean and 95th percentile; a mean alone hides the ones that are stuck.", "s")
            .query(format!("sum({total}) / (sum({count}) > 0)"), "mean")
            .query(format!("histogram_quantile(0.95, {buckets})"), "p95"),
    ];
    Row {
        title: "Business",
        panels,
    }
}

fn alerts() -> Row {
    let firing = "ALERTS{job=~\"$job\", alertname=~\"RRA.+\", alertname!=\"RRAWatchdog\", alertstate=\"firing\"}";
    let panels = vec![
        Panel::new(
            Kind::Table,
            "Firing alerts",
            "Every alert that fires now; its name is the name of its runbook.",
            "short",
        )
        .query(firing, "")
        .empty_is_good()
        .wide(24),
    ];
    Row {
        title: "Alerts",
        panels,
    }
}

/// Recorded series have no instance.
const RECORDED: &str = "job=~\"$job\", environment=~\"$environment\"";
