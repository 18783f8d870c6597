//! What a query asks of the catalogue: parsed by the grammar of Prometheus, then walked from the
//! selectors outward with the labels and the meaning of each part.
//!
//! Whether the numbers make sense is for `promtool` and the stories; here is found what would be
//! silently empty, or silently wrong, for ever.

mod aggregate;
mod binary;
mod call;
mod selector;
mod shape;

use std::time::Duration;

use promql_parser::parser::{self, Expr, Offset, SubqueryExpr};

pub(super) use shape::{Labels, Origin, Recorded, Shape, Steps, is_of_target};

/// How long Prometheus is told to keep samples, in `prometheus.yml`.
pub(super) const RETENTION: Duration = Duration::from_hours(45 * 24);
/// Four scrapes: with fewer, one that fails leaves a rate without its two samples.
const SHORTEST_RATE: Duration = Duration::from_mins(1);
/// What Grafana puts in for the variable: more than four scrapes.
const RATE_INTERVAL: (&str, &str) = ("$__rate_interval", "5m");

/// What is wrong with a query; each is a rule of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Syntax,
    Metric,
    Label,
    Value,
    Rate,
    RawCounter,
    Histogram,
    LostLe,
    Boundary,
    LostLabel,
    Retention,
    ShortRate,
    NoJob,
    NeverMatches,
    NotZero,
    Picks,
}

/// What was learnt about a query.
#[derive(Clone, Debug)]
pub(super) struct Analysis {
    pub(super) faults: Vec<(Fault, String)>,
    /// What it gives; nothing is known of a query that does not parse.
    pub(super) shape: Shape,
    /// Whether its last step decides: a comparison or an absence; benefit of the doubt for what does
    /// not parse.
    pub(super) is_condition: bool,
}

/// Parses a query and walks it.
pub(super) fn analyse(query: &str, recorded: &Recorded) -> Analysis {
    let (variable, window) = RATE_INTERVAL;
    let mut walk = Walk {
        recorded,
        faults: Vec::new(),
    };
    match parser::parse(&query.replace(variable, window)) {
        Err(reason) => {
            walk.fault(Fault::Syntax, reason);
            walk.ended(Shape::unknown(), true)
        }
        Ok(expression) => {
            let shape = walk.expression(&expression);
            walk.reads_raw(&shape);
            walk.ended(shape, is_condition(&expression))
        }
    }
}

/// One walk over one query.
struct Walk<'a> {
    recorded: &'a Recorded,
    faults: Vec<(Fault, String)>,
}

impl Walk<'_> {
    fn ended(self, shape: Shape, is_condition: bool) -> Analysis {
        let faults = self.faults;
        Analysis {
            faults,
            shape,
            is_condition,
        }
    }

    fn fault(&mut self, fault: Fault, what: impl Into<String>) {
        self.faults.push((fault, what.into()));
    }

    fn expression(&mut self, expression: &Expr) -> Shape {
        match expression {
            Expr::Aggregate(aggregate) => self.aggregate(aggregate),
            Expr::Unary(unary) => self.expression(&unary.expr),
            Expr::Binary(binary) => self.binary(binary),
            Expr::Paren(paren) => self.expression(&paren.expr),
            Expr::Subquery(subquery) => self.subquery(subquery),
            Expr::NumberLiteral(number) => Shape::number(number.val),
            Expr::StringLiteral(_) => Shape::scalar(),
            Expr::VectorSelector(selector) => self.selector(selector, Duration::ZERO),
            Expr::MatrixSelector(matrix) => self.selector(&matrix.vs, matrix.range),
            Expr::Call(call) => self.call(call),
            Expr::Extension(_) => Shape::unknown(),
        }
    }

    fn subquery(&mut self, subquery: &SubqueryExpr) -> Shape {
        self.reaches(subquery.range, subquery.offset.as_ref());
        self.expression(&subquery.expr)
    }

    /// A window, moved back by an offset, must not end before the oldest sample.
    fn reaches(&mut self, range: Duration, offset: Option<&Offset>) {
        let back = match offset {
            Some(Offset::Pos(back)) => *back,
            _ => Duration::ZERO,
        };
        let days = (range + back).as_secs() / 86_400;
        if range + back > RETENTION {
            let kept = RETENTION.as_secs() / 86_400;
            self.fault(
                Fault::Retention,
                format!("looks back {days} days; samples are kept for {kept}"),
            );
        }
    }

    /// The total since the process started says nothing by itself.
    fn reads_raw(&mut self, shape: &Shape) {
        if let Origin::Counter(name) = &shape.origin {
            let what = format!("reads the counter {name} without a rate or an increase");
            self.fault(Fault::RawCounter, what);
        }
    }
}

/// Whether the outermost step leaves out what does not fulfil it.
fn is_condition(expression: &Expr) -> bool {
    match expression {
        Expr::Paren(paren) => is_condition(&paren.expr),
        Expr::Aggregate(aggregate) => is_condition(&aggregate.expr),
        Expr::Call(call) => call.func.name.starts_with("absent"),
        // What is there, unless something else is: the absence decides.
        Expr::Binary(binary) if binary.op.to_string() == "unless" => true,
        Expr::Binary(binary) if binary.op.is_set_operator() => {
            is_condition(&binary.lhs)
                && (binary.op.to_string() != "or" || is_condition(&binary.rhs))
        }
        Expr::Binary(binary) => binary.op.is_comparison_operator() && !binary.return_bool(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, Recorded, analyse};

    /// The faults of a query that need not select a job, and the labels of what it gives.
    #[track_caller]
    fn check(query: &str, faults: &[Fault], labels: Option<&str>) {
        let analysis = analyse(query, &Recorded::default());
        let all = analysis.faults.iter().map(|(fault, _)| *fault);
        let found: Vec<Fault> = all.filter(|fault| *fault != Fault::NoJob).collect();
        assert_eq!(found, faults, "{:?}", analysis.faults);
        let given = analysis.shape.labels;
        let given = given.map(|labels| labels.into_iter().collect::<Vec<_>>().join(" "));
        assert_eq!(given.as_deref(), labels);
    }

    #[test]
    fn an_aggregation_keeps_its_labels() {
        let query = "sum by (job, result) (rate(rra_auth_attempts_total[5m])) > 1";
        check(query, &[], Some("job result"));
    }

    #[test]
    fn without_takes_labels_away() {
        let query = "sum without (instance, method) (rate(rra_auth_attempts_total[5m]))";
        check(query, &[], Some("environment job result"));
    }

    #[test]
    fn a_set_operator_keeps_the_left_side() {
        let query = "up == 0 unless on (job) rra_auth_attempts_total";
        check(query, &[], Some("environment instance job"));
    }

    #[test]
    fn a_match_on_labels_gives_these() {
        let query = "rra_sink_up / on (job) max by (job) (up)";
        check(query, &[], Some("job"));
    }

    #[test]
    fn a_quantile_gives_no_bound() {
        let query = "histogram_quantile(0.95, sum by (job, le) (rate(rra_api_request_duration_seconds_bucket[5m]))) > 2";
        check(query, &[], Some("job"));
    }

    #[test]
    fn the_variable_of_grafana_is_a_window() {
        let query = "rate(rra_auth_attempts_total{job=~\"$job\"}[$__rate_interval])";
        check(query, &[], Some("environment instance job method result"));
    }
}
