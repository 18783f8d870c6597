//! RRA / Pipeline: do security events reach their destinations?

use rra_schema::metrics::{pipeline, process, traces};

use super::{Dashboard, Kind, Panel, Row};
use crate::promql::{R, max, panel, sum};

pub(super) fn dashboard() -> Dashboard {
    Dashboard {
        uid: "rra-pipeline",
        title: "RRA / Pipeline",
        description: "The way of security events to their destinations, and the metrics themselves.",
        rows: vec![events(), sinks(), room(), spans(), metrics()],
    }
}

fn events() -> Row {
    let rate = |metric| sum("sink", panel(metric).rate(R));
    let lost = panel(&pipeline::EVENTS_DROPPED).increase("24h");
    let dropped = panel(&pipeline::EVENTS_DROPPED).increase(R);
    let panels = vec![
        Panel::new(
            Kind::Stat,
            "Events lost, 24 hours",
            "Accepted events that will reach no destination. Anything above 0 is an alert.",
            "short",
        )
        .query(format!("sum({lost})"), "lost")
        .bad_above(1.0),
        Panel::new(
            Kind::States,
            "Sinks up",
            "Green while a sink delivers or is idle, red while it waits for its destination.",
            "short",
        )
        .query(
            format!("min by (sink) ({})", panel(&pipeline::SINK_UP)),
            "{{sink}}",
        )
        .bad_below(1.0)
        .wide(18),
        Panel::new(
            Kind::Lines,
            "Accepted and written",
            "Events per second. The two lines of a sink lie on each other.",
            "short",
        )
        .query(rate(&pipeline::EVENTS_ACCEPTED), "{{sink}} accepted")
        .query(rate(&pipeline::SINK_WRITTEN_EVENTS), "{{sink}} written"),
        Panel::new(
            Kind::Stack,
            "Events lost by reason",
            "Events in each interval.",
            "short",
        )
        .query(sum("sink, reason", dropped), "{{sink}} {{reason}}"),
    ];
    Row {
        title: "Events",
        panels,
    }
}

fn sinks() -> Row {
    let errors = panel(&pipeline::SINK_ERRORS).rate(R);
    let duration = panel(&pipeline::SINK_WRITE_DURATION).buckets().rate(R);
    let panels = vec![
        Panel::new(
            Kind::Stack,
            "Failed attempts",
            "Attempts per second that failed, by reason.",
            "short",
        )
        .query(sum("sink, error_type", errors), "{{sink}} {{error_type}}"),
        Panel::new(
            Kind::Lines,
            "Time of an attempt, p99",
            "How long the slowest attempts of a sink took.",
            "s",
        )
        .query(
            format!("histogram_quantile(0.99, {})", sum("sink, le", duration)),
            "{{sink}}",
        ),
        Panel::new(
            Kind::Lines,
            "Attempts again",
            "Attempts per second to send a batch once more.",
            "short",
        )
        .query(
            sum("sink", panel(&pipeline::SINK_RETRIES).rate(R)),
            "{{sink}}",
        ),
        Panel::new(
            Kind::Stack,
            "Messages to alerting services",
            "Messages in each interval by action and outcome.",
            "short",
        )
        .query(
            sum("action, outcome", panel(&pipeline::ALERTS_SENT).increase(R)),
            "{{action}} {{outcome}}",
        ),
    ];
    Row {
        title: "Sinks",
        panels,
    }
}

fn room() -> Row {
    let share = |used, room| {
        format!(
            "max by (instance, sink) ({} / ({} > 0))",
            panel(used),
            panel(room)
        )
    };
    let free = format!(
        "min by (instance, role) ({} / {})",
        panel(&pipeline::FILESYSTEM_AVAILABLE),
        panel(&pipeline::FILESYSTEM_SIZE)
    );
    let panels = vec![
        Panel::new(
            Kind::Lines,
            "Queues",
            "Share of each queue in memory that is full. The alert fires at 80 %.",
            "percentunit",
        )
        .query(
            share(&pipeline::SINK_QUEUE_EVENTS, &pipeline::SINK_QUEUE_CAPACITY),
            "{{instance}} {{sink}}",
        )
        .bad_above(0.8),
        Panel::new(
            Kind::Lines,
            "Spools",
            "Share of each spool on disk that is full. The alert fires at 80 %.",
            "percentunit",
        )
        .query(
            share(&pipeline::SINK_SPOOL, &pipeline::SINK_SPOOL_CAPACITY),
            "{{instance}} {{sink}}",
        )
        .bad_above(0.8)
        .empty_is_good(),
        Panel::new(
            Kind::Lines,
            "Disk left",
            "Share of the file systems of logs and spools that is free. The alert fires at 5 %.",
            "percentunit",
        )
        .query(free, "{{instance}} {{role}}")
        .bad_below(0.05),
        Panel::new(Kind::Lines, "Rotations", "New log files per hour.", "short").query(
            sum("sink", panel(&pipeline::FILE_ROTATIONS).increase("1h")),
            "{{sink}}",
        ),
    ];
    Row {
        title: "Room",
        panels,
    }
}

fn spans() -> Row {
    let per_second = |metric| sum("instance", panel(metric).rate(R));
    let lost = panel(&traces::SPANS_DROPPED).increase(R);
    let panels = vec![
        Panel::new(
            Kind::Lines,
            "Spans ended and exported",
            "Spans of kept traces per second. The two lines of an instance lie on each other.",
            "reqps",
        )
        .query(per_second(&traces::SPANS_ENDED), "{{instance}} ended")
        .query(per_second(&traces::SPANS_EXPORTED), "{{instance}} exported"),
        Panel::new(
            Kind::Stack,
            "Spans lost by reason",
            "Spans in each interval. The alert fires when the loss goes on for 15 minutes.",
            "short",
        )
        .query(sum("reason", lost), "{{reason}}"),
    ];
    Row {
        title: "Traces",
        panels,
    }
}

fn metrics() -> Row {
    let overflow = panel(&process::LABEL_OVERFLOW).increase(R);
    let panels = vec![
        Panel::new(
            Kind::Bars,
            "Series by metric",
            "The ten metrics with the most series on one instance.",
            "short",
        )
        .query(
            format!(
                "topk(10, {})",
                max("metric", panel(&process::METRICS_SERIES))
            ),
            "{{metric}}",
        ),
        Panel::new(
            Kind::Stack,
            "Label values without a slot",
            "Times a value was counted as _other. Sums stay exact.",
            "short",
        )
        .query(sum("metric, label", overflow), "{{metric}} {{label}}"),
        Panel::new(
            Kind::Lines,
            "Time to render the metrics",
            "How long the answer to a scrape took to write.",
            "s",
        )
        .query(
            max("instance", panel(&process::RENDER_DURATION)),
            "{{instance}}",
        ),
        Panel::new(
            Kind::Lines,
            "Memory",
            "Memory of the process that is in use.",
            "bytes",
        )
        .query(
            max("instance", panel(&process::RESIDENT_MEMORY)),
            "{{instance}}",
        ),
    ];
    Row {
        title: "Metrics",
        panels,
    }
}
