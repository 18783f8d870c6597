//! What operators load, as the rules see it: alerts, recording rules, dashboards, and every query
//! in them and in the runbooks, analysed once.

use std::cell::OnceCell;

use rra_ops::alerts::{self, Alert, Group};
use rra_ops::grafana::{self, Dashboard, Panel};
use rra_ops::prometheus::SEED_RULES;
use rra_ops::recordings::{self, RecordingGroup};
use rra_schema::metrics::mapping::{INCREMENTS, Increment};

use super::promql::{Analysis, Recorded, analyse};
use crate::pages::Pages;

/// Where the tables of alerts and recording rules are written.
const RULES: &str = "crates/rra-ops/src/alerts.rs";
/// Where the tables of recording rules are written.
const RECORDINGS: &str = "crates/rra-ops/src/recordings.rs";
/// Where the dashboards are written.
pub(super) const DASHBOARDS: &str = "crates/rra-ops/src/grafana";
/// The rules of the guide, word for word.
const SEED: &str = "docs/ops/prometheus/seed.rules.yml";
/// Where a person reads what to do about an alert.
pub(super) const RUNBOOKS: &str = "docs/runbooks";

/// Everything operators load.
#[derive(Clone, Debug, Default)]
pub(crate) struct Operations {
    pub(super) alerts: Vec<Group>,
    pub(super) recordings: Vec<RecordingGroup>,
    pub(super) dashboards: Vec<Dashboard>,
    /// Which event moves which metric.
    pub(super) mapping: Vec<Increment>,
    /// The rule file of the guide.
    pub(super) seed: String,
    queries: Memory,
}

/// One query and what was learnt about it.
#[derive(Debug)]
pub(super) struct Query {
    /// Where it stands.
    pub(super) file: String,
    /// What a reader knows it by.
    pub(super) of: String,
    pub(super) reader: Reader,
    pub(super) text: String,
    pub(super) analysis: Analysis,
}

/// Who reads the answer to a query; not every rule is for every reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reader {
    /// An alert; the flag says that it wakes somebody.
    Alert { is_critical: bool },
    /// Another query.
    Recording,
    /// Somebody at a dashboard.
    Panel,
    /// Somebody with a runbook.
    Runbook,
    /// An alert of the guide, kept as it is with its known faults.
    Seed,
}

/// What was learnt once. A copy has learnt nothing yet, since it may be changed.
#[derive(Debug, Default)]
struct Memory(OnceCell<Vec<Query>>);

impl Clone for Memory {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Operations {
    /// Those of the tables.
    pub(super) fn gather() -> Self {
        Self {
            alerts: alerts::groups(),
            recordings: recordings::groups(),
            dashboards: grafana::dashboards(),
            mapping: INCREMENTS.to_vec(),
            seed: SEED_RULES.to_owned(),
            queries: Memory::default(),
        }
    }

    /// Every query.
    pub(super) fn queries(&self, pages: &Pages) -> &[Query] {
        self.queries.0.get_or_init(|| {
            let recorded = self.recorded();
            let asked = [
                self.asked_by_recordings(),
                self.asked_by_alerts(),
                self.asked_by_panels(),
                asked_by_runbooks(pages),
                self.asked_by_the_guide(),
            ];
            let asked = asked.into_iter().flatten();
            asked.map(|asked| asked.analysed(&recorded)).collect()
        })
    }

    /// Every alert.
    pub(super) fn each_alert(&self) -> impl Iterator<Item = &Alert> {
        self.alerts.iter().flat_map(|group| &group.alerts)
    }

    /// Every panel with the address of its dashboard.
    pub(super) fn panels(&self) -> impl Iterator<Item = (&'static str, &Panel)> {
        self.dashboards.iter().flat_map(|dashboard| {
            let panels = dashboard.rows.iter().flat_map(|row| &row.panels);
            panels.map(|panel| (dashboard.uid, panel))
        })
    }

    /// What each recording rule gives; a rule may read those before it.
    fn recorded(&self) -> Recorded {
        let mut recorded = Recorded::new();
        for rule in self.recordings.iter().flat_map(|group| &group.recordings) {
            let shape = analyse(&rule.expression, &recorded).shape;
            recorded.insert(rule.name.clone(), shape);
        }
        recorded
    }

    fn asked_by_recordings(&self) -> Vec<Asked> {
        let rules = self.recordings.iter().flat_map(|group| &group.recordings);
        rules
            .map(|rule| Asked {
                file: RECORDINGS.to_owned(),
                of: rule.name.clone(),
                reader: Reader::Recording,
                text: rule.expression.clone(),
            })
            .collect()
    }

    fn asked_by_alerts(&self) -> Vec<Asked> {
        self.each_alert()
            .map(|alert| Asked {
                file: RULES.to_owned(),
                of: alert.name.to_owned(),
                reader: Reader::Alert {
                    is_critical: alert.severity == alerts::AlertSeverity::Critical,
                },
                text: alert.expression.clone(),
            })
            .collect()
    }

    fn asked_by_panels(&self) -> Vec<Asked> {
        let asked = |(uid, panel): (&str, &Panel)| -> Vec<Asked> {
            let targets = panel.targets.iter();
            targets
                .map(|target| Asked {
                    file: DASHBOARDS.to_owned(),
                    of: format!("{} of {uid}", panel.title),
                    reader: Reader::Panel,
                    text: target.expression.clone(),
                })
                .collect()
        };
        self.panels().flat_map(asked).collect()
    }

    fn asked_by_the_guide(&self) -> Vec<Asked> {
        let expressions = self
            .seed
            .lines()
            .filter_map(|line| line.trim().strip_prefix("expr: "));
        expressions
            .map(|text| Asked {
                file: SEED.to_owned(),
                of: "the guide".to_owned(),
                reader: Reader::Seed,
                text: text.to_owned(),
            })
            .collect()
    }
}

/// A query before anything is known about it.
struct Asked {
    file: String,
    of: String,
    reader: Reader,
    text: String,
}

impl Asked {
    fn analysed(self, recorded: &Recorded) -> Query {
        Query {
            analysis: analyse(&self.text, recorded),
            file: self.file,
            of: self.of,
            reader: self.reader,
            text: self.text,
        }
    }
}

fn asked_by_runbooks(pages: &Pages) -> Vec<Asked> {
    let mut asked = Vec::new();
    for (path, page) in pages.below(RUNBOOKS) {
        for block in page.split("```promql\n").skip(1) {
            let text = block.split("\n```").next().unwrap_or_default();
            asked.push(Asked {
                file: path.to_owned(),
                of: "a query".to_owned(),
                reader: Reader::Runbook,
                text: text.to_owned(),
            });
        }
    }
    asked
}
