//! Is the service there, fast and free of errors?

use rra_schema::metrics::{api, process, security};

use super::{Alert, Group};
use crate::promql::{BY, UP, rule, sum};

pub(super) fn group() -> Group {
    let alerts = vec![
        service_down(),
        service_absent(),
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
    ];
    Group {
        category: "service",
        alerts,
    }
}

fn service_down() -> Alert {
    Alert::critical("RRAServiceDown", format!("{UP} == 0"))
        .lasting(1)
        .says(
            "RRA Module is down",
            "RRA Module has been unreachable for more than 1 minute: Prometheus cannot scrape {{ $labels.instance }}.",
        )
}

/// A target that leaves service discovery has no `up` at all, so `up == 0` never sees it.
/// No target at all, or none any more of one environment while others have some: nobody would notice
/// that production is gone as long as staging is there.
fn service_absent() -> Alert {
    let before = format!("group by ({BY}) (max_over_time({UP}[1d]))");
    let expression =
        format!("absent({UP})\nor\n{before}\nunless on ({BY})\n{UP}\nand on (job)\n{UP}");
    Alert::critical("RRAServiceAbsent", expression)
        .lasting(5)
        .says(
            "RRA Module is not being scraped at all",
            "Prometheus has no target of the job rra-module{{ with $labels.environment }} in {{ . }} any more{{ end }}. No other alert about it can fire until this is mended.",
        )
}

fn metrics_absent() -> Alert {
    let own = rule(&process::BUILD_INFO).over("count_over_time", "10m");
    let expression =
        format!("(max_over_time({UP}[5m]) == 1)\nunless on (job, environment, instance)\n{own}");
    Alert::warning("RRAMetricsAbsent", expression)
        .lasting(10)
        .says(
            "A target answers scrapes but does not serve the module's metrics",
            "{{ $labels.instance }} answers on its metrics address without rra_build_info: another program listens there, or metrics are off.",
        )
        .shown_on("rra-pipeline")
}

fn high_error_rate() -> Alert {
    let errors = sum(BY, rule(&api::ERRORS).rate("5m"));
    Alert::critical("RRAHighErrorRate", format!("{errors} > 10"))
        .lasting(5)
        .says(
            "High API error rate detected",
            "Error rate is {{ $value | humanize }} errors per second",
        )
}

fn high_latency() -> Alert {
    let buckets = rule(&api::REQUEST_DURATION).buckets().rate("5m");
    let quantile = quantile95("job, environment, le", &buckets);
    Alert::warning("RRAHighLatency", format!("{quantile} > 2"))
        .lasting(10)
        .says(
            "High API latency detected",
            "95th percentile latency is {{ $value | humanize }}s",
        )
}

/// A slow route hides behind fast ones. The floor keeps a route with a request now and then silent.
fn endpoint_high_latency() -> Alert {
    let duration = rule(&api::REQUEST_DURATION);
    let buckets = duration.clone().buckets().rate("5m");
    let quantile = quantile95("job, environment, method, endpoint, le", &buckets);
    let route = "job, environment, method, endpoint";
    let traffic = sum(route, duration.count().rate("5m"));
    let expression = format!("{quantile} > 2\nand on ({route})\n{traffic} > 0.1");
    Alert::warning("RRAEndpointHighLatency", expression)
        .lasting(10)
        .says(
            "A route of the API is slow",
            "95th percentile latency of {{ $labels.method }} {{ $labels.endpoint }} is {{ $value | humanize }}s.",
        )
}

fn restart_loop() -> Alert {
    let starts = rule(&process::START_TIME).over("changes", "15m");
    Alert::warning("RRARestartLoop", format!("{starts} > 3"))
        .lasting(5)
        .says(
            "RRA Module restarts again and again",
            "{{ $labels.instance }} has started {{ $value | humanize }} times in the last 15 minutes.",
        )
}

fn file_descriptors_near_limit() -> Alert {
    let open = rule(&process::OPEN_FDS).over("max_over_time", "5m");
    let limit = rule(&process::MAX_FDS).last();
    Alert::warning(
        "RRAFileDescriptorsNearLimit",
        format!("{open} / {limit} > 0.8"),
    )
    .lasting(10)
    .says(
        "RRA Module is running out of file descriptors",
        "{{ $labels.instance }} uses {{ $value | humanizePercentage }} of the file descriptors it may open.",
    )
    .shown_on("rra-pipeline")
}

fn certificate_expiry() -> Alert {
    Alert::info(
        "RRACertificateExpiry",
        format!("{} < 604800", certificate_lifetime()),
    )
    .lasting(60)
    .says(
        "TLS certificate expiring soon",
        "Certificate expires in {{ $value | humanizeDuration }}",
    )
}

fn certificate_expiry_critical() -> Alert {
    Alert::critical(
        "RRACertificateExpiryCritical",
        format!("{} < 172800", certificate_lifetime()),
    )
    .lasting(15)
    .says(
        "TLS certificate expires within two days",
        "Certificate {{ $labels.certificate }} on {{ $labels.instance }} expires in {{ $value | humanizeDuration }}.",
    )
}

fn certificate_unreadable() -> Alert {
    let by = "job, environment, certificate";
    let errors = sum(
        by,
        rule(&security::TLS_CERTIFICATE_READ_ERRORS).increase("15m"),
    );
    Alert::warning("RRACertificateUnreadable", format!("{errors} > 0"))
        .lasting(15)
        .says(
            "A TLS certificate cannot be read",
            "The end of validity of certificate {{ $labels.certificate }} is unknown, so its expiry cannot be alerted on.",
        )
}

fn version_skew() -> Alert {
    let versions = rule(&process::BUILD_INFO).over("last_over_time", "10m");
    let expression = format!("count by ({BY}) (count by ({BY}, version) ({versions})) > 1");
    Alert::info("RRAVersionSkew", expression).lasting(60).says(
        "Instances of RRA Module run different versions",
        "{{ $value | humanize }} versions have been running side by side for an hour; a rollout may be stuck.",
    )
}

/// Seconds left. A certificate nobody configured may be exposed as 0 by other writers of this
/// metric; that is no expiry.
fn certificate_lifetime() -> String {
    let end = rule(&security::TLS_CERTIFICATE_EXPIRY).over("max_over_time", "10m");
    format!("({end} > 0) - time()")
}

fn quantile95(by: &str, buckets: &str) -> String {
    format!("histogram_quantile(0.95, {})", sum(by, buckets))
}
