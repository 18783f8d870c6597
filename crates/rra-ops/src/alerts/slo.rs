//! Will the month's budget last? Burn rates of two budgets: 1 % of requests may fail, and the
//! service may be away for 0.1 % of the time.
//!
//! The factors are those of the multi-window method in the Site Reliability Workbook, chapter 5,
//! for 30 days: 14.4 spends 2 % of the month in an hour, 6 spends 5 % in six hours, 3 and 1 spend
//! 10 % in one and three days.

use rra_schema::metrics::api;

use super::{Alert, Group};
use crate::promql::{BY, UP, max, rule};
use crate::recordings::{ANY_UP, ERROR_RATIO, REQUEST_INCREASE, UNAVAILABLE_RATIO};

/// Below this many requests in the long window, one failure would burn the budget by itself.
const FEWEST_REQUESTS: u32 = 100;

pub(super) fn group() -> Group {
    let alerts = vec![
        error_budget_burn_fast(),
        error_budget_burn_slow(),
        uptime_budget_burn_fast(),
        uptime_budget_burn_slow(),
        slo_data_absent(),
    ];
    Group {
        category: "slo",
        alerts,
    }
}

fn error_budget_burn_fast() -> Alert {
    let expression = either(&errors("1h", "5m", "0.144"), &errors("6h", "30m", "0.06"));
    Alert::critical("RRAErrorBudgetBurnFast", expression)
        .lasting(2)
        .says(
            "Requests fail so fast that the month's error budget will be gone in days",
            "{{ $value | humanizePercentage }} of the requests fail; 1 % would use up the budget exactly.",
        )
}

fn error_budget_burn_slow() -> Alert {
    let expression = either(&errors("1d", "2h", "0.03"), &errors("3d", "6h", "0.01"));
    Alert::warning("RRAErrorBudgetBurnSlow", expression)
        .lasting(15)
        .says(
            "Requests fail more often than the month's error budget allows",
            "{{ $value | humanizePercentage }} of the requests fail; 1 % would use up the budget exactly.",
        )
}

fn uptime_budget_burn_fast() -> Alert {
    let expression = either(
        &absence("1h", "5m", "0.0144"),
        &absence("6h", "30m", "0.006"),
    );
    Alert::critical("RRAUptimeBudgetBurnFast", expression)
        .lasting(2)
        .says(
            "The service is away so often that the month's uptime budget will be gone in days",
            "The service was away for {{ $value | humanizePercentage }} of the time; 0.1 % would use up the budget exactly.",
        )
}

/// One pair of windows: three times the rate for a day is the same tenth of the budget as once the
/// rate for three days, and unlike requests, time has no quiet hours that could hide it.
fn uptime_budget_burn_slow() -> Alert {
    let expression = absence("3d", "6h", "0.001");
    Alert::warning("RRAUptimeBudgetBurnSlow", expression)
        .lasting(15)
        .says(
            "The service is away more often than the month's uptime budget allows",
            "The service was away for {{ $value | humanizePercentage }} of the time; 0.1 % would use up the budget exactly.",
        )
}

/// Burn rates are silent without data, and silence would look like health.
fn slo_data_absent() -> Alert {
    let up = max(BY, format!("max_over_time({UP}[15m]) == 1"));
    let requests = rule(&api::REQUESTS).over("count_over_time", "15m");
    Alert::warning(
        "RRASLODataAbsent",
        format!("{up}\nunless on ({BY})\n{requests}"),
    )
    .lasting(15)
    .says(
        "The error budget cannot be measured",
        "The service is up and exposes no request counter, so the alerts on its error budget cannot fire.",
    )
}

/// The share of failed requests is above `limit` over the long window, still is over the short
/// one, and there is enough traffic for a share to mean something.
fn errors(long: &str, short: &str, limit: &str) -> String {
    format!(
        "{ERROR_RATIO}{long} > {limit}\n  and on ({BY})\n  {ERROR_RATIO}{short} > {limit}\n  \
         and on ({BY})\n  {REQUEST_INCREASE}{long} >= {FEWEST_REQUESTS}"
    )
}

/// As [`errors`], for time. An environment that is younger than the long window has no share of it:
/// its first failed scrape would be all of its time.
fn absence(long: &str, short: &str, limit: &str) -> String {
    format!(
        "{UNAVAILABLE_RATIO}{long} > {limit}\n  and on ({BY})\n  {UNAVAILABLE_RATIO}{short} > {limit}\n  \
         and on ({BY})\n  present_over_time({ANY_UP}[{long}] offset {long})"
    )
}

fn either(first: &str, second: &str) -> String {
    format!("(\n  {first}\n)\nor\n(\n  {second}\n)")
}
