//! Each alert has a page for the person it wakes, with the same headings, queries that parse and
//! name only what exists, and links that lead somewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use rra_ops::{alerts, prometheus, recordings};

use crate::committed::root;
use crate::promtool::promtool;

const HEADINGS: [&str; 8] = [
    "## Meaning",
    "## Impact",
    "## First queries",
    "## Likely causes",
    "## Mitigation",
    "## Escalation",
    "## False alarms",
    "## Related",
];

#[test]
fn every_alert_has_a_runbook_and_every_runbook_an_alert() {
    let alerts: BTreeSet<String> = names()
        .into_iter()
        .map(|name| format!("{name}.md"))
        .collect();
    let entries = fs::read_dir(root().join("docs/runbooks")).expect("docs/runbooks is there");
    let pages: BTreeSet<String> = entries
        .map(|entry| {
            entry
                .expect("it can be read")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    assert_eq!(alerts, pages);
}

#[test]
fn every_runbook_has_every_heading_and_something_below_it() {
    for name in names() {
        let text = runbook(name);
        assert!(
            text.starts_with(&format!("# {name}\n")),
            "{name} has another title"
        );
        let found: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with("## "))
            .collect();
        assert_eq!(found, HEADINGS, "{name}");
        for part in text.split("\n## ").skip(1) {
            assert!(
                part.lines().count() > 2,
                "{name}: nothing below a heading: {part}"
            );
        }
    }
}

#[test]
fn every_link_of_a_runbook_leads_to_another() {
    for name in names() {
        let text = runbook(name);
        let (_, related) = text.split_once("## Related\n").expect("checked above");
        for line in related.lines().filter(|line| !line.is_empty()) {
            let target = line
                .split_once("](")
                .and_then(|(_, rest)| rest.strip_suffix(".md)"));
            let target = target.unwrap_or_else(|| panic!("{name}: no link: {line}"));
            assert!(
                target != name && names().contains(&target),
                "{name} leads to {target}"
            );
        }
    }
}

#[test]
fn every_rule_links_its_own_runbook_and_a_dashboard_that_is_there() {
    let rules = fs::read_to_string(root().join("docs/ops/prometheus/rra.rules.yml"));
    let rules = rules.expect("it is there");
    let rules: Vec<&str> = rules.split("- alert: ").skip(1).collect();
    assert_eq!(rules.len(), names().len());
    for rule in rules {
        let (name, rest) = rule.split_once('\n').expect("a rule has lines");
        let link = |key: &str, before: &str| {
            let (_, link) = rest.split_once(&format!("{key}: '{before}/")).expect(name);
            let end = link.find(['\'', '{']).expect("it is quoted");
            link[..end].to_owned()
        };
        let page = link("runbook_url", "https://runbooks.example.org/rra");
        assert_eq!(page, name);
        assert!(
            root().join(prometheus::runbook_path(&page)).is_file(),
            "{page}"
        );
        let dashboard = link("dashboard_url", "https://grafana.example.org/d");
        let file = format!("docs/ops/grafana/dashboards/{dashboard}.json");
        assert!(root().join(&file).is_file(), "{name}: {file}");
    }
}

#[test]
fn every_query_of_a_runbook_parses() {
    let rules: Vec<String> = queries()
        .iter()
        .enumerate()
        .map(|(index, (name, query))| {
            let query = query.replace('\'', "''");
            format!("      - record: {name}:{index}\n        expr: '{query}'")
        })
        .collect();
    let rules = format!(
        "groups:\n  - name: runbooks\n    rules:\n{}\n",
        rules.join("\n")
    );
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("runbooks.yml");
    fs::write(&file, rules).expect("target can be written");
    let verdict = promtool(&["check", "rules", &file.to_string_lossy()]);
    assert!(verdict.is_ok(), "{verdict:?}");
}

/// `or` does not look at names: of two recorded series with the same labels only the first is shown.
#[test]
fn both_sides_of_an_or_in_a_runbook_are_shown() {
    for (name, query) in queries() {
        let sides: Vec<&str> = query
            .split_whitespace()
            .filter(|word| *word == "or")
            .collect();
        let labelled = query.matches("label_replace(").count();
        assert!(
            sides.is_empty() || labelled == sides.len() + 1,
            "{name} hides a side of {query}"
        );
    }
}

#[test]
fn what_a_runbook_asks_of_other_programs_is_scraped() {
    let path = root().join("docs/ops/prometheus/prometheus.yml");
    let configuration = fs::read_to_string(path).expect("it is there");
    for program in ["prometheus", "alertmanager"] {
        let is_asked = queries()
            .iter()
            .any(|(_, query)| query.contains(&format!("{program}_")));
        assert!(
            is_asked && configuration.contains(&format!("job_name: '{program}'")),
            "{program}"
        );
    }
}

/// Of a selector, `timestamp` gives when its sample was taken; of anything else, the time of asking.
#[test]
fn a_runbook_asks_when_a_sample_was_taken() {
    for (name, query) in queries() {
        for asked in query.split("timestamp(").skip(1) {
            let end = asked.find(['(', '{', ')']).unwrap_or(asked.len());
            let is_selector = !asked[end..].starts_with('(');
            assert!(is_selector, "{name} learns what time it is from {query}");
        }
    }
}

#[test]
fn every_metric_in_a_runbook_exists() {
    let recorded = recordings::groups();
    let recorded: BTreeSet<&str> = recorded
        .iter()
        .flat_map(|group| &group.recordings)
        .map(|rule| rule.name.as_str())
        .collect();
    for (name, query) in queries() {
        let words = query.split(|sign: char| !(sign.is_alphanumeric() || "_:".contains(sign)));
        let is_ours = |word: &&str| word.starts_with("rra_") || word.starts_with("job:");
        for word in words.filter(is_ours) {
            let base = ["_bucket", "_sum", "_count"]
                .iter()
                .find_map(|suffix| word.strip_suffix(suffix))
                .unwrap_or(word);
            let exists = rra_schema::metrics::find(base).is_some() || recorded.contains(word);
            assert!(exists, "{name}: there is no {word}");
        }
    }
}

/// Name of the runbook and text of each query.
fn queries() -> Vec<(&'static str, String)> {
    let of = |name: &'static str| {
        let text = runbook(name);
        let queries: Vec<String> = text
            .split("```promql\n")
            .skip(1)
            .map(|rest| rest.split("\n```").next().unwrap_or_default().to_owned())
            .collect();
        assert!(queries.len() >= 2, "{name} has too few queries");
        queries.into_iter().map(move |query| (name, query))
    };
    names().into_iter().flat_map(of).collect()
}

fn names() -> Vec<&'static str> {
    alerts::groups()
        .iter()
        .flat_map(|group| &group.alerts)
        .map(|alert| alert.name)
        .collect()
}

fn runbook(name: &str) -> String {
    fs::read_to_string(root().join(prometheus::runbook_path(name))).expect("it was found above")
}
