//! What the guide's eight expressions and ours agree on, and what the guide's miss.

use rra_schema::metrics::{api, blockchain, security};

use super::service::burst;
use super::{Case, Check, Series};

/// With one instance and one series each alert of the guide fires at the same step under both
/// files, and is silent a step before.
pub fn twins() -> Vec<Case> {
    let one = |name, series, fires| twin(name, 1, series, fires);
    let name = api::REQUEST_DURATION.name;
    let bucket = |le: &str, each_step: f64| {
        let labels = format!("method='GET',endpoint='/a',le='{le}'");
        burst(
            Series::named(&format!("{name}_bucket"), &labels),
            each_step,
            20,
            0,
        )
    };
    vec![
        one(
            "RRAServiceDown",
            vec![Series::up("a").to(1.0, 11).to(0.0, 10)],
            12,
        ),
        one("RRAHighErrorRate", vec![errors("/a", 630.0)], 20),
        one("RRABruteForceDetected", vec![failures(10.125)], 16),
        one(
            "RRAHighLatency",
            vec![bucket("2", 0.0), bucket("2.5", 60.0), bucket("+Inf", 60.0)],
            21,
        ),
        one("RRARateLimitExhaustion", vec![hits("a1", 100.5)], 75),
        one("RRASSRFAttempts", vec![ssrf("a", 5.5)], 70),
        twin(
            "RRALowTransactionVolume",
            30,
            vec![licences("base").to(3.0, 50)],
            49,
        ),
        one(
            "RRACertificateExpiry",
            vec![certificate(605_999.5, 100)],
            80,
        ),
    ]
}

fn twin(name: &str, minutes_per_step: u32, series: Vec<Series>, fires: u32) -> Case {
    let title = format!("{name}: both files fire at the same step");
    Case::new(title, minutes_per_step, series).checks(vec![
        Check::firing_at(name, fires, &[("alertname", name)]),
        Check::silent_at(name, fires - 1),
    ])
}

/// Faults of the guide's expressions, one case each. The corrected file behaves as the name of the
/// case asks; that is shown by the stories.
pub fn seed_defects() -> Vec<Case> {
    [
        missed_by_splitting(),
        missed_for_want_of_series(),
        false_alarms(),
    ]
    .concat()
}

/// The threshold is applied to each series by itself.
fn missed_by_splitting() -> Vec<Case> {
    vec![
        silent(
            "RRAHighErrorRate",
            "27 errors per second on three routes stay silent",
            ["/a", "/b", "/c"].map(|route| errors(route, 540.0)),
            30,
        ),
        silent(
            "RRARateLimitExhaustion",
            "270 hits per hour of three agents stay silent",
            ["a1", "a2", "a3"].map(|agent| hits(agent, 90.0)),
            90,
        ),
        silent(
            "RRASSRFAttempts",
            "9 attempts per hour on three instances stay silent",
            ["a", "b", "c"].map(|instance| ssrf(instance, 3.0)),
            90,
        ),
    ]
}

/// A series that is not there is no 0.
fn missed_for_want_of_series() -> Vec<Case> {
    let labels = "result='failure',method='api_key'";
    let new_series = Series::of(&security::AUTH_ATTEMPTS, labels);
    vec![
        silent(
            "RRAServiceDown",
            "a target that leaves discovery is not missed",
            [Series::up("a").to(1.0, 11).gone(30)],
            40,
        ),
        silent(
            "RRABruteForceDetected",
            "a burst on a series that did not exist before stays silent",
            [new_series.not_yet(10).to(1000.0, 20)],
            29,
        ),
        silent(
            "RRALowTransactionVolume",
            "a service that never sold anything stays silent",
            [Series::up("a").to(1.0, 50 * 60)],
            50 * 60 - 1,
        ),
    ]
}

fn false_alarms() -> Vec<Case> {
    vec![
        fires(
            "RRALowTransactionVolume",
            "an idle chain fires although another is busy",
            [
                licences("base").at(0.0).rise(1.0, 1500),
                licences("polygon").to(0.0, 1501),
            ],
            1500,
        ),
        fires(
            "RRACertificateExpiry",
            "a certificate that nobody configured fires at once",
            [certificate(0.0, 100)],
            60,
        ),
    ]
}

fn silent(name: &str, why: &str, series: impl Into<Vec<Series>>, until: u32) -> Case {
    Case::new(format!("{name}: {why}"), 1, series.into())
        .checks(vec![Check::silent_until(name, until)])
}

fn fires(name: &str, why: &str, series: impl Into<Vec<Series>>, at: u32) -> Case {
    let check = Check::firing_at(name, at, &[("alertname", name)]);
    Case::new(format!("{name}: {why}"), 1, series.into()).checks(vec![check])
}

fn errors(endpoint: &str, each_minute: f64) -> Series {
    let labels = format!("method='GET',endpoint='{endpoint}',error_type='internal'");
    burst(Series::of(&api::ERRORS, &labels), each_minute, 20, 0)
}

fn failures(each_minute: f64) -> Series {
    let series = Series::of(
        &security::AUTH_ATTEMPTS,
        "result='failure',method='api_key'",
    );
    burst(series, each_minute, 20, 0)
}

fn hits(agent: &str, each_hour: f64) -> Series {
    let series = Series::of(&security::RATE_LIMIT_HITS, &format!("agent_id='{agent}'"));
    burst(series, each_hour / 60.0, 80, 0)
}

fn ssrf(instance: &str, each_hour: f64) -> Series {
    let labels = format!("instance='{instance}',event_type='ssrf.blocked',severity='warning'");
    let series = Series::of(&security::SECURITY_EVENTS, &labels);
    burst(series, each_hour / 60.0, 80, 0)
}

fn licences(chain: &str) -> Series {
    let labels = format!("chain='{chain}',license_type='perpetual'");
    Series::of(&blockchain::LICENSES_ISSUED, &labels)
}

fn certificate(end: f64, steps: u32) -> Series {
    Series::of(&security::TLS_CERTIFICATE_EXPIRY, "certificate='api'").to(end, steps)
}
