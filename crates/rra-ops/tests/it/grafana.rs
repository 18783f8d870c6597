//! The dashboards: the seventeen rules of Grafana's dashboard-linter, and what it does not look at.
//!
//! The rules on Loki queries hold here because there is no Loki query; a test says so. The two
//! dashboards over the log are in `logs.rs`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use rra_ops::{alerts, grafana};
use serde_json::Value;

use crate::logs;
use crate::promtool::promtool;

/// The units that dashboard-linter knows, as far as they are used.
pub(crate) const UNITS: [&str; 5] = ["short", "percentunit", "reqps", "s", "bytes"];

#[test]
fn the_variables_are_those_the_linter_wants() {
    for dashboard in rendered() {
        let variables = list(&dashboard["templating"]["list"]);
        let names: Vec<&str> = variables
            .iter()
            .map(|variable| text(&variable["name"]))
            .collect();
        assert_eq!(names, ["datasource", "job", "environment", "instance"]);
        assert_eq!(variables[0]["label"], "Data source");
        assert_eq!(variables[0]["query"], "prometheus");
        for variable in &variables[1..] {
            assert_eq!(variable["datasource"]["uid"], "${datasource}");
            assert_eq!(variable["multi"], true);
            assert_eq!(
                variable["refresh"], 2,
                "asked again when the time range changes"
            );
            let query = text(&variable["query"]["query"]);
            assert!(query.starts_with("label_values("), "{query}");
        }
        for (variable, label) in [(&variables[1], "Job"), (&variables[3], "Instance")] {
            assert_eq!(
                (&variable["label"], &variable["allValue"]),
                (&label.into(), &".+".into())
            );
        }
        assert_eq!(
            variables[2]["allValue"], ".*",
            "a series may lack the environment"
        );
    }
}

#[test]
fn the_dashboards_are_not_editable_and_have_stable_addresses() {
    for dashboard in rendered() {
        assert_eq!(dashboard["editable"], false);
        assert_eq!(dashboard["id"], Value::Null);
        assert_eq!(dashboard["schemaVersion"], 42);
        assert_eq!(dashboard["tags"], serde_json::json!(["rra"]));
    }
}

#[test]
fn every_panel_has_title_description_source_unit_and_queries() {
    for panel in panels() {
        let title = text(&panel["title"]);
        assert!(
            !title.is_empty() && text(&panel["description"]).ends_with('.'),
            "{title}"
        );
        assert_eq!(panel["datasource"]["uid"], "${datasource}", "{title}");
        assert!(!list(&panel["targets"]).is_empty(), "{title} asks nothing");
        let unit = text(&panel["fieldConfig"]["defaults"]["unit"]);
        assert!(UNITS.contains(&unit), "{title}: unit {unit}");
        let no_value = &panel["fieldConfig"]["defaults"]["noValue"];
        assert!(!text(no_value).is_empty(), "{title}");
    }
}

#[test]
fn every_dashboard_leads_to_the_others_and_marks_starts_and_alerts() {
    for dashboard in rendered() {
        let links = list(&dashboard["links"]);
        let is_to_others = |link: &Value| {
            link["type"] == "dashboards"
                && link["tags"] == dashboard["tags"]
                && link["keepTime"] == true
                && link["includeVars"] == true
        };
        assert!(links.iter().any(is_to_others), "{}", dashboard["uid"]);
        let marks = list(&dashboard["annotations"]["list"]);
        let names: Vec<&str> = marks.iter().map(|mark| text(&mark["name"])).collect();
        assert_eq!(names, ["Starts", "Alerts"]);
        for mark in marks {
            assert_eq!(mark["datasource"]["uid"], "${datasource}");
        }
    }
}

#[test]
fn every_panel_has_colours_and_every_line_with_an_alert_its_threshold() {
    let mut with_threshold = 0;
    for panel in panels() {
        let steps = list(&panel["fieldConfig"]["defaults"]["thresholds"]["steps"]);
        assert!(!steps.is_empty(), "{}", panel["title"]);
        with_threshold += usize::from(steps.len() > 1);
        // Areas show what came in an interval, and an alert counts an hour.
        let is_of_lines = panel["fieldConfig"]["defaults"]["custom"]["thresholdsStyle"].is_object();
        let says = is_of_lines && text(&panel["description"]).contains("The alert fires at ");
        assert!(!says || steps.len() > 1, "{} shows no line", panel["title"]);
    }
    assert!(
        with_threshold >= 15,
        "only {with_threshold} have a threshold"
    );
}

/// Asked over a range, a figure is the last one of hours ago while the service is away, and one of a
/// month is computed for every point of the range.
#[test]
fn a_figure_is_that_of_now_and_computed_once() {
    let stats: Vec<Value> = panels()
        .into_iter()
        .filter(|panel| panel["type"] == "stat")
        .collect();
    assert!(stats.len() >= 10);
    for panel in stats {
        for target in list(&panel["targets"]) {
            let is_rate = text(&target["expr"]).contains("$__rate_interval");
            assert_eq!(target["instant"], !is_rate, "{}", panel["title"]);
            assert_eq!(target["range"], is_rate, "{}", panel["title"]);
        }
    }
}

/// Drawn from 0, twenty million blocks are a flat line whether the chain moves or not.
#[test]
fn no_panel_draws_the_height_of_a_chain() {
    for query in queries() {
        let heights = query.matches("rra_chain_head_block").count();
        let moves = query.matches("delta(rra_chain_head_block").count();
        assert_eq!(heights, moves, "{query}");
    }
}

#[test]
fn every_query_is_prometheus_and_parses() {
    let mut rules = Vec::new();
    let dashboards = rendered();
    let marks = dashboards
        .iter()
        .flat_map(|one| list(&one["annotations"]["list"]));
    let marks = marks.map(|mark| text(&mark["expr"]).to_owned());
    for (index, query) in queries().into_iter().chain(marks).enumerate() {
        let query = query
            .replace("$__rate_interval", "5m")
            .replace('$', "")
            .replace('\'', "''");
        rules.push(format!(
            "      - record: panel:{index}\n        expr: '{query}'"
        ));
    }
    let rules = format!(
        "groups:\n  - name: panels\n    rules:\n{}\n",
        rules.join("\n")
    );
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("panels.yml");
    fs::write(&file, rules).expect("target can be written");
    let verdict = promtool(&["check", "rules", &file.to_string_lossy()]);
    assert!(verdict.is_ok(), "{verdict:?}");
    for target in panels().iter().flat_map(|panel| list(&panel["targets"])) {
        assert_eq!(target["datasource"]["type"], "prometheus");
    }
}

#[test]
fn every_selector_asks_for_job_and_instance() {
    for query in queries() {
        for (name, matchers) in selectors(&query) {
            assert!(matchers.contains("job=~\"$job\""), "{query}");
            // Recorded series and alerts are about a service, not an instance.
            let has_instance = !name.contains(':') && name != "ALERTS";
            let asks = matchers.contains("instance=~\"$instance\"");
            assert_eq!(asks, has_instance, "{query}");
        }
    }
}

#[test]
fn rates_take_their_window_from_grafana() {
    for query in queries() {
        let rates = query.matches("rate(").count();
        let windows = query.matches("[$__rate_interval])").count();
        let increases = query.matches("increase(").count();
        assert!(rates <= windows && windows <= rates + increases, "{query}");
    }
}

#[test]
fn counters_stand_in_a_rate_or_an_increase() {
    for query in queries() {
        for (name, _) in selectors(&query) {
            let is_counter = ["_total", "_bucket", "_count", "_sum"]
                .iter()
                .any(|ending| name.ends_with(ending));
            let is_rated = query.contains(&format!("rate({name}{{"))
                || query.contains(&format!("increase({name}{{"));
            assert_eq!(is_counter, is_rated, "{query}");
        }
    }
}

#[test]
fn legends_name_labels_that_the_query_keeps() {
    for panel in panels() {
        for target in list(&panel["targets"]) {
            let query = text(&target["expr"]);
            for label in placeholders(text(&target["legendFormat"])) {
                let is_kept = query.split(" by (").skip(1).any(|rest| {
                    let labels = rest.split(')').next().unwrap_or_default();
                    labels.split(", ").any(|kept| kept == label)
                });
                let is_recorded = !query.contains(" by (") && query.contains("job:");
                assert!(is_kept || is_recorded, "{label} is gone: {query}");
            }
        }
    }
}

#[test]
fn no_panel_covers_another() {
    for dashboard in rendered().into_iter().chain(logs::rendered()) {
        let mut taken = BTreeSet::new();
        let mut ids = BTreeSet::new();
        for panel in list(&dashboard["panels"]) {
            assert!(ids.insert(panel["id"].as_u64()), "an id stands twice");
            let [x, y, width, height] =
                ["x", "y", "w", "h"].map(|key| panel["gridPos"][key].as_u64().expect("a number"));
            assert!(x + width <= 24, "{} leaves the grid", panel["title"]);
            for cell in (x..x + width).flat_map(|x| (y..y + height).map(move |y| (x, y))) {
                assert!(taken.insert(cell), "{} covers another", panel["title"]);
            }
        }
    }
}

#[test]
fn every_panel_the_guide_names_is_there() {
    let titles: Vec<String> = panels()
        .iter()
        .map(|panel| text(&panel["title"]).to_lowercase())
        .collect();
    let named = [
        "uptime",
        "request rate",
        "error ratio",
        "active connections",
        "authentication success ratio",
        "rate limit utilization",
        "security events by type",
        "blocked attack attempts",
        "licences, day",
        "licences, week",
        "licences, month",
        "revenue by chain",
        "active agents",
        "negotiation time",
        "login attempts",
        "failed logins by ip",
        "token usage",
        "ssrf attempts",
        "injection attempts",
        "brute force indicators",
        "unusual traffic",
        "rate limit utilization by agent",
        "top rate-limited ips",
        "trending toward limits",
        "licences issued by chain",
        "gas cost",
        "payment volume",
        "failed transactions",
        "pending transactions",
        "gas price",
    ];
    for name in named {
        assert!(
            titles.iter().any(|title| title.starts_with(name)),
            "no panel {name}"
        );
    }
}

#[test]
fn every_alert_leads_to_a_dashboard() {
    let uids: Vec<&str> = grafana::dashboards()
        .iter()
        .map(|dashboard| dashboard.uid)
        .collect();
    for alert in alerts::groups().iter().flat_map(|group| &group.alerts) {
        assert!(uids.contains(&alert.dashboard), "{}", alert.name);
    }
}

/// The dashboards as Grafana reads them.
fn rendered() -> Vec<Value> {
    let dashboards = grafana::dashboards();
    let parse = |dashboard: &grafana::Dashboard| serde_json::from_str(&dashboard.render());
    dashboards
        .iter()
        .map(|one| parse(one).expect("JSON"))
        .collect()
}

/// All panels but the titles of rows.
fn panels() -> Vec<Value> {
    let panels = rendered()
        .into_iter()
        .flat_map(|dashboard| list(&dashboard["panels"]).to_vec());
    panels.filter(|panel| panel["type"] != "row").collect()
}

fn queries() -> Vec<String> {
    let panels = panels();
    let targets = panels.iter().flat_map(|panel| list(&panel["targets"]));
    targets
        .map(|target| text(&target["expr"]).to_owned())
        .collect()
}

/// Name and matchers of each selector of a query.
fn selectors(query: &str) -> Vec<(String, String)> {
    query
        .match_indices('{')
        .map(|(open, _)| {
            let is_name = |sign: char| sign.is_alphanumeric() || "_:".contains(sign);
            let before = &query[..open];
            let start = before.trim_end_matches(is_name).len();
            let matchers = query[open..].split('}').next().unwrap_or_default();
            (before[start..].to_owned(), matchers.to_owned())
        })
        .collect()
}

fn placeholders(legend: &str) -> Vec<&str> {
    let parts = legend.split("{{").skip(1);
    parts.filter_map(|part| part.split("}}").next()).collect()
}

pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
