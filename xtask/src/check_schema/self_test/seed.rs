//! A flawless alert, panel and runbook that mistakes are made in.

use rra_ops::alerts::{self, Alert, AlertSeverity, Group};
use rra_ops::grafana::{self, Kind, Panel, Target};
use rra_ops::recordings;

use super::files::add;
use crate::check_schema::evidence::Evidence;
use crate::check_schema::operations::RUNBOOKS;
use crate::check_schema::rules::HEADINGS;

/// One critical alert with its runbook and dashboard, changed.
pub(super) fn alert(evidence: &mut Evidence, change: impl FnOnce(&mut Alert)) {
    let mut alert = alerts::groups()[0].alerts[0].clone();
    alert.severity = AlertSeverity::Critical;
    alert.description = "Something was seeded.";
    change(&mut alert);
    let sections = HEADINGS.map(|heading| format!("## {heading}\n"));
    let page = format!("# {}\n\n{}", alert.name, sections.join("\n"));
    add(evidence, &format!("{RUNBOOKS}/{}.md", alert.name), &page);
    let alerts = vec![alert];
    let category = "service";
    evidence.operations.alerts = vec![Group { category, alerts }];
    let mut dashboards = grafana::dashboards();
    for dashboard in &mut dashboards {
        dashboard.rows.clear();
    }
    evidence.operations.dashboards = dashboards;
}

/// One dashboard with one panel, changed.
pub(super) fn panel(evidence: &mut Evidence, change: impl FnOnce(&mut Panel)) {
    let mut dashboard = grafana::dashboards().swap_remove(0);
    let mut panel = dashboard.rows[0].panels[0].clone();
    panel.kind = Kind::Lines;
    panel.unit = "reqps";
    panel.targets = vec![Target {
        expression: selected("sum by (method) (rate(rra_auth_attempts_total{}[$__rate_interval]))"),
        legend: "{{method}}",
    }];
    change(&mut panel);
    dashboard.rows.truncate(1);
    dashboard.rows[0].panels = vec![panel];
    evidence.operations.dashboards = vec![dashboard];
}

/// The query with the variables of a dashboard in its `{}`.
pub(super) fn selected(query: &str) -> String {
    let variables = ["job", "environment", "instance"];
    let matchers = variables.map(|name| format!("{name}=~\"${name}\""));
    query.replace("{}", &format!("{{{}}}", matchers.join(", ")))
}

/// A runbook with one query.
pub(super) fn runbook(evidence: &mut Evidence, query: &str) {
    let page = format!("# RRASeeded\n\n```promql\n{query}\n```\n");
    add(evidence, &format!("{RUNBOOKS}/RRASeeded.md"), &page);
}

/// The recording rules as they are.
pub(super) fn real_recordings(evidence: &mut Evidence) {
    evidence.operations.recordings = recordings::groups();
}
