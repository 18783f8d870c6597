//! DSH: every panel can be read, and every dashboard can be found.

use std::collections::BTreeSet;

use rra_ops::grafana::Panel;

use super::Rule;
use crate::check_schema::evidence::Evidence;
use crate::check_schema::finding::Report;
use crate::check_schema::operations::{DASHBOARDS, Query, Reader};

/// The unit of a panel, and how a metric in it must be named, or what else must be in the query.
/// `percentunit` and `short` fit what divides, counts or is in no unit of its own.
const UNITS: [(&str, &[&str]); 5] = [
    ("bytes", &["_bytes"]),
    (
        "percentunit",
        &["/", "_ratio", ":ratio", "utilization", "avg_over_time"],
    ),
    ("reqps", &["rate(", ":rate"]),
    ("s", &["_seconds", "time()"]),
    ("short", &[""]),
];
/// Units in which a plain number would be read wrongly.
const NAMED: [(&str, &str); 2] = [("_bytes{", "bytes"), ("_seconds_bucket{", "s")];

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "DSH001",
        says: "every panel has a title, a description in sentences, a query and a word for no data",
        look: texts,
    },
    Rule {
        id: "DSH002",
        says: "every panel has a unit, and it is that of its metrics",
        look: units,
    },
    Rule {
        id: "DSH003",
        says: "legends name labels that the query keeps",
        look: legends,
    },
    Rule {
        id: "DSH004",
        says: "panels lie within the grid and none covers another",
        look: places,
    },
    Rule {
        id: "DSH005",
        says: "every selector of a panel asks for the job and the instance that were chosen",
        look: variables,
    },
    Rule {
        id: "DSH006",
        says: "rates on panels take their window from Grafana",
        look: windows,
    },
    Rule {
        id: "DSH007",
        says: "the address of a dashboard is its own, and alerts lead to one that exists",
        look: addresses,
    },
];

fn texts(evidence: &Evidence, report: &mut Report) {
    for (uid, panel) in evidence.operations.panels() {
        let is_described = panel.description.ends_with('.') && panel.description.len() > 20;
        let has_all = !panel.title.is_empty()
            && is_described
            && !panel.targets.is_empty()
            && !panel.no_value.is_empty();
        if !has_all {
            violation(
                report,
                uid,
                panel,
                "leaves its reader alone",
                "give it all four",
            );
        }
    }
}

fn units(evidence: &Evidence, report: &mut Report) {
    for (uid, panel) in evidence.operations.panels() {
        let Some((unit, marks)) = UNITS.iter().find(|(unit, _)| *unit == panel.unit) else {
            violation(
                report,
                uid,
                panel,
                "has no unit of Grafana",
                "choose one of UNITS",
            );
            continue;
        };
        let is_of_unit = panel.targets.iter().all(|target| {
            let fits = marks.iter().any(|mark| target.expression.contains(mark));
            let needs = NAMED.iter().find(|(mark, _)| {
                target.expression.contains(mark) && !target.expression.contains('/')
            });
            fits && needs.is_none_or(|(_, needed)| needed == unit)
        });
        if !is_of_unit {
            let what = format!("shows in {unit} what is measured in something else");
            violation(report, uid, panel, &what, "take the unit of the metric");
        }
    }
}

fn legends(evidence: &Evidence, report: &mut Report) {
    let mut queries = evidence.queries().iter().filter(|query| is_of_panel(query));
    for (uid, panel) in evidence.operations.panels() {
        for target in &panel.targets {
            let Some(query) = queries.next() else { return };
            for label in placeholders(target.legend) {
                if !query.analysis.shape.may_have(label) {
                    let what = format!("names its series by {label}, which the query drops");
                    violation(
                        report,
                        uid,
                        panel,
                        &what,
                        "aggregate by it, or name another",
                    );
                }
            }
        }
    }
}

/// Looks at the rendered form: places are given there.
fn places(evidence: &Evidence, report: &mut Report) {
    for dashboard in &evidence.operations.dashboards {
        let rendered: serde_json::Value =
            serde_json::from_str(&dashboard.render()).unwrap_or_default();
        let mut taken = BTreeSet::new();
        for panel in rendered["panels"].as_array().into_iter().flatten() {
            let [x, y, width, height] =
                ["x", "y", "w", "h"].map(|side| panel["gridPos"][side].as_u64().unwrap_or(0));
            let squares = (x..x + width).flat_map(|x| (y..y + height).map(move |y| (x, y)));
            let covered = squares.filter(|&square| !taken.insert(square)).count();
            if covered > 0 || width == 0 || x + width > 24 {
                let what = format!("{}: {} has no place", dashboard.uid, panel["title"]);
                report.violation(DASHBOARDS, what, "give it a width from 1 to 24");
            }
        }
    }
}

fn variables(evidence: &Evidence, report: &mut Report) {
    for query in evidence.queries().iter().filter(|query| is_of_panel(query)) {
        for selector in query.text.split('{').skip(1) {
            let before = query.text
                [..selector.as_ptr() as usize - query.text.as_ptr() as usize - 1]
                .rsplit(|sign: char| !(sign.is_ascii_alphanumeric() || "_:".contains(sign)))
                .next();
            let name = before.unwrap_or_default();
            let matchers = selector.split('}').next().unwrap_or_default();
            // A recorded series and an alert are about a service, not about one instance.
            let is_of_service = name.contains(':') || name == "ALERTS";
            let asks = |variable: &str| matchers.contains(&format!("{variable}=~\"${variable}\""));
            if !asks("job") || !(is_of_service || asks("instance")) {
                let what = format!("{}: {name} shows what was not chosen", query.of);
                report.violation(DASHBOARDS, what, "build the selector with promql::panel");
            }
        }
    }
}

fn windows(evidence: &Evidence, report: &mut Report) {
    for query in evidence.queries().iter().filter(|query| is_of_panel(query)) {
        for rest in query.text.split("rate(").skip(1) {
            let window = rest
                .split_once('[')
                .and_then(|(_, rest)| rest.split(']').next());
            if window != Some("$__rate_interval") {
                let what = format!("{}: a rate over a window of its own", query.of);
                report.violation(DASHBOARDS, what, "take the window R");
            }
        }
    }
}

fn addresses(evidence: &Evidence, report: &mut Report) {
    let mut uids = BTreeSet::new();
    for dashboard in &evidence.operations.dashboards {
        let is_formed = (8..=40).contains(&dashboard.uid.len());
        if !is_formed || !uids.insert(dashboard.uid) {
            let what = format!("{} is no address of its own", dashboard.uid);
            report.violation(
                DASHBOARDS,
                what,
                "take 8 to 40 characters that no other has",
            );
        }
    }
    for alert in evidence.operations.each_alert() {
        if !uids.contains(alert.dashboard) {
            let what = format!(
                "{} leads to {}, which is not there",
                alert.name, alert.dashboard
            );
            report.violation(DASHBOARDS, what, "name the uid of a dashboard");
        }
    }
}

fn violation(report: &mut Report, uid: &str, panel: &Panel, what: &str, mend: &str) {
    report.violation(DASHBOARDS, format!("{} of {uid} {what}", panel.title), mend);
}

fn is_of_panel(query: &Query) -> bool {
    query.reader == Reader::Panel
}

/// The labels in `{{label}}`.
fn placeholders(legend: &str) -> impl Iterator<Item = &str> {
    let rest = legend.split("{{").skip(1);
    rest.filter_map(|rest| rest.split("}}").next())
}
