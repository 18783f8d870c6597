//! Mistakes around queries: alerts that do not say what is wrong, panels that cannot be read.

use rra_ops::grafana::Panel;

use super::seed::{alert, panel, real_recordings, selected};
use super::{Mistake, mistake};
use crate::check_schema::evidence::Evidence;
use crate::check_schema::operations::RUNBOOKS;

pub(super) const MISTAKES: &[Mistake] = &[
    mistake("RUL017", "an alert has no runbook", |e| {
        alert(e, |_| ());
        e.pages.0.retain(|path, _| !path.starts_with(RUNBOOKS));
    }),
    mistake("RUL017", "a runbook lacks a heading", |e| {
        alert(e, |_| ());
        for page in e.pages.0.values_mut() {
            *page = page.replace("## Escalation\n", "");
        }
    }),
    mistake("RUL018", "an alert always fires", |e| {
        alert(e, |alert| {
            alert.expression = "up{job=\"rra-module\"}".to_owned()
        });
    }),
    mistake("RUL018", "an alert compares to give 0 or 1", |e| {
        alert(e, |alert| {
            alert.expression = "up{job=\"rra-module\"} == bool 0".to_owned()
        });
    }),
    mistake(
        "RUL019",
        "a text speaks of a label that was summed away",
        |e| {
            alert(e, |alert| {
                alert.expression =
                    "max by (job, environment) (up{job=\"rra-module\"}) == 0".to_owned();
                alert.description = "{{ $labels.instance }} is down.";
            });
        },
    ),
    mistake("RUL020", "a summary has a number", |e| {
        alert(e, |alert| alert.summary = "{{ $value }} are down");
    }),
    mistake("RUL020", "an alert has no description", |e| {
        alert(e, |alert| alert.description = "");
    }),
    mistake("RUL020", "a text calls a count a share", |e| {
        alert(e, |alert| {
            alert.description = "{{ $value | humanizePercentage }} are down"
        });
    }),
    mistake("RUL021", "an alert is named in another form", |e| {
        alert(e, |alert| alert.name = "rra_service_down");
    }),
    mistake("RUL021", "a recording rule is named in another form", |e| {
        real_recordings(e);
        e.operations.recordings[1].recordings[0].name = "rra_revenue".to_owned();
    }),
    mistake("RUL021", "a recording rule is there twice", |e| {
        real_recordings(e);
        let twice = e.operations.recordings[0].recordings[0].clone();
        e.operations.recordings[0].recordings.push(twice);
    }),
    mistake("RUL022", "an absence fires at once", |e| {
        alert(e, |alert| {
            alert.expression = "absent(up{job=\"rra-module\"})".to_owned();
            alert.for_minutes = 0;
        });
    }),
    mistake("DSH001", "a panel has no title", |e| {
        panel(e, |panel| panel.title = "")
    }),
    mistake("DSH001", "a panel has no description", |e| {
        panel(e, |panel| panel.description = "")
    }),
    mistake("DSH001", "a panel asks nothing", |e| {
        panel(e, |panel| panel.targets.clear())
    }),
    mistake("DSH002", "a panel has no unit", |e| {
        panel(e, |panel| panel.unit = "")
    }),
    mistake("DSH002", "a unit is misspelt", |e| {
        panel(e, |panel| panel.unit = "seconds")
    }),
    mistake("DSH002", "a rate is shown as a time", |e| {
        panel(e, |panel| panel.unit = "s")
    }),
    mistake("DSH002", "bytes are shown as a plain number", |e| {
        panel(e, |panel| {
            panel.unit = "short";
            ask(panel, "sum by (sink) (rra_sink_spool_bytes{})", "{{sink}}");
        })
    }),
    mistake("DSH003", "a legend names what was summed away", |e| {
        panel(e, |panel| panel.targets[0].legend = "{{result}}")
    }),
    mistake("DSH003", "a legend names a label that is none", |e| {
        panel(e, |panel| panel.targets[0].legend = "{{method}} {{reslt}}")
    }),
    mistake("DSH004", "a panel is wider than the grid", |e| {
        panel(e, |panel| panel.width = 30)
    }),
    mistake("DSH004", "a panel has no width", |e| {
        panel(e, |panel| panel.width = 0)
    }),
    mistake("DSH005", "a panel shows every instance", |e| {
        panel(e, |panel| remove(panel, ", instance=~\"$instance\""))
    }),
    mistake("DSH005", "a panel shows every job", |e| {
        panel(e, |panel| remove(panel, "job=~\"$job\", "))
    }),
    mistake("DSH006", "a rate has a window of its own", |e| {
        panel(e, |panel| {
            let expression = &mut panel.targets[0].expression;
            *expression = expression.replace("$__rate_interval", "5m");
        })
    }),
    mistake("DSH007", "two dashboards have one address", twice),
    mistake("DSH007", "an address is too short", |e| {
        panel(e, |_| ());
        e.operations.dashboards[0].uid = "rra";
    }),
    mistake(
        "DSH007",
        "an alert leads to a dashboard that is not there",
        |e| {
            alert(e, |alert| alert.dashboard = "rra-overviews");
        },
    ),
];

fn ask(panel: &mut Panel, query: &str, legend: &'static str) {
    panel.targets[0].expression = selected(query);
    panel.targets[0].legend = legend;
}

fn remove(panel: &mut Panel, text: &str) {
    let expression = &mut panel.targets[0].expression;
    *expression = expression.replace(text, "");
}

fn twice(evidence: &mut Evidence) {
    panel(evidence, |_| ());
    let copy = evidence.operations.dashboards[0].clone();
    evidence.operations.dashboards.push(copy);
}
