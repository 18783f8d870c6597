//! The recording rules: what dashboards and budget alerts would otherwise compute each time.
//!
//! Names are `level:metric:operation`; every level keeps the label `job`.

use rra_schema::metrics::{api, blockchain};

use crate::promql::{BY, UP, max, rule, sum};

/// Whether any instance answers.
pub(crate) const ANY_UP: &str = "job:rra_up:max";
/// Requests per second.
pub(crate) const REQUEST_RATE: &str = "job:rra_api_requests:rate5m";
/// Requests per second answered with a 5xx status; 0 rather than absent when nothing fails.
pub(crate) const FAILURE_RATE: &str = "job:rra_api_request_errors:rate5m";
/// Requests in a window; the window is appended.
pub(crate) const REQUEST_INCREASE: &str = "job:rra_api_requests:increase";
/// Share of requests answered with a 5xx status; the window is appended.
pub(crate) const ERROR_RATIO: &str = "job:rra_api_request_errors:ratio_rate";
/// Share of the time in which no instance answered; the window is appended.
pub(crate) const UNAVAILABLE_RATIO: &str = "job:rra_up:unavailable_ratio_avg";
/// What is left of the month's error budget, from 1 to below 0.
pub(crate) const ERROR_BUDGET: &str = "job:rra_api_error_budget:remaining_ratio30d";
/// What is left of the month's uptime budget.
pub(crate) const UPTIME_BUDGET: &str = "job:rra_uptime_budget:remaining_ratio30d";
/// Revenue of a day in millionths of a token.
pub(crate) const DAILY_REVENUE: &str = "job_chain:rra_payment_amount_micros:increase1d";

/// The windows of the burn rates of requests.
pub(crate) const ERROR_WINDOWS: [&str; 7] = ["5m", "30m", "1h", "2h", "6h", "1d", "3d"];
/// The windows of the burn rates of time.
pub(crate) const UPTIME_WINDOWS: [&str; 5] = ["5m", "30m", "1h", "6h", "3d"];
/// The windows that decide whether there is enough traffic.
pub(crate) const LONG_WINDOWS: [&str; 4] = ["1h", "6h", "1d", "3d"];
const QUANTILES: [(&str, &str); 3] = [("p50", "0.5"), ("p95", "0.95"), ("p99", "0.99")];

/// One recording rule.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Recording {
    /// The name of the series it writes.
    pub name: String,
    /// What it computes.
    pub expression: String,
}

/// Recording rules that are evaluated together.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RecordingGroup {
    /// The name of the group.
    pub name: &'static str,
    /// Time between evaluations.
    pub interval: &'static str,
    /// The rules, in the order they are evaluated.
    pub recordings: Vec<Recording>,
}

/// All recording rules, group by group.
pub fn groups() -> Vec<RecordingGroup> {
    vec![
        RecordingGroup {
            name: "rra.recording",
            interval: "30s",
            recordings: often(),
        },
        RecordingGroup {
            name: "rra.recording.long",
            // Less than half of the five minutes for which Prometheus takes a sample as the present one.
            interval: "2m",
            recordings: seldom(),
        },
    ]
}

fn often() -> Vec<Recording> {
    let mut rules = vec![
        recording(ANY_UP, max(BY, UP)),
        recording(REQUEST_RATE, sum(BY, rule(&api::REQUESTS).rate("5m"))),
        recording(FAILURE_RATE, failures("5m")),
    ];
    rules.extend(QUANTILES.map(latency));
    rules.extend(windows(is_short));
    rules.extend(UPTIME_WINDOWS.map(|window| {
        let away = format!("1 - avg_over_time({ANY_UP}[{window}])");
        recording(&format!("{UNAVAILABLE_RATIO}{window}"), away)
    }));
    rules
}

/// What reads days of every counter need not do so every half minute.
fn seldom() -> Vec<Recording> {
    let revenue = rule(&blockchain::PAYMENT_AMOUNT).increase("1d");
    let mut rules = windows(|window| !is_short(window));
    rules.extend([
        recording(
            DAILY_REVENUE,
            sum("job, environment, chain, token", revenue),
        ),
        recording(ERROR_BUDGET, error_budget()),
        recording(
            UPTIME_BUDGET,
            format!("1 - (1 - avg_over_time({ANY_UP}[30d])) / 0.001"),
        ),
    ]);
    rules
}

/// The recording rules over the windows of the burn rates of requests that are meant.
fn windows(is_meant: fn(&str) -> bool) -> Vec<Recording> {
    let meant = |windows: &[&'static str]| -> Vec<&str> {
        let windows = windows.iter().copied();
        windows.filter(|window| is_meant(window)).collect()
    };
    let ratios = meant(&ERROR_WINDOWS).into_iter();
    let ratios =
        ratios.map(|window| recording(&format!("{ERROR_RATIO}{window}"), error_ratio(window)));
    let increases = meant(&LONG_WINDOWS).into_iter().map(|window| {
        let requests = sum(BY, rule(&api::REQUESTS).increase(window));
        recording(&format!("{REQUEST_INCREASE}{window}"), requests)
    });
    ratios.chain(increases).collect()
}

fn is_short(window: &str) -> bool {
    !window.ends_with('d')
}

/// A month of every counter would be read in minutes, not seconds, where there are thousands of
/// series, and Prometheus ends a query after two; a month of two recorded series is read at once.
fn error_budget() -> String {
    let sum = |name: &str| format!("sum_over_time({name}[30d])");
    let (failed, all) = (sum(FAILURE_RATE), sum(REQUEST_RATE));
    format!("1 - ({failed} / ({all} > 0)) / 0.01")
}

/// Absent without traffic.
fn error_ratio(window: &str) -> String {
    let all = sum(BY, rule(&api::REQUESTS).rate(window));
    format!("({})\n/\n({all} > 0)", failures(window))
}

/// 0 rather than absent when nothing ever failed.
fn failures(window: &str) -> String {
    let all = rule(&api::REQUESTS);
    let failed = sum(BY, all.clone().with_like("status", "5..").rate(window));
    format!("{failed} or 0 * {}", sum(BY, all.rate(window)))
}

fn latency((word, quantile): (&str, &str)) -> Recording {
    let buckets = rule(&api::REQUEST_DURATION).buckets().rate("5m");
    let buckets = sum("job, environment, le", buckets);
    recording(
        &format!("job:rra_api_request_duration_seconds:{word}_rate5m"),
        format!("histogram_quantile({quantile}, {buckets})"),
    )
}

fn recording(name: &str, expression: String) -> Recording {
    let name = name.to_owned();
    Recording { name, expression }
}
