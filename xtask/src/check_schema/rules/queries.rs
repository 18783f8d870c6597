//! RUL: every query of rules, panels and runbooks asks for what the catalogue has, and in a way
//! that can be answered.

use super::Rule;
use crate::check_schema::evidence::Evidence;
use crate::check_schema::finding::Report;
use crate::check_schema::operations::{Query, Reader};
use crate::check_schema::promql::Fault;

pub(super) const RULES: &[Rule] = &[
    rule("RUL001", "every query parses", |evidence, report| {
        faults(
            evidence,
            report,
            Fault::Syntax,
            |_| true,
            "write PromQL of Prometheus 2.42",
        );
    }),
    rule(
        "RUL002",
        "every metric in a query exists",
        |evidence, report| {
            let mend = "take a name from docs/reference/metrics.md or of a recording rule";
            faults(evidence, report, Fault::Metric, |_| true, mend);
        },
    ),
    rule(
        "RUL003",
        "every label that a query selects by is one of its metric",
        |evidence, report| {
            let mend = "docs/reference/metrics.md has the labels of each metric";
            faults(evidence, report, Fault::Label, |_| true, mend);
        },
    ),
    rule(
        "RUL004",
        "every value that a query selects is one the label can take",
        |evidence, report| {
            let mend = "docs/reference/metrics.md has the words of each label";
            faults(evidence, report, Fault::Value, |_| true, mend);
        },
    ),
    rule(
        "RUL005",
        "rates are taken of counters, averages and trends of gauges",
        |evidence, report| {
            let mend =
                "rate and increase are for counters, delta, deriv and *_over_time for gauges";
            faults(evidence, report, Fault::Rate, |_| true, mend);
        },
    ),
    rule(
        "RUL006",
        "no counter is read without a rate or an increase",
        |evidence, report| {
            let mend = "put it into increase(..[window]) or rate(..[window])";
            faults(evidence, report, Fault::RawCounter, |_| true, mend);
        },
    ),
    rule(
        "RUL007",
        "histograms, and no other metrics, are asked for buckets, sums and counts",
        |evidence, report| {
            faults(
                evidence,
                report,
                Fault::Histogram,
                |_| true,
                "ask for a series that exists",
            );
        },
    ),
    rule(
        "RUL008",
        "a quantile is taken of buckets that still have le",
        |evidence, report| {
            faults(
                evidence,
                report,
                Fault::LostLe,
                |_| true,
                "aggregate by (.., le)",
            );
        },
    ),
    rule(
        "RUL009",
        "a quantile is a share, and held against a bound of its buckets",
        |evidence, report| {
            let mend =
                "take one of the bounds, or add the threshold to the buckets before a release";
            faults(evidence, report, Fault::Boundary, |_| true, mend);
        },
    ),
    rule(
        "RUL010",
        "aggregations and matches name labels that their series have",
        |evidence, report| {
            let mend = "name a label of the metric, and keep it in every aggregation before";
            faults(evidence, report, Fault::LostLabel, |_| true, mend);
        },
    ),
    rule(
        "RUL011",
        "no query looks back further than samples are kept",
        |evidence, report| {
            let mend = "shorten the window, or keep samples for longer in prometheus.yml";
            faults(evidence, report, Fault::Retention, |_| true, mend);
        },
    ),
    rule(
        "RUL012",
        "a rate is taken over at least four scrapes",
        |evidence, report| {
            let mend = "take a window of a minute or more";
            faults(evidence, report, Fault::ShortRate, is_not_seed, mend);
        },
    ),
    rule(
        "RUL013",
        "alerts and recording rules select the job",
        |evidence, report| {
            let mend = "select job=\"rra-module\"";
            faults(evidence, report, Fault::NoJob, is_rule, mend);
        },
    ),
    rule(
        "RUL014",
        "the two sides of an operator can have the same labels",
        |evidence, report| {
            let mend = "aggregate both sides by the same labels, or match with on (..)";
            faults(evidence, report, Fault::NeverMatches, |_| true, mend);
        },
    ),
    rule(
        "RUL015",
        "what wakes somebody counts series that start at 0",
        |evidence, report| {
            let mend = "count a metric whose series are there before the first event";
            faults(evidence, report, Fault::NotZero, wakes_somebody, mend);
        },
    ),
    rule(
        "RUL016",
        "alerts and recording rules keep job and environment",
        target,
    ),
    rule(
        "RUL023",
        "alerts and recording rules are about all of their series",
        |evidence, report| {
            let mend = "compare with a threshold: who leaves the first few ends an alert and comes back anew";
            faults(evidence, report, Fault::Picks, is_rule, mend);
        },
    ),
];

const fn rule(id: &'static str, says: &'static str, look: fn(&Evidence, &mut Report)) -> Rule {
    Rule { id, says, look }
}

fn faults(
    evidence: &Evidence,
    report: &mut Report,
    wanted: Fault,
    is_meant: fn(Reader) -> bool,
    mend: &str,
) {
    for query in evidence
        .queries()
        .iter()
        .filter(|query| is_meant(query.reader))
    {
        for (_, what) in query
            .analysis
            .faults
            .iter()
            .filter(|(fault, _)| *fault == wanted)
        {
            violation(report, query, what, mend);
        }
    }
}

/// Without them the alerts of two services, or of production and staging, become one, and no route or
/// inhibition can tell them apart. A constant has no labels to keep.
fn target(evidence: &Evidence, report: &mut Report) {
    for query in evidence
        .queries()
        .iter()
        .filter(|query| is_rule(query.reader))
    {
        let is_constant = query.text.starts_with("vector(");
        let lost = |label: &&str| !is_constant && !query.analysis.shape.may_have(label);
        for label in ["job", "environment"].iter().filter(|label| lost(label)) {
            let what = format!("loses the label {label}");
            violation(report, query, &what, "aggregate by (job, environment, ..)");
        }
    }
}

fn violation(report: &mut Report, query: &Query, what: &str, mend: &str) {
    report.violation(
        query.file.as_str(),
        format!("{}: {what}, in {}", query.of, query.text.replace('\n', " ")),
        mend,
    );
}

fn is_rule(reader: Reader) -> bool {
    matches!(reader, Reader::Alert { .. } | Reader::Recording)
}

fn is_not_seed(reader: Reader) -> bool {
    reader != Reader::Seed
}

fn wakes_somebody(reader: Reader) -> bool {
    reader == Reader::Alert { is_critical: true }
}
