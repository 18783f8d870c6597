//! Renders alert and recording rules as a Prometheus rule file that version 2.42 can load.
#![expect(
    clippy::format_push_string,
    reason = "a file is rendered once; what it will look like is worth more than an allocation"
)]

use std::fmt::Write;

use crate::alerts::{Alert, Group};
use crate::recordings::RecordingGroup;

/// Where runbooks are published; an operator replaces it with their own address.
pub(crate) const RUNBOOKS: &str = "https://runbooks.example.org/rra";
/// Where Grafana is; an operator replaces it likewise.
pub(crate) const GRAFANA: &str = "https://grafana.example.org";

const HEADER: &str = "\
# Rendered by `cargo xtask generate`; edit the tables of crates/rra-ops.
# Load this file or seed.rules.yml, never both: the eight alerts of the guide are in each.
groups:
";

/// A rule file with these groups.
pub fn render_rules(recordings: &[RecordingGroup], alerts: &[Group]) -> String {
    let mut text = HEADER.to_owned();
    for group in recordings {
        text += &render_recordings(group);
    }
    for group in alerts {
        write!(
            text,
            "\n  - name: rra.{}\n    interval: 30s\n    rules:\n",
            group.category
        )
        .expect("a String takes every write");
        for alert in &group.alerts {
            text += &render_alert(alert, group.category);
        }
    }
    text
}

/// Where the runbook of an alert lies in the repository.
pub fn runbook_path(alert: &str) -> String {
    format!("docs/runbooks/{alert}.md")
}

/// `90` minutes as Prometheus writes it: `90m`; `120` as `2h`.
pub(crate) fn duration(minutes: u32) -> String {
    if minutes >= 60 && minutes.is_multiple_of(60) {
        format!("{}h", minutes / 60)
    } else {
        format!("{minutes}m")
    }
}

fn render_recordings(group: &RecordingGroup) -> String {
    let mut text = format!(
        "\n  - name: {}\n    interval: {}\n    rules:\n",
        group.name, group.interval
    );
    for rule in &group.recordings {
        text += &format!("      - record: {}\n", rule.name);
        text += &expression(&rule.expression);
    }
    text
}

fn render_alert(alert: &Alert, category: &str) -> String {
    let mut text = format!("\n      - alert: {}\n", alert.name);
    text += &expression(&alert.expression);
    if alert.for_minutes > 0 {
        text += &format!("        for: {}\n", duration(alert.for_minutes));
    }
    if alert.keep_firing_minutes > 0 {
        let kept = duration(alert.keep_firing_minutes);
        text += &format!("        keep_firing_for: {kept}\n");
    }
    let severity = alert.severity.as_str();
    text += &format!(
        "        labels:\n          severity: {severity}\n          category: {category}\n"
    );
    text += "        annotations:\n";
    let annotations = [
        ("summary", alert.summary.to_owned()),
        ("description", alert.description.to_owned()),
        ("runbook_url", format!("{RUNBOOKS}/{}", alert.name)),
        ("dashboard_url", dashboard_url(alert)),
    ];
    for (key, value) in annotations {
        text += &format!("          {key}: '{}'\n", value.replace('\'', "''"));
    }
    text
}

/// With the environment of the alert chosen; an alert without one shows them all.
fn dashboard_url(alert: &Alert) -> String {
    format!(
        "{GRAFANA}/d/{}{{{{ with $labels.environment }}}}?var-environment={{{{ . }}}}{{{{ end }}}}",
        alert.dashboard
    )
}

fn expression(expression: &str) -> String {
    let mut lines = expression.lines();
    let first = lines.next().unwrap_or_default();
    if lines.clone().next().is_none() {
        return format!("        expr: {first}\n");
    }
    let mut text = "        expr: |-\n".to_owned();
    for line in expression.lines() {
        text += &format!("          {line}\n");
    }
    text
}
