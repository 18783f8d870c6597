//! Mistakes in queries: each is one alert, panel or recording rule whose query asks for what is not
//! there, or in a way that gives no answer.

use super::seed::{self, real_recordings, runbook, selected};
use super::{Mistake, mistake};
use crate::check_schema::evidence::Evidence;

/// The rate of authentication, as a rule asks for it.
macro_rules! attempts {
    ($selection:literal, $window:literal) => {
        concat!(
            "sum by (job, environment) (rate(rra_auth_attempts_total{job=\"rra-module\"",
            $selection,
            "}[",
            $window,
            "])) > 1"
        )
    };
}

pub(super) const MISTAKES: &[Mistake] = &[
    mistake("RUL001", "a bracket is missing", |e| {
        alert(
            e,
            "sum by (job, environment) (rate(rra_auth_attempts_total{job=\"rra-module\"}[5m]) > 1",
        )
    }),
    mistake("RUL001", "a function does not exist", |e| {
        alert(
            e,
            "rates(rra_auth_attempts_total{job=\"rra-module\"}[5m]) > 1",
        )
    }),
    mistake("RUL001", "a rate has no window", |e| {
        alert(e, "rate(rra_auth_attempts_total{job=\"rra-module\"}) > 1")
    }),
    mistake("RUL001", "a query of a runbook does not parse", |e| {
        runbook(e, "sum by (job (up{job=\"rra-module\"})")
    }),
    mistake("RUL002", "a metric is misspelt", |e| {
        alert(
            e,
            "sum by (job, environment) (rate(rra_auth_attempt_total{job=\"rra-module\"}[5m])) > 1",
        )
    }),
    mistake("RUL002", "a metric is selected by labels alone", |e| {
        alert(e, "sum by (job, environment) ({job=\"rra-module\"}) > 1")
    }),
    mistake("RUL002", "a recorded series has no rule", |e| {
        alert(e, "job:rra_api_requests:rate10m > 1")
    }),
    mistake(
        "RUL002",
        "a query of a runbook asks for a metric of the past",
        |e| runbook(e, "rra_logins_total{job=\"rra-module\"}"),
    ),
    mistake("RUL003", "a label is of another metric", |e| {
        alert(e, attempts!(", agent_id=\"a\"", "5m"))
    }),
    mistake("RUL003", "a label is misspelt", |e| {
        alert(e, attempts!(", results=\"failure\"", "5m"))
    }),
    mistake(
        "RUL003",
        "a recorded series is asked for what it lost",
        |e| {
            real_recordings(e);
            alert(e, "job:rra_api_requests:rate5m{endpoint=\"/\"} > 1")
        },
    ),
    mistake("RUL003", "buckets are asked for outside a histogram", |e| {
        alert(e, attempts!(", le=\"2\"", "5m"))
    }),
    mistake("RUL004", "a result is misspelt", |e| {
        alert(e, attempts!(", result=\"failed\"", "5m"))
    }),
    mistake("RUL004", "one word of a pattern is misspelt", |e| {
        alert(e, attempts!(", result=~\"failure|expire\"", "5m"))
    }),
    mistake("RUL004", "a pattern fits no word", |e| {
        alert(e, attempts!(", result=~\"fial.+\"", "5m"))
    }),
    mistake("RUL004", "a pattern selects everything", |e| {
        alert(e, attempts!(", method=~\".*\"", "5m"))
    }),
    mistake("RUL004", "a job is any job", |e| {
        alert(e, "max by (job, environment) (up{job=~\".*\"}) == 0")
    }),
    mistake("RUL004", "a job is misspelt", |e| {
        alert(e, "max by (job, environment) (up{job=\"rra-modul\"}) == 0")
    }),
    mistake("RUL004", "a runbook asks for another job", |e| {
        runbook(e, "up{job=\"rra\"}")
    }),
    mistake("RUL004", "an excluded word is none", |e| {
        alert(e, attempts!(", result!=\"sucess\"", "5m"))
    }),
    mistake("RUL004", "an event type is misspelt", |e| {
        alert(
            e,
            "sum by (job, environment) (increase(rra_security_events_total{job=\"rra-module\", event_type=\"ssrf.bloked\"}[1h])) > 5",
        )
    }),
    mistake(
        "RUL004",
        "the guide's own file names an unknown word",
        |e| {
            e.operations.seed =
                "expr: rate(rra_auth_attempts_total{result=\"no\"}[5m]) > 1".to_owned();
        },
    ),
    mistake("RUL005", "a rate is taken of a gauge", |e| {
        alert(
            e,
            "sum by (job, environment) (rate(rra_active_agents{job=\"rra-module\"}[5m])) > 1",
        )
    }),
    mistake("RUL005", "a rate is taken of a sum", |e| {
        alert(
            e,
            "rate(sum by (job, environment) (rra_auth_attempts_total{job=\"rra-module\"})[5m:1m]) > 1",
        )
    }),
    mistake("RUL005", "an increase is taken of a gauge", |e| {
        alert(e, "increase(process_open_fds{job=\"rra-module\"}[5m]) > 1")
    }),
    mistake("RUL005", "a trend is taken of a counter", |e| {
        alert(
            e,
            "deriv(rra_auth_attempts_total{job=\"rra-module\"}[5m]) > 1",
        )
    }),
    mistake("RUL005", "a counter is averaged over time", |e| {
        alert(
            e,
            "avg_over_time(rra_auth_attempts_total{job=\"rra-module\"}[5m]) > 1",
        )
    }),
    mistake(
        "RUL006",
        "a counter is read whatever the age of its process",
        |e| {
            alert(
                e,
                "sum by (job, environment) (rra_auth_attempts_total{job=\"rra-module\"} and on (job, instance) up{job=\"rra-module\"}) > 1",
            )
        },
    ),
    mistake("RUL006", "a counter is compared as it is", |e| {
        alert(e, "rra_auth_attempts_total{job=\"rra-module\"} > 50")
    }),
    mistake("RUL006", "a sum of counters is compared as it is", |e| {
        alert(
            e,
            "sum by (job, environment) (rra_auth_attempts_total{job=\"rra-module\"}) > 50",
        )
    }),
    mistake(
        "RUL006",
        "a count of observations is compared as it is",
        |e| {
            alert(
                e,
                "rra_api_request_duration_seconds_count{job=\"rra-module\"} > 50",
            )
        },
    ),
    mistake("RUL006", "a panel shows a total since the start", |e| {
        seed::panel(e, |panel| {
            panel.unit = "short";
            panel.targets[0].expression = selected("sum by (method) (rra_auth_attempts_total{})");
            panel.targets[0].legend = "{{method}}";
        })
    }),
    mistake("RUL007", "buckets are asked of a counter", |e| {
        alert(
            e,
            "rate(rra_auth_attempts_total_bucket{job=\"rra-module\"}[5m]) > 1",
        )
    }),
    mistake("RUL007", "a sum is asked of a gauge", |e| {
        alert(e, "rate(rra_active_agents_sum{job=\"rra-module\"}[5m]) > 1")
    }),
    mistake("RUL007", "a histogram is asked by its bare name", |e| {
        alert(
            e,
            "rra_api_request_duration_seconds{job=\"rra-module\"} > 2",
        )
    }),
    mistake("RUL008", "le is lost before a quantile", |e| {
        alert(
            e,
            "histogram_quantile(0.95, sum by (job, environment) (rate(rra_api_request_duration_seconds_bucket{job=\"rra-module\"}[5m]))) > 2",
        )
    }),
    mistake("RUL008", "le is taken away before a quantile", |e| {
        alert(
            e,
            "histogram_quantile(0.95, sum without (le) (rate(rra_api_request_duration_seconds_bucket{job=\"rra-module\"}[5m]))) > 2",
        )
    }),
    mistake("RUL009", "a threshold lies between two bounds", |e| {
        alert(
            e,
            "histogram_quantile(0.95, sum by (job, environment, le) (rate(rra_api_request_duration_seconds_bucket{job=\"rra-module\"}[5m]))) > 1.5",
        )
    }),
    mistake("RUL009", "95 per cent are taken for a share", |e| {
        alert(
            e,
            "histogram_quantile(95, sum by (job, environment, le) (rate(rra_api_request_duration_seconds_bucket{job=\"rra-module\"}[5m]))) > 2",
        )
    }),
    mistake(
        "RUL009",
        "a threshold on a recorded quantile lies between two bounds",
        |e| {
            real_recordings(e);
            alert(e, "job:rra_api_request_duration_seconds:p95_rate5m > 3")
        },
    ),
    mistake(
        "RUL010",
        "an aggregation is by a label of another metric",
        |e| {
            alert(
                e,
                "sum by (job, environment, chain) (rate(rra_auth_attempts_total{job=\"rra-module\"}[5m])) > 1",
            )
        },
    ),
    mistake(
        "RUL010",
        "an aggregation is by what the one before dropped",
        |e| {
            alert(
                e,
                "max by (job, environment, method) (sum by (job, environment) (rate(rra_auth_attempts_total{job=\"rra-module\"}[5m]))) > 1",
            )
        },
    ),
    mistake("RUL010", "a match is on what one side lacks", |e| {
        alert(
            e,
            "up{job=\"rra-module\"} == 0 and on (job, method) sum by (job, environment) (rra_active_agents{job=\"rra-module\"})",
        )
    }),
    mistake("RUL011", "a window is longer than samples are kept", |e| {
        alert(e, attempts!("", "60d"))
    }),
    mistake("RUL011", "an offset leads past what is kept", |e| {
        alert(
            e,
            "sum by (job, environment) (increase(rra_auth_attempts_total{job=\"rra-module\"}[30d] offset 30d)) > 1",
        )
    }),
    mistake("RUL011", "a query within a query looks back too far", |e| {
        alert(
            e,
            "max_over_time(rra_active_agents{job=\"rra-module\"}[50d:1h]) > 1",
        )
    }),
    mistake("RUL012", "a rate sees two scrapes", |e| {
        alert(e, attempts!("", "30s"))
    }),
    mistake("RUL012", "an increase sees one scrape", |e| {
        alert(
            e,
            "increase(rra_auth_attempts_total{job=\"rra-module\"}[15s]) > 1",
        )
    }),
    mistake("RUL013", "an alert sees other jobs too", |e| {
        alert(
            e,
            "sum by (job, environment) (rate(rra_auth_attempts_total[5m])) > 1",
        )
    }),
    mistake("RUL013", "an alert sees other targets too", |e| {
        alert(e, "up == 0")
    }),
    mistake("RUL014", "a share has two kinds of series", |e| {
        alert(
            e,
            "sum by (job, environment, result) (rate(rra_auth_attempts_total{job=\"rra-module\"}[5m])) / sum by (job, environment) (rate(rra_auth_attempts_total{job=\"rra-module\"}[5m])) > 0.5",
        )
    }),
    mistake("RUL014", "a condition is never met by its series", |e| {
        alert(
            e,
            "up{job=\"rra-module\"} == 0 and sum by (job, environment) (rra_active_agents{job=\"rra-module\"}) > 0",
        )
    }),
    mistake(
        "RUL015",
        "a critical alert counts what is not there at the start",
        |e| {
            alert(
                e,
                "sum by (job, environment) (increase(rra_payment_amount_usd_cents_total{job=\"rra-module\"}[1h])) > 5",
            )
        },
    ),
    mistake("RUL016", "an aggregation drops the environment", |e| {
        alert(
            e,
            "sum by (job) (rate(rra_auth_attempts_total{job=\"rra-module\"}[5m])) > 1",
        )
    }),
    mistake("RUL016", "an aggregation drops the job", |e| {
        alert(
            e,
            "sum by (environment) (rate(rra_auth_attempts_total{job=\"rra-module\"}[5m])) > 1",
        )
    }),
    mistake("RUL016", "an aggregation drops everything", |e| {
        alert(
            e,
            "sum(rate(rra_auth_attempts_total{job=\"rra-module\"}[5m])) > 1",
        )
    }),
    mistake("RUL016", "a recording rule takes the job away", |e| {
        recording(e, "max without (job) (up{job=\"rra-module\"})")
    }),
    mistake("RUL023", "an alert is about the three worst", |e| {
        alert(
            e,
            "topk(3, sum by (job, environment, method) (rate(rra_auth_attempts_total{job=\"rra-module\"}[5m]))) > 1",
        )
    }),
    mistake("RUL023", "a recording rule keeps the least", |e| {
        recording(e, "bottomk(1, up{job=\"rra-module\"})")
    }),
];

/// This expression as the only recording rule.
fn recording(evidence: &mut Evidence, expression: &str) {
    real_recordings(evidence);
    let groups = &mut evidence.operations.recordings;
    groups.truncate(1);
    groups[0].recordings.truncate(1);
    expression.clone_into(&mut groups[0].recordings[0].expression);
}

/// A critical alert on this expression, flawless otherwise.
fn alert(evidence: &mut Evidence, expression: &str) {
    seed::alert(evidence, |alert| alert.expression = expression.to_owned());
}
