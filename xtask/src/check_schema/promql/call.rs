//! Functions: what they may be given, and what becomes of it.

use promql_parser::parser::{Call, Expr};

use super::{Fault, Labels, Origin, SHORTEST_RATE, Shape, Walk};

/// Functions of a total that only grows.
const OF_COUNTERS: [&str; 3] = ["rate", "irate", "increase"];
/// Functions of a value that goes up and down.
const OF_GAUGES: [&str; 11] = [
    "avg_over_time",
    "delta",
    "deriv",
    "double_exponential_smoothing",
    "holt_winters",
    "idelta",
    "mad_over_time",
    "predict_linear",
    "quantile_over_time",
    "stddev_over_time",
    "sum_over_time",
];
/// Functions that ask whether there are samples, or how often they changed.
const OF_SAMPLES: [&str; 7] = [
    "absent",
    "absent_over_time",
    "changes",
    "count_over_time",
    "present_over_time",
    "resets",
    "timestamp",
];
/// Functions after which nobody can say which labels there are.
const RELABELLING: [&str; 2] = ["label_replace", "label_join"];

impl Walk<'_> {
    pub(super) fn call(&mut self, call: &Call) -> Shape {
        let name = call.func.name;
        let arguments: Vec<Shape> = call
            .args
            .args
            .iter()
            .map(|argument| self.expression(argument))
            .collect();
        let series = arguments.iter().position(|shape| !shape.is_scalar());
        let Some(given) = series.map(|index| arguments[index].clone()) else {
            return Shape::scalar();
        };
        if name == "histogram_quantile" {
            return self.quantile(&arguments[0].origin, given);
        }
        if name == "scalar" {
            return Shape::scalar();
        }
        if RELABELLING.contains(&name) {
            return Shape::unknown();
        }
        if OF_SAMPLES.contains(&name) {
            return given.into_value();
        }
        if OF_COUNTERS.contains(&name) {
            return self.rate(call, given);
        }
        if OF_GAUGES.contains(&name)
            && let Origin::Counter(counter) = &given.origin
        {
            self.fault(
                Fault::Rate,
                format!("takes {name} of the counter {counter}"),
            );
            return given.into_value();
        }
        given
    }

    /// What grew, for each series or bucket.
    fn rate(&mut self, call: &Call, given: Shape) -> Shape {
        let name = call.func.name;
        let window = call
            .args
            .args
            .iter()
            .find_map(|argument| match &**argument {
                Expr::MatrixSelector(matrix) => Some(matrix),
                _ => None,
            });
        if let Some(matrix) = window
            && matrix.range < SHORTEST_RATE
        {
            let seconds = matrix.range.as_secs();
            let what = format!("takes {name} over {seconds} s, less than four scrapes");
            self.fault(Fault::ShortRate, what);
        }
        let selected = window.and_then(|matrix| matrix.vs.name.as_deref());
        match (&given.origin, selected) {
            (Origin::Buckets(_), _) => given,
            (Origin::Counter(counter), None) => {
                // One restart makes the sum fall, and all that is left looks newly counted.
                let what = format!("takes {name} of a sum of {counter}: sum the rates");
                self.fault(Fault::Rate, what);
                given.into_value()
            }
            (Origin::Counter(counter), _) => {
                self.starts_at_zero(counter);
                given.into_value()
            }
            (_, Some(metric)) if given.labels.is_some() => {
                self.fault(Fault::Rate, format!("takes {name} of {metric}, no counter"));
                given.into_value()
            }
            _ => given.into_value(),
        }
    }

    /// An increase does not see the first value of a series that was not there before.
    fn starts_at_zero(&mut self, counter: &str) {
        let spec = rra_schema::metrics::find(counter);
        if spec.is_some_and(|spec| spec.zero == rra_schema::metrics::Zero::Absent) {
            let what = format!("counts {counter}, whose series do not start at 0");
            self.fault(Fault::NotZero, what);
        }
    }

    fn quantile(&mut self, share: &Origin, given: Shape) -> Shape {
        if let Origin::Number(share) = share
            && !(0.0..=1.0).contains(share)
        {
            let what = format!("takes the quantile {share}, which is no share");
            self.fault(Fault::Boundary, what);
        }
        if !given.may_have("le") {
            self.fault(Fault::LostLe, "takes a quantile of buckets without le");
        }
        let origin = match given.origin {
            Origin::Buckets(steps) => Origin::Quantile(steps),
            _ => Origin::Value,
        };
        let without_le =
            |labels: Labels| labels.into_iter().filter(|label| label != "le").collect();
        Shape {
            labels: given.labels.map(without_le),
            origin,
        }
    }
}
