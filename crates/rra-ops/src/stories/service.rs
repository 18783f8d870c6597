//! Stories of the alerts on the service itself.

use rra_schema::metrics::{api, process, security};

use super::{Series, Story};

pub(super) fn stories() -> Vec<Story> {
    vec![
        service_down(),
        service_absent(),
        service_absent_in_one_environment(),
        metrics_absent(),
        high_error_rate(),
        high_latency(),
        endpoint_high_latency(),
        restart_loop(),
        file_descriptors_near_limit(),
        certificate_expiry(),
        certificate_expiry_critical(),
        certificate_unreadable(),
        version_skew(),
    ]
}

fn service_down() -> Story {
    Story::of("RRAServiceDown")
        .with(&[("instance", "a")])
        .over(
            11,
            [Series::up("a").at(1.0).flat(10).to(0.0, 10).to(1.0, 10)],
        )
        .under([Series::up("a").at(1.0).flat(10).to(0.0, 1).to(1.0, 10)])
        .calm([Series::up("a").at(1.0).flat(30)])
}

fn service_absent() -> Story {
    Story::of("RRAServiceAbsent")
        .with_only(&[("job", "rra-module")])
        .over(11, [Series::up("a").at(1.0).flat(10).gone(15).to(1.0, 10)])
        .under([Series::up("a").at(1.0).flat(10).gone(5).to(1.0, 20)])
        .calm([Series::up("a").at(0.0).flat(30)])
}

fn service_absent_in_one_environment() -> Story {
    let staging = || Series::named("up", "instance='s',environment='staging'").to(1.0, 36);
    Story::of("RRAServiceAbsent")
        .titled("in one environment")
        .over(
            11,
            [
                Series::up("a").at(1.0).flat(10).gone(15).to(1.0, 10),
                staging(),
            ],
        )
        .under([
            Series::up("a").at(1.0).flat(10).gone(5).to(1.0, 20),
            staging(),
        ])
        .calm([Series::up("a").at(0.0).flat(30), staging()])
}

fn metrics_absent() -> Story {
    let build = |instance: &str| {
        Series::of(
            &process::BUILD_INFO,
            &format!("instance='{instance}',version='1'"),
        )
    };
    let up = |instance: &str| Series::up(instance).at(1.0).flat(40);
    Story::of("RRAMetricsAbsent")
        .with(&[("instance", "a")])
        .over(
            0,
            [
                up("a"),
                up("b"),
                build("a").not_yet(20).to(1.0, 21),
                build("b").to(1.0, 41),
            ],
        )
        .under([up("a"), build("a").to(1.0, 11).gone(15).to(1.0, 15)])
        .calm([up("a"), build("a").to(1.0, 41)])
}

fn high_error_rate() -> Story {
    let errors = |endpoint: &str, each_minute: f64| {
        let labels = format!("method='GET',endpoint='{endpoint}',error_type='internal'");
        burst(Series::of(&api::ERRORS, &labels), each_minute, 20, 20)
    };
    Story::of("RRAHighErrorRate")
        .over(15, [errors("/a", 315.0), errors("/b", 315.0)])
        .under([errors("/a", 300.0), errors("/b", 300.0)])
}

/// Just under, four per cent of the requests are slow.
fn high_latency() -> Story {
    let slow = |instance: &str| latency(instance, "/agents", "2.5", 60.0);
    let nearly = |instance: &str| latency(instance, "/agents", "2", 60.0);
    Story::of("RRAHighLatency")
        .over(11, [slow("a"), slow("b")].concat())
        .under([nearly("a"), nearly("b"), latency("c", "/rare", "2.5", 5.0)].concat())
}

fn endpoint_high_latency() -> Story {
    let fast = || latency("a", "/hot", "1", 6000.0);
    Story::of("RRAEndpointHighLatency")
        .with(&[("method", "GET"), ("endpoint", "/slow")])
        .over(
            15,
            [
                fast(),
                latency("a", "/slow", "2.5", 3.15),
                latency("b", "/slow", "2.5", 3.15),
            ]
            .concat(),
        )
        .under(
            [
                fast(),
                latency("a", "/rare", "2.5", 6.0),
                latency("a", "/slow", "2", 60.0),
                latency("b", "/slow", "2.5", 2.5),
            ]
            .concat(),
        )
}

fn restart_loop() -> Story {
    let start = |starts: &[(f64, u32)]| {
        let course = Series::of(&process::START_TIME, "").at(1000.0).flat(10);
        starts
            .iter()
            .fold(course, |course, &(moment, steps)| course.to(moment, steps))
    };
    Story::of("RRARestartLoop")
        .with(&[("instance", "a")])
        .over(
            17,
            [start(&[
                (1001.0, 2),
                (1002.0, 2),
                (1003.0, 2),
                (1004.0, 30),
            ])],
        )
        .under([start(&[(1001.0, 2), (1002.0, 2), (1003.0, 32)])])
}

fn file_descriptors_near_limit() -> Story {
    let limit = || Series::of(&process::MAX_FDS, "").to(100.0, 51);
    let open = |value| {
        Series::of(&process::OPEN_FDS, "")
            .to(10.0, 11)
            .to(value, 20)
            .to(10.0, 20)
    };
    Story::of("RRAFileDescriptorsNearLimit")
        .with(&[("instance", "a")])
        .over(11, [limit(), open(85.0)])
        .under([limit(), open(80.0)])
}

fn certificate_expiry() -> Story {
    certificate("RRACertificateExpiry", 604_800.0, 60)
}

fn certificate_expiry_critical() -> Story {
    certificate("RRACertificateExpiryCritical", 172_800.0, 15)
}

/// At step 20 half a second less than the threshold is left, or half a second more.
fn certificate(alert: &'static str, threshold: f64, for_minutes: u32) -> Story {
    let end = |margin: f64| {
        let series = Series::of(&security::TLS_CERTIFICATE_EXPIRY, "certificate='api'");
        series.at(threshold + 20.0 * 60.0 + margin)
    };
    Story::of(alert)
        .with(&[("instance", "a"), ("certificate", "api")])
        .over(20, [end(-0.5).flat(29 + for_minutes).to(9e6, 10)])
        .under([end(0.5).flat(20 + for_minutes)])
}

fn certificate_unreadable() -> Story {
    let errors = |instance: &str| {
        let labels = format!("instance='{instance}',certificate='api'");
        Series::of(&security::TLS_CERTIFICATE_READ_ERRORS, &labels)
            .at(0.0)
            .flat(10)
    };
    Story::of("RRACertificateUnreadable")
        .with(&[("certificate", "api")])
        .over(
            11,
            ["a", "b"].map(|instance| errors(instance).rise(0.025, 20).flat(20)),
        )
        .under([errors("a").rise(1.0, 1).flat(30)])
}

fn version_skew() -> Story {
    let runs = |version: &str| {
        Series::of(
            &process::BUILD_INFO,
            &format!("instance='{version}',version='{version}'"),
        )
    };
    Story::of("RRAVersionSkew")
        .over(0, [runs("1").to(1.0, 71).gone(29), runs("2").to(1.0, 100)])
        .under([runs("1").to(1.0, 40).gone(60), runs("2").to(1.0, 100)])
        .calm([runs("2").to(1.0, 100)])
}

/// A counter that rests for ten steps, rises, and rests again.
pub(super) fn burst(series: Series, each_step: f64, steps: u32, rest: u32) -> Series {
    series.at(0.0).flat(10).rise(each_step, steps).flat(rest)
}

/// Requests of which each took just less than `bucket` seconds.
fn latency(instance: &str, endpoint: &str, bucket: &str, each_minute: f64) -> Vec<Series> {
    let name = api::REQUEST_DURATION.name;
    let labels = format!("instance='{instance}',method='GET',endpoint='{endpoint}'");
    let buckets = ["1", "2", "2.5", "5", "+Inf"];
    let first = buckets.iter().position(|le| *le == bucket).unwrap_or(0);
    let mut series: Vec<Series> = buckets
        .iter()
        .enumerate()
        .map(|(index, le)| {
            let slope = if index < first { 0.0 } else { each_minute };
            let part = Series::named(&format!("{name}_bucket"), &format!("{labels},le='{le}'"));
            burst(part, slope, 20, 20)
        })
        .collect();
    let count = Series::named(&format!("{name}_count"), &labels);
    series.push(burst(count, each_minute, 20, 20));
    series
}
