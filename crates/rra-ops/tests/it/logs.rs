//! The two dashboards over the log: the rules of dashboard-linter as far as they are not about
//! Prometheus alone. What parses their queries runs in the stage `operators`.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::grafana::{UNITS, list, text};

/// The dashboards as Grafana reads them: for Loki, then for Elasticsearch.
pub(crate) fn rendered() -> Vec<Value> {
    let files = rra_ops::files();
    let of = |store: &str| {
        let path = format!("docs/ops/grafana/dashboards/rra-logs-{store}.json");
        let file = files.iter().find(|file| file.path == path);
        serde_json::from_str(&file.expect("it is rendered").contents).expect("JSON")
    };
    STORES.map(of).to_vec()
}

const STORES: [&str; 2] = ["loki", "elasticsearch"];

#[test]
fn each_lets_choose_a_source_of_its_own_kind() {
    for (dashboard, store) in rendered().iter().zip(STORES) {
        let variables = list(&dashboard["templating"]["list"]);
        assert_eq!(variables.len(), 1, "{store}");
        assert_eq!(variables[0]["name"], "datasource");
        assert_eq!(variables[0]["label"], "Data source");
        assert_eq!(variables[0]["type"], "datasource");
        assert_eq!(variables[0]["query"], store);
    }
}

#[test]
fn they_are_not_editable_and_have_stable_addresses() {
    let mut addresses = BTreeSet::new();
    for dashboard in rendered() {
        assert_eq!(dashboard["editable"], false);
        assert_eq!(dashboard["id"], Value::Null);
        assert_eq!(dashboard["schemaVersion"], 42);
        assert_eq!(dashboard["tags"], serde_json::json!(["rra"]));
        let uid = text(&dashboard["uid"]).to_owned();
        assert!((8..=40).contains(&uid.len()), "{uid}");
        assert!(addresses.insert(uid), "an address stands twice");
        assert!(
            !list(&dashboard["links"]).is_empty(),
            "it leads to the others"
        );
    }
}

#[test]
fn every_panel_has_title_description_source_unit_and_queries() {
    for (dashboard, store) in rendered().iter().zip(STORES) {
        let panels = list(&dashboard["panels"]);
        assert_eq!(panels.len(), 4);
        for panel in panels {
            let title = text(&panel["title"]);
            let description = text(&panel["description"]);
            assert!(!title.is_empty() && description.ends_with('.'), "{title}");
            let unit = text(&panel["fieldConfig"]["defaults"]["unit"]);
            assert!(UNITS.contains(&unit), "{title}: unit {unit}");
            assert!(!list(&panel["targets"]).is_empty(), "{title} asks nothing");
            let source = serde_json::json!({"type": store, "uid": "${datasource}"});
            assert_eq!(panel["datasource"], source, "{title}");
            for target in list(&panel["targets"]) {
                assert_eq!(target["datasource"], source, "{title}");
            }
        }
    }
}

/// `$__auto` is the chosen range for a query that is asked once, and a step for one asked along it.
#[test]
fn queries_to_loki_take_their_window_from_grafana() {
    let mut windows = 0;
    for target in queries_to_loki() {
        let query = text(&target["expr"]);
        for rest in query.split('[').skip(1) {
            windows += 1;
            assert!(rest.starts_with("$__auto]"), "{query}");
            assert_eq!(target["queryType"], "instant", "{query}");
        }
    }
    assert_eq!(windows, 3);
}

#[test]
fn queries_to_loki_group_and_filter_by_what_they_read_from_the_line() {
    for target in queries_to_loki() {
        let query = text(&target["expr"]);
        let (_, stages) = query.split_once(" | json ").expect("lines are read");
        let read = stages.split(" | ").next().unwrap_or_default();
        let groups = query.split("by (").skip(1);
        let groups = groups.filter_map(|rest| rest.split(')').next());
        let filters = stages.split(" | ").skip(1);
        let filters = filters.filter_map(|rest| rest.split(['=', '!']).next());
        for label in groups.chain(filters).filter(|label| *label != "__error__") {
            assert!(
                read.contains(&format!("{label}=\"{label}\"")),
                "{label}: {query}"
            );
            assert!(
                rra_schema::KEYS.contains(&label),
                "{label} is no key of the line"
            );
        }
        assert!(
            stages.contains("__error__=\"\""),
            "a torn line fails it: {query}"
        );
    }
}

fn queries_to_loki() -> Vec<Value> {
    let dashboard = &rendered()[0];
    let panels = list(&dashboard["panels"]).iter();
    panels
        .flat_map(|panel| list(&panel["targets"]))
        .cloned()
        .collect()
}
