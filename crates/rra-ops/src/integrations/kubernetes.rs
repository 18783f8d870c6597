//! The rules as an object of the Prometheus Operator, and each dashboard as an object for the sidecar
//! of Grafana.

use crate::alerts;
use crate::grafana;
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

/// One object for each dashboard: `kubectl apply` keeps a copy of an object in an annotation, which may
/// have 256 KiB, and together they would come near to that.
pub(super) fn dashboards() -> String {
    let files = grafana::files().into_iter();
    let objects = files.filter_map(|file| {
        let (_, name) = file.path.split_once("/dashboards/")?;
        let dashboard: serde_json::Value =
            serde_json::from_str(&file.contents).expect("a dashboard is JSON");
        let name = name.strip_suffix(".json")?;
        let json = dashboard.to_string().replace('\'', "''");
        Some(format!(
            "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  labels:\n    \
             app.kubernetes.io/name: rra-module\n    grafana_dashboard: \"1\"\ndata:\n  \
             {name}.json: '{json}'\n"
        ))
    });
    let header =
        "# Rendered by `cargo xtask generate`; the dashboards are those of grafana/dashboards.\n";
    header.to_owned() + &objects.collect::<String>()
}
