//! Stories of the alerts on attacks.

use rra_schema::metrics::{api, security};

use super::pipeline::started;
use super::service::burst;
use super::{Case, Check, Series, Story};
use crate::attacks::{INJECTION, SSRF};
use crate::recordings::REQUEST_RATE;

pub(super) fn stories() -> Vec<Story> {
    vec![
        brute_force_detected(),
        brute_force_source(),
        brute_force_before_the_first_scrape(),
        hourly("RRAInjectionAttempts", &INJECTION, 5.0),
        hourly("RRASSRFAttempts", &SSRF, 5.0),
        hourly(
            "RRAWebhookSignatureInvalid",
            &["webhook.signature_invalid"],
            10.0,
        ),
        hourly("RRASuspiciousActivity", &["suspicious.pattern"], 20.0),
        rate_limit_exhaustion(),
        hourly("RRARateLimitSurge", &["rate_limit.exceeded"], 100.0),
        auth_backend_errors(),
        traffic_anomaly(),
    ]
}

fn brute_force_detected() -> Story {
    Story::of("RRABruteForceDetected")
        .over(
            15,
            [
                attempts("failure", "api_key", 5.0625),
                attempts("failure", "jwt", 5.0625),
            ],
        )
        .under([
            attempts("failure", "api_key", 5.0),
            attempts("failure", "jwt", 5.0),
            attempts("expired", "jwt", 1000.0),
        ])
}

fn brute_force_source() -> Story {
    let seen = |event_type: &str, severity: &str, value: f64| {
        events(event_type, severity).at(0.0).flat(10).to(value, 90)
    };
    Story::of("RRABruteForceSource")
        .over(
            11,
            [
                seen("suspicious.brute_force", "error", 0.375),
                seen("suspicious.brute_force", "critical", 0.375),
            ],
        )
        .still_firing_at(80)
        .under([
            seen("suspicious.brute_force", "error", 0.0),
            seen("suspicious.pattern", "warning", 100.0),
        ])
}

/// A fresh process that sees it before it is first scraped, at step 80, as
/// [`events_dropped`](super::pipeline) tells of losses.
fn brute_force_before_the_first_scrape() -> Story {
    let seen = |severity: &str, value: f64| {
        events("suspicious.brute_force", severity)
            .not_yet(80)
            .to(value, 30)
    };
    Story::of("RRABruteForceSource")
        .titled("before the first scrape")
        .over(
            80,
            [
                started("a", 1200.5, 80),
                seen("error", 0.375),
                seen("critical", 0.375),
            ],
        )
        .without_failed_scrape()
        .under([
            started("a", 1200.5, 80),
            seen("error", 0.0),
            started("b", 1200.0, 80),
            Series::of(
                &security::SECURITY_EVENTS,
                "instance='b',event_type='suspicious.brute_force',severity='error'",
            )
            .not_yet(80)
            .to(3.0, 30),
        ])
}

/// Half an event more, or less, than the threshold in an hour, under two severities, of each type as
/// many.
fn hourly(alert: &'static str, event_types: &[&str], threshold: f64) -> Story {
    let series: Vec<(&str, &str)> = event_types
        .iter()
        .flat_map(|event_type| ["warning", "critical"].map(|severity| (*event_type, severity)))
        .collect();
    let of_each = |count: f64| count / 60.0 / f64::from(u32::try_from(series.len()).unwrap_or(1));
    let hourly = |count: f64, rest: u32| -> Vec<Series> {
        let rise = |(event_type, severity): &(&str, &str)| {
            burst(events(event_type, severity), of_each(count), 80, rest)
        };
        series.iter().map(rise).collect()
    };
    let noise = burst(events("auth.success", "info"), 1000.0, 80, 0);
    Story::of(alert)
        .over(onset(threshold), hourly(threshold + 0.5, 80))
        .under([&hourly(threshold - 0.5, 0)[..], &[noise]].concat())
}

fn rate_limit_exhaustion() -> Story {
    let hits = |agent: &str, count: f64| {
        let series = Series::of(&security::RATE_LIMIT_HITS, &format!("agent_id='{agent}'"));
        burst(series, count / 120.0, 80, 80)
    };
    Story::of("RRARateLimitExhaustion")
        .over(onset(100.0), [hits("a1", 100.5), hits("a2", 100.5)])
        .under([hits("a1", 99.5), hits("a2", 99.5)])
}

fn auth_backend_errors() -> Story {
    Story::of("RRAAuthBackendErrors")
        .over(
            15,
            [
                attempts("error", "jwt", 3.15),
                attempts("error", "oauth", 3.15),
            ],
        )
        .under([
            attempts("error", "jwt", 2.85),
            attempts("error", "oauth", 2.85),
            attempts("failure", "jwt", 1000.0),
        ])
}

/// A week of 1.5 requests per second and then 2.5; in staging too few to compare, and in test a
/// change that is nearly large enough.
fn traffic_anomaly() -> Story {
    const WEEK: u32 = 7 * 48;
    let traffic = |environment: &str, usual: f64, now: f64| {
        Series::named(REQUEST_RATE, &format!("environment='{environment}'"))
            .to(usual, WEEK + 1)
            .to(now, 4)
            .to(usual, 3)
    };
    Story::of("RRATrafficAnomaly")
        .in_half_hours()
        .over(WEEK + 1, [traffic("production", 1.5, 2.5)])
        .under([traffic("staging", 1.0, 20.0), traffic("test", 10.0, 14.5)])
        .without_failed_scrape()
}

/// Half an hour is too coarse a step for a failed scrape, so this is told of what the alert reads.
pub(super) fn rate_of_requests() -> Case {
    let requests = Series::of(&api::REQUESTS, "method='GET',endpoint='/a',status='200'");
    let requests = requests.at(0.0).rise(60.0, 20).failed_scrape_at(12);
    let name = "RRATrafficAnomaly, what it reads: survives a failed scrape";
    let there = |step| Check {
        step,
        query: format!("count({REQUEST_RATE})"),
        labels: Some("{}".to_owned()),
    };
    let checks = [11, 12, 13].map(there).to_vec();
    Case::new(name.to_owned(), 1, vec![requests]).checks(checks)
}

fn attempts(result: &str, method: &str, each_minute: f64) -> Series {
    let labels = format!("result='{result}',method='{method}'");
    burst(
        Series::of(&security::AUTH_ATTEMPTS, &labels),
        each_minute,
        20,
        20,
    )
}

fn events(event_type: &str, severity: &str) -> Series {
    let labels = format!("event_type='{event_type}',severity='{severity}'");
    Series::of(&security::SECURITY_EVENTS, &labels)
}

/// The first step at which a burst of half an event more than the threshold per hour is above it.
fn onset(threshold: f64) -> u32 {
    let minutes = (1..=60).find(|&minute| f64::from(minute) * (threshold + 0.5) / 60.0 > threshold);
    10 + minutes.expect("an hour is enough")
}
