//! What each recording rule must give: two instances for an hour, and the value then.

use rra_schema::metrics::{api, blockchain};

use super::{Case, Check, Series};
use crate::recordings::{
    ANY_UP, DAILY_REVENUE, ERROR_BUDGET, ERROR_RATIO, ERROR_WINDOWS, FAILURE_RATE, LONG_WINDOWS,
    REQUEST_INCREASE, REQUEST_RATE, UNAVAILABLE_RATIO, UPTIME_BUDGET, UPTIME_WINDOWS,
};

/// The step at which the values are asked for.
const HOUR: u32 = 60;

/// All of them, in steps of a minute.
pub(super) fn cases() -> Vec<Case> {
    vec![requests(), no_failures(), latency(), uptime(), revenue()]
}

/// A request a second, of which each fifth fails.
fn requests() -> Case {
    let of = |instance: &str, status: &str, each_minute: f64| {
        let labels = format!("instance='{instance}',method='GET',endpoint='/a',status='{status}'");
        Series::of(&api::REQUESTS, &labels)
            .at(0.0)
            .rise(each_minute, HOUR)
    };
    let series = ["a", "b"]
        .into_iter()
        .flat_map(|instance| [of(instance, "200", 24.0), of(instance, "500", 6.0)]);
    let mut checks = vec![
        gives(REQUEST_RATE, 0.99, 1.01),
        gives(FAILURE_RATE, 0.19, 0.21),
        gives(ERROR_BUDGET, -19.5, -18.5),
    ];
    let ratio = |window| gives(&format!("{ERROR_RATIO}{window}"), 0.19, 0.21);
    checks.extend(ERROR_WINDOWS.map(ratio));
    let increase = |window| gives(&format!("{REQUEST_INCREASE}{window}"), 3590.0, 3610.0);
    checks.extend(LONG_WINDOWS.map(increase));
    case("requests", series.collect(), checks)
}

/// There is no series of failures at all: their share is 0, and not unknown.
fn no_failures() -> Case {
    let series = ["a", "b"].map(|instance| {
        let labels = format!("instance='{instance}',method='GET',endpoint='/a',status='200'");
        Series::of(&api::REQUESTS, &labels).at(0.0).rise(30.0, HOUR)
    });
    let ratio = |window| gives(&format!("{ERROR_RATIO}{window}"), -0.01, 0.01);
    let mut checks = ERROR_WINDOWS.map(ratio).to_vec();
    checks.push(gives(FAILURE_RATE, -0.01, 0.01));
    checks.push(gives(ERROR_BUDGET, 0.99, 1.01));
    case("requests that succeed", series.to_vec(), checks)
}

/// Every request takes between one second and two.
fn latency() -> Case {
    let name = api::REQUEST_DURATION.name;
    let of = |instance: &str, le: &str, each_minute: f64| {
        let labels = format!("instance='{instance}',method='GET',endpoint='/a',le='{le}'");
        let series = Series::named(&format!("{name}_bucket"), &labels);
        series.at(0.0).rise(each_minute, HOUR)
    };
    let series = ["a", "b"].into_iter().flat_map(|instance| {
        [("1", 0.0), ("2", 30.0), ("+Inf", 30.0)].map(|(le, rise)| of(instance, le, rise))
    });
    let quantiles = [("p50", 1.5), ("p95", 1.95), ("p99", 1.99)];
    let checks = quantiles.map(|(word, seconds)| {
        let name = format!("job:rra_api_request_duration_seconds:{word}_rate5m");
        gives(&name, seconds - 0.001, seconds + 0.001)
    });
    case("latency", series.collect(), checks.to_vec())
}

/// One instance answers for 45 minutes, the other for 10.
fn uptime() -> Case {
    let up = |instance, minutes| {
        Series::up(instance)
            .to(1.0, minutes)
            .to(0.0, HOUR + 1 - minutes)
    };
    let mut checks = vec![
        gives(ANY_UP, -0.1, 0.1),
        Check {
            step: HOUR / 2,
            ..gives(ANY_UP, 0.9, 1.1)
        },
        gives(UPTIME_BUDGET, -262.0, -228.0),
    ];
    let share = |window| match window {
        "5m" => (0.99, 1.01),
        "30m" => (0.48, 0.56),
        _ => (0.23, 0.28),
    };
    checks.extend(UPTIME_WINDOWS.map(|window| {
        let (low, high) = share(window);
        gives(&format!("{UNAVAILABLE_RATIO}{window}"), low, high)
    }));
    case("uptime", vec![up("a", 45), up("b", 10)], checks)
}

fn revenue() -> Case {
    let series = ["a", "b"].map(|instance| {
        let labels = format!("instance='{instance}',chain='base',token='USDC'");
        Series::of(&blockchain::PAYMENT_AMOUNT, &labels)
            .at(0.0)
            .rise(100.0, HOUR)
    });
    let checks = vec![gives(DAILY_REVENUE, 11_990.0, 12_010.0)];
    case("revenue", series.to_vec(), checks)
}

/// One series, with a value between these.
fn gives(name: &str, low: f64, high: f64) -> Check {
    Check {
        step: HOUR,
        query: format!("count(({name} > {low}) < {high})"),
        labels: Some("{}".to_owned()),
    }
}

fn case(what: &str, series: Vec<Series>, checks: Vec<Check>) -> Case {
    Case::new(format!("recording rules: {what} of an hour"), 1, series).checks(checks)
}
