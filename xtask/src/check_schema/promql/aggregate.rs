//! Aggregations: which labels are left.

use promql_parser::parser::{AggregateExpr, LabelModifier};

use super::{Fault, Labels, Origin, Shape, Walk};

/// Aggregations that pick series and leave them as they are.
const PICKING: [&str; 4] = ["topk", "bottomk", "limitk", "limit_ratio"];
/// Aggregations that count series and do not read them.
const COUNTING: [&str; 3] = ["count", "group", "count_values"];

impl Walk<'_> {
    pub(super) fn aggregate(&mut self, aggregate: &AggregateExpr) -> Shape {
        let operand = self.expression(&aggregate.expr);
        let operator = aggregate.op.to_string();
        if PICKING.contains(&operator.as_str()) {
            let what = format!("takes {operator}, which are other series each time");
            self.fault(Fault::Picks, what);
            return operand;
        }
        let labels = self.left_labels(&operand, aggregate.modifier.as_ref());
        let origin = match operand.origin {
            _ if COUNTING.contains(&operator.as_str()) => Origin::Value,
            Origin::Quantile(steps) if operator == "max" || operator == "min" => {
                Origin::Quantile(steps)
            }
            Origin::Counter(name) => Origin::Counter(name),
            Origin::Buckets(steps) if operator == "sum" => Origin::Buckets(steps),
            _ => Origin::Value,
        };
        Shape { labels, origin }
    }

    fn left_labels(&mut self, operand: &Shape, modifier: Option<&LabelModifier>) -> Option<Labels> {
        let Some(modifier) = modifier else {
            return Some(Labels::new());
        };
        let named = &modifier.labels().labels;
        for label in named.iter().filter(|label| !operand.may_have(label)) {
            let what = format!("aggregates by {label}, which its series do not have");
            self.fault(Fault::LostLabel, what);
        }
        match (modifier, &operand.labels) {
            (LabelModifier::Include(_), _) => Some(named.iter().cloned().collect()),
            (LabelModifier::Exclude(_), Some(labels)) => {
                let left = labels.iter().filter(|label| !named.contains(label));
                Some(left.cloned().collect())
            }
            (LabelModifier::Exclude(_), None) => None,
        }
    }
}
