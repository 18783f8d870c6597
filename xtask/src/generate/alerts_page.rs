//! `docs/reference/alerts.md`: every alert, with its runbook and who is told.

use rra_ops::alertmanager::receivers;
use rra_ops::alerts::{Alert, Group, groups};

use super::page::{RENDERED, table};

/// The whole page.
pub(super) fn render() -> String {
    let sections: Vec<String> = groups().iter().map(section).collect();
    format!(
        "# Alerts\n\n{RENDERED}\n\
         What [`rra.rules.yml`](../ops/prometheus/rra.rules.yml) alerts on; each name leads to its runbook. An alert\n\
         fires when its condition has held for as long as the table says, and tells the receivers of\n\
         [`alertmanager.yml`](../ops/alertmanager/alertmanager.yml).\n\n{}",
        sections.join("\n")
    )
}

fn section(group: &Group) -> String {
    let rows = group.alerts.iter().map(|alert| row(alert, group.category));
    let heads = ["Alert", "Severity", "Held for", "It says", "Told"];
    format!("## {}\n\n{}", group.category, table(heads, rows))
}

fn row(alert: &Alert, category: &str) -> [String; 5] {
    let Alert {
        name,
        severity,
        for_minutes,
        summary,
        ..
    } = alert;
    let held = match for_minutes {
        0 => "at once".to_owned(),
        minutes => format!("{minutes} min"),
    };
    [
        format!("[{name}](../runbooks/{name}.md)"),
        severity.as_str().to_owned(),
        held,
        (*summary).to_owned(),
        receivers(alert, category).join(", "),
    ]
}
