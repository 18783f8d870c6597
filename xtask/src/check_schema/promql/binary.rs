//! Operators between two parts: whether their series can meet, and what a threshold is held
//! against.

use promql_parser::parser::{BinaryExpr, LabelModifier, VectorMatchCardinality};

use super::{Fault, Labels, Origin, Shape, Steps, Walk};

impl Walk<'_> {
    pub(super) fn binary(&mut self, binary: &BinaryExpr) -> Shape {
        let left = self.expression(&binary.lhs);
        let right = self.expression(&binary.rhs);
        if binary.op.is_set_operator() {
            return self.set(binary, left, &right);
        }
        self.reads_raw(&left);
        self.reads_raw(&right);
        if binary.op.is_comparison_operator() {
            self.boundary(&left.origin, &right.origin);
            self.boundary(&right.origin, &left.origin);
        }
        match (left.is_scalar(), right.is_scalar()) {
            (true, true) => Shape::scalar(),
            (false, true) => compared(binary, left),
            (true, false) => compared(binary, right),
            (false, false) => {
                let labels = self.matched(binary, &left, &right);
                compared(binary, Shape { labels, ..left })
            }
        }
    }

    /// `and`, `unless` and `or` ask whether a series is there and do not read the right side.
    fn set(&mut self, binary: &BinaryExpr, left: Shape, right: &Shape) -> Shape {
        if binary.op.to_string() != "or" {
            self.matched(binary, &left, right);
            return if is_of_the_young(binary) {
                left.into_value()
            } else {
                left
            };
        }
        let labels = match (left.labels, &right.labels) {
            (Some(left), Some(right)) => Some(left.union(right).cloned().collect()),
            _ => None,
        };
        Shape { labels, ..left }
    }

    /// The labels of a match, after a look whether there can be one.
    fn matched(&mut self, binary: &BinaryExpr, left: &Shape, right: &Shape) -> Option<Labels> {
        let modifier = binary.modifier.as_ref();
        let matching = modifier.and_then(|modifier| modifier.matching.as_ref());
        if let Some(LabelModifier::Include(on)) = matching {
            for label in &on.labels {
                if !(left.may_have(label) && right.may_have(label)) {
                    let what = format!("matches on {label}, which one side does not have");
                    self.fault(Fault::LostLabel, what);
                }
            }
            let one_to_one = VectorMatchCardinality::OneToOne;
            return match modifier.map_or(&one_to_one, |modifier| &modifier.card) {
                VectorMatchCardinality::ManyToOne(taken) => many(left, &taken.labels),
                VectorMatchCardinality::OneToMany(taken) => many(right, &taken.labels),
                _ => Some(on.labels.iter().cloned().collect()),
            };
        }
        let ignored = match matching {
            Some(LabelModifier::Exclude(ignored)) => ignored.labels.as_slice(),
            _ => &[],
        };
        let met = |shape: &Shape| -> Option<Labels> {
            let labels = shape.labels.as_ref()?.iter();
            Some(
                labels
                    .filter(|label| !ignored.contains(label))
                    .cloned()
                    .collect(),
            )
        };
        let (left, right) = (met(left)?, met(right)?);
        if left != right {
            let words = |labels: &Labels| labels.iter().cloned().collect::<Vec<_>>().join(", ");
            let what = format!(
                "matches series by ({}) with series by ({})",
                words(&left),
                words(&right)
            );
            self.fault(Fault::NeverMatches, what);
        }
        Some(left)
    }

    /// Between two bounds a quantile is a guess, so only a bound is a sound threshold.
    fn boundary(&mut self, value: &Origin, threshold: &Origin) {
        let (Origin::Quantile(steps), Origin::Number(threshold)) = (value, threshold) else {
            return;
        };
        if !is_bound(steps, *threshold) {
            let what = format!("holds a quantile against {threshold}, no bound of {steps:?}");
            self.fault(Fault::Boundary, what);
        }
    }
}

/// What a process has counted since its start is what it counted lately, if it is young.
fn is_of_the_young(binary: &BinaryExpr) -> bool {
    let right = binary.rhs.to_string();
    binary.op.to_string() == "and"
        && right.contains("time() - process_start_time_seconds")
        && right.contains('<')
}

/// The many keep their labels and take what is named from the one.
fn many(many: &Shape, taken: &[String]) -> Option<Labels> {
    let mut labels = many.labels.clone()?;
    labels.extend(taken.iter().cloned());
    Some(labels)
}

fn is_bound(steps: Steps, threshold: f64) -> bool {
    steps
        .iter()
        .any(|step| (step - threshold).abs() <= f64::EPSILON * threshold.abs())
}

/// A comparison leaves the values of its series, arithmetic does not.
fn compared(binary: &BinaryExpr, series: Shape) -> Shape {
    if binary.op.is_comparison_operator() && !binary.return_bool() {
        return series;
    }
    series.into_value()
}
