//! Stories of the alerts on the way of an event.

use rra_schema::metrics::{MetricSpec, pipeline, process, traces};

use super::service::burst;
use super::{Series, Story};

pub(super) fn stories() -> Vec<Story> {
    vec![
        events_dropped(),
        events_dropped_before_the_first_scrape(),
        sink_down(),
        all_sinks_down(),
        sink_errors(),
        sink_stale(),
        queue_nearly_full(),
        spool_nearly_full(),
        disk_filling_up(),
        disk_nearly_full(),
        spans_lost(),
        label_overflow(),
        Story::of("RRAWatchdog").with_only(&[]),
    ]
}

fn events_dropped() -> Story {
    let dropped = |instance: &str, count: f64| {
        let labels = format!("instance='{instance}',sink='file',reason='queue_full'");
        let series = Series::of(&pipeline::EVENTS_DROPPED, &labels);
        series.at(0.0).flat(10).to(count, 40)
    };
    let left_out = Series::of(&pipeline::EVENTS_DISCARDED, "sink='file',reason='sampled'");
    Story::of("RRAEventsDropped")
        .with(&[("sink", "file"), ("reason", "queue_full")])
        .over(11, [dropped("a", 0.375), dropped("b", 0.375)])
        .still_firing_at(30)
        .under([dropped("a", 0.0), burst(left_out, 100.0, 20, 20)])
}

/// A process that is first scraped at step 20, when it is half a second less than ten minutes old, or
/// ten minutes, or young with nothing lost.
fn events_dropped_before_the_first_scrape() -> Story {
    let dropped = |instance: &str, count: f64| {
        let labels = format!("instance='{instance}',sink='file',reason='damaged'");
        Series::of(&pipeline::EVENTS_DROPPED, &labels)
            .not_yet(20)
            .to(count, 20)
    };
    Story::of("RRAEventsDropped")
        .titled("before the first scrape")
        .with(&[("sink", "file"), ("reason", "damaged")])
        .over(
            20,
            [
                started("a", 600.5, 20),
                dropped("a", 0.375),
                started("b", 600.5, 20),
                dropped("b", 0.375),
            ],
        )
        .without_failed_scrape()
        .under([
            started("a", 600.5, 20),
            dropped("a", 0.0),
            started("b", 600.0, 20),
            dropped("b", 3.0),
        ])
}

/// When a process started that is first scraped at this step.
pub(super) fn started(instance: &str, moment: f64, step: u32) -> Series {
    Series::of(&process::START_TIME, &format!("instance='{instance}'"))
        .not_yet(step)
        .to(moment, 30)
}

fn sink_down() -> Story {
    Story::of("RRASinkDown")
        .with(&[("instance", "a"), ("sink", "cloudwatch")])
        .over(16, [sink("cloudwatch", 20), sink("file", 0)])
        .under([sink("cloudwatch", 14)])
        .calm([sink("cloudwatch", 0)])
}

fn all_sinks_down() -> Story {
    Story::of("RRAAllSinksDown")
        .with(&[("instance", "a")])
        .over(16, [sink("cloudwatch", 20), sink("file", 20)])
        .under([sink("cloudwatch", 20), sink("file", 0)])
        .calm([sink("file", 0)])
}

fn sink_errors() -> Story {
    let of = |metric: &'static MetricSpec, labels: &str, each_minute: f64| {
        burst(Series::of(metric, labels), each_minute, 30, 40)
    };
    let writes = || of(&pipeline::SINK_WRITES, "sink='cloudwatch'", 100.0);
    let errors = |kind: &str, each_minute: f64| {
        let labels = format!("sink='cloudwatch',error_type='{kind}'");
        of(&pipeline::SINK_ERRORS, &labels, each_minute)
    };
    Story::of("RRASinkErrors")
        .with(&[("sink", "cloudwatch")])
        .over(
            11,
            [writes(), errors("timeout", 2.75), errors("throttled", 2.5)],
        )
        .under([writes(), errors("timeout", 2.25), errors("throttled", 2.5)])
}

fn sink_stale() -> Story {
    let accepted = || {
        burst(
            Series::of(&pipeline::EVENTS_ACCEPTED, "sink='file'"),
            0.05,
            40,
            5,
        )
    };
    let written = || Series::of(&pipeline::SINK_WRITTEN_EVENTS, "sink='file'").at(0.0);
    Story::of("RRASinkStale")
        .with(&[("instance", "a"), ("sink", "file")])
        .over(11, [accepted(), written().flat(40).rise(0.05, 15)])
        .under([accepted(), written().flat(10).rise(0.05, 40).flat(5)])
}

fn queue_nearly_full() -> Story {
    nearly_full(
        "RRAQueueNearlyFull",
        &pipeline::SINK_QUEUE_EVENTS,
        &pipeline::SINK_QUEUE_CAPACITY,
    )
}

fn spool_nearly_full() -> Story {
    nearly_full(
        "RRASpoolNearlyFull",
        &pipeline::SINK_SPOOL,
        &pipeline::SINK_SPOOL_CAPACITY,
    )
}

fn nearly_full(
    alert: &'static str,
    waiting: &'static MetricSpec,
    capacity: &'static MetricSpec,
) -> Story {
    let course = |value: f64| {
        let waiting = Series::of(waiting, "sink='file'");
        [
            waiting.to(1.0, 11).to(value, 15).to(1.0, 15),
            Series::of(capacity, "sink='file'").to(100.0, 41),
        ]
    };
    Story::of(alert)
        .with(&[("instance", "a"), ("sink", "file")])
        .over(11, course(85.0))
        .under(course(80.0))
}

/// The disk falls below a day's worth at step 79; just under, it falls faster and has still a fifth
/// left, or has less left and falls slower.
fn disk_filling_up() -> Story {
    let available = |from: f64| disk(&pipeline::FILESYSTEM_AVAILABLE, "log").at(from);
    let size = |steps| disk(&pipeline::FILESYSTEM_SIZE, "log").to(100.0, steps);
    Story::of("RRADiskFillingUp")
        .with(&[("instance", "a"), ("role", "log")])
        .over(
            79,
            [available(20.5).rise(-0.0135, 150).to(60.0, 20), size(171)],
        )
        .under([available(21.9).rise(-0.016, 110), size(111)])
        .calm([available(90.0).rise(-0.001, 170), size(171)])
}

fn disk_nearly_full() -> Story {
    let course = |left: f64| {
        [
            disk(&pipeline::FILESYSTEM_AVAILABLE, "spool")
                .to(50.0, 11)
                .to(left, 15)
                .to(50.0, 15),
            disk(&pipeline::FILESYSTEM_SIZE, "spool").to(100.0, 41),
        ]
    };
    Story::of("RRADiskNearlyFull")
        .with(&[("instance", "a"), ("role", "spool")])
        .over(11, course(4.75))
        .under(course(5.0))
}

/// A collector that is away for long, and one that restarts.
fn spans_lost() -> Story {
    let lost = |instance: &str| {
        let labels = format!("instance='{instance}',reason='unavailable'");
        Series::of(&traces::SPANS_DROPPED, &labels).at(0.0).flat(10)
    };
    let exported = Series::of(&traces::SPANS_EXPORTED, "");
    Story::of("RRASpansLost")
        .with(&[("reason", "unavailable")])
        .over(
            11,
            ["a", "b"].map(|instance| lost(instance).rise(0.025, 20).flat(20)),
        )
        .under([
            lost("a").rise(500.0, 1).flat(30),
            burst(exported, 100.0, 20, 10),
        ])
}

fn label_overflow() -> Story {
    let overflow = |instance: &str| {
        let labels =
            format!("instance='{instance}',metric='rra_negotiations_total',label='agent_id'");
        Series::of(&process::LABEL_OVERFLOW, &labels)
            .at(0.0)
            .flat(10)
    };
    Story::of("RRALabelOverflow")
        .with(&[("metric", "rra_negotiations_total"), ("label", "agent_id")])
        .over(
            11,
            ["a", "b"].map(|instance| overflow(instance).rise(0.025, 20).flat(20)),
        )
        .under([overflow("a").rise(1.0, 1).flat(30)])
}

/// A sink that waits for its destination from step 11 on.
fn sink(name: &str, steps: u32) -> Series {
    Series::of(&pipeline::SINK_UP, &format!("sink='{name}'"))
        .to(1.0, 11)
        .to(0.0, steps)
        .to(1.0, 40 - steps)
}

fn disk(metric: &'static MetricSpec, role: &str) -> Series {
    Series::of(metric, &format!("role='{role}'"))
}
