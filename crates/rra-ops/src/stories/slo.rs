//! Stories of the alerts on budgets. Shares are told to a twentieth of each limit, so that a tenth
//! more or less is noticed; a fractional `up` stands for scrapes finer than the steps.

use rra_schema::metrics::api;

use super::{Series, Story};

pub(super) fn stories() -> Vec<Story> {
    vec![
        error_burn_fast_hour(),
        error_burn_fast_six_hours(),
        error_burn_fast_few_requests(),
        error_burn_slow_day(),
        error_burn_slow_three_days(),
        error_burn_slow_few_requests(),
        uptime_burn_fast_hour(),
        uptime_burn_fast_six_hours(),
        uptime_burn_slow(),
        slo_data_absent(),
    ]
}

/// 15 % of the requests fail for an hour, then 14 %: the long window still is over the limit and
/// the short one no longer. Just under, an hour has 99.5 requests.
fn error_burn_fast_hour() -> Story {
    Story::of("RRAErrorBudgetBurnFast")
        .over(
            418,
            traffic(&[(360, 1.675, 0.0), (62, 1.675, 0.15), (9, 1.675, 0.14)]),
        )
        .under(traffic(&[(360, 99.5 / 60.0, 0.0), (60, 99.5 / 60.0, 0.2)]))
}

fn error_burn_fast_six_hours() -> Story {
    Story::of("RRAErrorBudgetBurnFast")
        .titled("six hours")
        .in_five_minutes()
        .over(
            139,
            traffic(&[(72, 50.0, 0.0), (72, 50.0, 0.065), (7, 50.0, 0.057)]),
        )
        .under(traffic(&[(80, 50.0, 0.059)]))
}

/// Half a request more, or less, than a hundred.
fn error_burn_fast_few_requests() -> Story {
    Story::of("RRAErrorBudgetBurnFast")
        .titled("few requests in six hours")
        .in_five_minutes()
        .over(
            40,
            traffic(&[(60, 100.5 / 40.0, 0.065), (20, 100.5 / 40.0, 0.0)]),
        )
        .under(traffic(&[(40, 99.5 / 40.0, 0.065), (5, 0.0, 0.0)]))
}

/// The heavy traffic of earlier days keeps the window of three days out of it.
fn error_burn_slow_day() -> Story {
    Story::of("RRAErrorBudgetBurnSlow")
        .in_half_hours()
        .over(
            190,
            traffic(&[
                (96, 1000.0, 0.0),
                (48, 2.1, 0.0),
                (50, 2.1, 0.0315),
                (6, 2.1, 0.0285),
            ]),
        )
        .under(traffic(&[
            (96, 1000.0, 0.0),
            (48, 99.5 / 48.0, 0.0),
            (50, 99.5 / 48.0, 0.1),
        ]))
}

fn error_burn_slow_three_days() -> Story {
    Story::of("RRAErrorBudgetBurnSlow")
        .titled("three days")
        .in_half_hours()
        .over(
            282,
            traffic(&[(144, 10.0, 0.0), (150, 10.0, 0.0105), (14, 10.0, 0.0095)]),
        )
        .under(traffic(&[(200, 10.0, 0.0099)]))
}

fn error_burn_slow_few_requests() -> Story {
    Story::of("RRAErrorBudgetBurnSlow")
        .titled("few requests in three days")
        .in_half_hours()
        .over(100, traffic(&[(110, 1.0, 0.0105), (20, 1.0, 0.0)]))
        .under(traffic(&[(99, 1.0, 0.0105)]))
}

/// One of two instances is enough for the service to be there.
fn uptime_burn_fast_hour() -> Story {
    Story::of("RRAUptimeBudgetBurnFast")
        .over(419, [availability(&[(360, 1.0), (62, 0.985), (9, 0.9863)])])
        .under([
            availability(&[(360, 1.0), (60, 0.0)]),
            Series::up("b").to(1.0, 421),
        ])
        .calm([new_environment()])
}

fn uptime_burn_fast_six_hours() -> Story {
    Story::of("RRAUptimeBudgetBurnFast")
        .titled("six hours")
        .in_five_minutes()
        .over(142, [availability(&[(72, 1.0), (75, 0.9937), (8, 0.9943)])])
        .under([availability(&[(80, 0.9941)])])
        .calm([new_environment()])
}

fn uptime_burn_slow() -> Story {
    Story::of("RRAUptimeBudgetBurnSlow")
        .in_half_hours()
        .over(
            283,
            [availability(&[(144, 1.0), (150, 0.998_95), (14, 0.999_05)])],
        )
        .under([availability(&[(200, 0.999_01)])])
        .calm([new_environment()])
}

fn slo_data_absent() -> Story {
    let requests = || Series::of(&api::REQUESTS, "status='200'");
    let up = || Series::up("a").to(1.0, 46);
    Story::of("RRASLODataAbsent")
        .over(0, [up(), requests().not_yet(25).to(0.0, 21)])
        .under([up(), requests().to(0.0, 11).gone(20).to(0.0, 15)])
        .calm([up(), requests().to(0.0, 46)])
}

/// Stretches of steps, requests in each step, and the share of them that fails.
fn traffic(stretches: &[(u32, f64, f64)]) -> Vec<Series> {
    let course = |status: &str, share: fn(f64) -> f64| {
        let start = Series::of(&api::REQUESTS, &format!("status='{status}'")).at(0.0);
        stretches
            .iter()
            .fold(start, |course, &(steps, requests, failing)| {
                course.rise(requests * share(failing), steps)
            })
    };
    vec![
        course("200", |failing| 1.0 - failing),
        course("500", |failing| failing * 0.5),
        course("503", |failing| failing * 0.5),
    ]
}

/// Prometheus is there before the service.
fn new_environment() -> Series {
    Series::up("a").to(0.0, 2).to(1.0, 100)
}

/// The first sample, then stretches of steps and the share of the time the service is there.
fn availability(stretches: &[(u32, f64)]) -> Series {
    let start = Series::up("a").at(1.0);
    stretches
        .iter()
        .fold(start, |course, &(steps, up)| course.to(up, steps))
}
