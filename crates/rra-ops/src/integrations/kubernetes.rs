//! The rules as an object of the Prometheus Operator.

use crate::alerts;
use crate::prometheus::render_rules;
use crate::recordings;

const HEADER: &str = "\
# Rendered by `cargo xtask generate`; the groups are those of prometheus/rra.rules.yml.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: rra-module
  labels:
    app.kubernetes.io/name: rra-module
spec:
";

pub(super) fn prometheus_rule() -> String {
    let rules = render_rules(&recordings::groups(), &alerts::groups());
    let lines = rules.lines().skip_while(|line| line.starts_with('#'));
    let indented = lines.map(|line| match line {
        "" => "\n".to_owned(),
        line => format!("  {line}\n"),
    });
    HEADER.to_owned() + &indented.collect::<String>()
}
