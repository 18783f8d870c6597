//! Do security events reach their destinations? A silent loss of telemetry would make every other
//! alert worthless.

use rra_schema::metrics::{pipeline, process, traces};

use super::{Alert, AlertSeverity, Group};
use crate::promql::{any_within, max, rule, sum};

const SINK: &str = "job, environment, sink";

pub(super) fn group() -> Group {
    let alerts = vec![
        events_dropped(),
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
        watchdog(),
    ];
    let alerts = alerts
        .into_iter()
        .map(|alert| alert.shown_on("rra-pipeline"))
        .collect();
    Group {
        category: "pipeline",
        alerts,
    }
}

fn events_dropped() -> Alert {
    let by = "job, environment, sink, reason";
    let dropped = any_within(600, by, &rule(&pipeline::EVENTS_DROPPED));
    Alert::critical("RRAEventsDropped", dropped)
        .keeping(15)
        .says(
            "Security events are being lost",
            "Sink {{ $labels.sink }} lost {{ $value | humanize }} events in 10 minutes, reason {{ $labels.reason }}.",
        )
}

fn sink_down() -> Alert {
    let up = rule(&pipeline::SINK_UP).over("max_over_time", "5m");
    Alert::warning("RRASinkDown", format!("{up} == 0"))
        .lasting(10)
        .says(
            "A destination of security events is unreachable",
            "Sink {{ $labels.sink }} on {{ $labels.instance }} waits for its destination; events are kept until it is back or there is no room.",
        )
}

fn all_sinks_down() -> Alert {
    let up = rule(&pipeline::SINK_UP).over("max_over_time", "5m");
    let any = max("job, environment, instance", up);
    Alert::critical("RRAAllSinksDown", format!("{any} == 0"))
        .lasting(2)
        .says(
            "Security events reach no destination",
            "No sink on {{ $labels.instance }} delivers; security events exist only in its memory and spool.",
        )
}

fn sink_errors() -> Alert {
    let errors = sum(SINK, rule(&pipeline::SINK_ERRORS).rate("15m"));
    let writes = sum(SINK, rule(&pipeline::SINK_WRITES).rate("15m"));
    Alert::warning(
        "RRASinkErrors",
        format!("{errors}\n/\n({writes} > 0)\n> 0.05"),
    )
    .lasting(10)
    .says(
        "A sink fails too often",
        "{{ $value | humanizePercentage }} of the attempts of sink {{ $labels.sink }} fail.",
    )
}

/// A sink that neither fails nor delivers; an idle one is no alert.
fn sink_stale() -> Alert {
    let accepted = rule(&pipeline::EVENTS_ACCEPTED).increase("15m");
    let written = rule(&pipeline::SINK_WRITTEN_EVENTS).increase("15m");
    Alert::warning(
        "RRASinkStale",
        format!("{accepted} > 0\nunless\n{written} > 0"),
    )
    .lasting(10)
    .says(
        "A sink takes events and delivers none",
        "Sink {{ $labels.sink }} on {{ $labels.instance }} accepted {{ $value | humanize }} events in 15 minutes and delivered none.",
    )
}

fn queue_nearly_full() -> Alert {
    let waiting = rule(&pipeline::SINK_QUEUE_EVENTS).over("max_over_time", "5m");
    let room = rule(&pipeline::SINK_QUEUE_CAPACITY).last();
    Alert::warning(
        "RRAQueueNearlyFull",
        format!("{waiting} / ({room} > 0) > 0.8"),
    )
    .lasting(5)
    .says(
        "The queue of a sink is nearly full",
        "The queue of sink {{ $labels.sink }} on {{ $labels.instance }} is {{ $value | humanizePercentage }} full.",
    )
}

fn spool_nearly_full() -> Alert {
    let waiting = rule(&pipeline::SINK_SPOOL).last();
    let room = rule(&pipeline::SINK_SPOOL_CAPACITY).last();
    Alert::critical(
        "RRASpoolNearlyFull",
        format!("{waiting} / ({room} > 0) > 0.8"),
    )
    .lasting(5)
    .says(
        "The spool of a sink is nearly full; after that events are lost",
        "The spool of sink {{ $labels.sink }} on {{ $labels.instance }} is {{ $value | humanizePercentage }} full.",
    )
}

/// Both conditions: little room, and less of it each hour. A disk that is full by design stays silent.
fn disk_filling_up() -> Alert {
    let available = rule(&pipeline::FILESYSTEM_AVAILABLE);
    let size = rule(&pipeline::FILESYSTEM_SIZE).last();
    let expression = format!(
        "{} / {size} < 0.2\nand\npredict_linear({available}[6h], 86400) < 0",
        available.last()
    );
    Alert::warning("RRADiskFillingUp", expression)
        .lasting(60)
        .says(
            "The disk of the logs will be full within a day",
            "{{ $value | humanizePercentage }} of the file system for {{ $labels.role }} on {{ $labels.instance }} is left.",
        )
}

fn disk_nearly_full() -> Alert {
    let available = rule(&pipeline::FILESYSTEM_AVAILABLE).last();
    let size = rule(&pipeline::FILESYSTEM_SIZE).last();
    Alert::critical(
        "RRADiskNearlyFull",
        format!("{available} / {size} < 0.05"),
    )
    .lasting(5)
    .says(
        "The disk of the logs is nearly full",
        "{{ $value | humanizePercentage }} of the file system for {{ $labels.role }} on {{ $labels.instance }} is left.",
    )
}

/// A collector that restarts loses some spans; only a loss that goes on is worth a look.
fn spans_lost() -> Alert {
    let by = "job, environment, reason";
    let lost = sum(by, rule(&traces::SPANS_DROPPED).increase("15m"));
    Alert::warning("RRASpansLost", format!("{lost} > 0"))
        .lasting(15)
        .says(
            "Traces are incomplete",
            "{{ $value | humanize }} spans were lost in 15 minutes, reason {{ $labels.reason }}.",
        )
}

fn label_overflow() -> Alert {
    let by = "job, environment, metric, label";
    let overflow = sum(by, rule(&process::LABEL_OVERFLOW).increase("15m"));
    Alert::warning("RRALabelOverflow", format!("{overflow} > 0"))
        .lasting(15)
        .says(
            "A metric has more label values than it may show",
            "New values of {{ $labels.label }} on {{ $labels.metric }} are counted as _other; sums stay exact.",
        )
}

/// Always fires, so that silence at the far end means the road is broken.
fn watchdog() -> Alert {
    Alert::new("RRAWatchdog", AlertSeverity::None, "vector(1)".to_owned()).says(
        "Alerts arrive",
        "This alert always fires. The receiver of it tells somebody when it stops.",
    )
}
