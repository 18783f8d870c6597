//! A dashboard: its variables, its annotations, and where each panel lies.

use serde_json::{Value, json};

use super::panel::{Panel, datasource};
use crate::json::pretty;

/// Columns of Grafana's grid.
const COLUMNS: u32 = 24;

/// One dashboard.
#[derive(Clone, Debug)]
pub struct Dashboard {
    /// The stable part of its address.
    pub uid: &'static str,
    /// The title.
    pub title: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// Its rows, from top to bottom.
    pub rows: Vec<Row>,
}

/// A title with the panels below it.
#[derive(Clone, Debug)]
pub struct Row {
    /// The title.
    pub title: &'static str,
    /// The panels, in reading order.
    pub panels: Vec<Panel>,
}

impl Dashboard {
    /// The dashboard in Grafana's classic model.
    pub fn render(&self) -> String {
        let mut model = frame(self.uid, self.title, self.description);
        model["refresh"] = json!("30s");
        model["annotations"] = json!({"list": annotations()});
        model["templating"] = json!({"list": variables()});
        model["panels"] = json!(self.panels());
        pretty(model)
    }

    /// Panels fill the grid from left to right, so none covers another.
    fn panels(&self) -> Vec<Value> {
        let (mut rendered, mut y) = (Vec::new(), 0);
        for row in &self.rows {
            let id = next_id(&rendered);
            rendered.push(json!({
                "id": id,
                "type": "row",
                "title": row.title,
                "collapsed": false,
                "panels": [],
                "gridPos": {"h": 1, "w": COLUMNS, "x": 0, "y": y},
            }));
            y += 1;
            let (mut x, mut height) = (0, 0);
            for panel in &row.panels {
                if x + panel.width > COLUMNS {
                    (x, y, height) = (0, y + height, 0);
                }
                rendered.push(panel.render(next_id(&rendered), x, y));
                x += panel.width;
                height = height.max(panel.height());
            }
            y += height;
        }
        rendered
    }
}

fn next_id(panels: &[Value]) -> u32 {
    u32::try_from(panels.len()).unwrap_or(u32::MAX) + 1
}

/// What all of our dashboards have in common.
pub(super) fn frame(uid: &str, title: &str, description: &str) -> Value {
    json!({
        "id": null,
        "uid": uid,
        "title": title,
        "description": description,
        "tags": ["rra"],
        "timezone": "utc",
        "editable": false,
        "graphTooltip": 1,
        "schemaVersion": 42,
        "version": 1,
        "time": {"from": "now-6h", "to": "now"},
        "links": [links()],
    })
}

/// The way to the other dashboards, with time and variables kept.
fn links() -> Value {
    json!({
        "type": "dashboards",
        "title": "RRA",
        "tags": ["rra"],
        "icon": "dashboard",
        "tooltip": "The other dashboards of the RRA Module",
        "url": "",
        "asDropdown": true,
        "keepTime": true,
        "includeVars": true,
        "targetBlank": false,
    })
}

fn annotations() -> Vec<Value> {
    let annotation = |name: &str, colour: &str, query: &str, text: &str| {
        json!({
            "name": name,
            "enable": true,
            "iconColor": colour,
            "datasource": datasource(),
            "expr": query,
            "titleFormat": name,
            "textFormat": text,
        })
    };
    vec![
        annotation(
            "Starts",
            "blue",
            "changes(process_start_time_seconds{job=~\"$job\", instance=~\"$instance\"}[1m]) > 0",
            "{{instance}} started",
        ),
        annotation(
            "Alerts",
            "red",
            "ALERTS{alertname=~\"RRA.+\", alertname!=\"RRAWatchdog\", alertstate=\"firing\", severity=\"critical\"}",
            "{{alertname}}",
        ),
    ]
}

/// `.+` does not match a series without the label, so environment takes `.*`.
fn variables() -> Vec<Value> {
    let source = json!({
        "name": "datasource",
        "label": "Data source",
        "type": "datasource",
        "query": "prometheus",
        "refresh": 1,
    });
    vec![
        source,
        variable("job", "Job", "label_values(rra_build_info, job)", ".+"),
        variable(
            "environment",
            "Environment",
            "label_values(up{job=~\"$job\"}, environment)",
            ".*",
        ),
        variable(
            "instance",
            "Instance",
            "label_values(up{job=~\"$job\", environment=~\"$environment\"}, instance)",
            ".+",
        ),
    ]
}

/// Asked again when the time range changes.
fn variable(name: &str, label: &str, query: &str, all: &str) -> Value {
    json!({
        "name": name,
        "label": label,
        "type": "query",
        "datasource": datasource(),
        "query": {"query": query, "refId": name},
        "definition": query,
        "refresh": 2,
        "multi": true,
        "includeAll": true,
        "allValue": all,
        "sort": 1,
        "current": {"text": ["All"], "value": ["$__all"]},
    })
}
