//! The files for Prometheus: two sets of rules of which one is loaded, their unit tests, and an
//! example configuration.

mod config;
mod rules;
mod seed;
mod unit_tests;

use crate::alerts;
use crate::file::RenderedFile;
use crate::recordings;
use crate::stories::{self, Case};

pub use rules::{render_rules, runbook_path};
pub use seed::SEED_RULES;
pub use unit_tests::render_tests;

/// Every file below `docs/ops/prometheus`.
pub(crate) fn files() -> Vec<RenderedFile> {
    let mut stories = stories::packed(&stories::all());
    stories.extend(stories::of_recordings());
    let twins = stories::twins();
    let in_steps = |minutes: u32| of_steps(&stories, minutes);
    let twins_in_steps = |minutes: u32| of_steps(&twins, minutes);
    let tests = |name: &str, rules: &str, groups: &[String], cases: &[Case]| {
        let contents = render_tests(&format!("../{rules}"), groups, cases);
        RenderedFile::new(&format!("prometheus/tests/{name}"), contents)
    };
    let ours = |name: &str, cases: &[Case]| tests(name, "rra.rules.yml", &group_names(), cases);
    let seed =
        |name: &str, cases: &[Case]| tests(name, "seed.rules.yml", &["rra.seed".to_owned()], cases);
    vec![
        RenderedFile::new("prometheus/README.md", config::readme()),
        RenderedFile::new("prometheus/prometheus.yml", config::render()),
        RenderedFile::new("prometheus/seed.rules.yml", SEED_RULES.to_owned()),
        RenderedFile::new(
            "prometheus/rra.rules.yml",
            render_rules(&recordings::groups(), &alerts::groups()),
        ),
        ours("rra.minutes.test.yml", &in_steps(1)),
        ours("rra.hours.test.yml", &in_steps(5)),
        ours("rra.days.test.yml", &in_steps(30)),
        ours("twins.rra.minutes.test.yml", &twins_in_steps(1)),
        ours("twins.rra.days.test.yml", &twins_in_steps(30)),
        seed("twins.seed.minutes.test.yml", &twins_in_steps(1)),
        seed("twins.seed.days.test.yml", &twins_in_steps(30)),
        seed("defects.seed.test.yml", &stories::seed_defects()),
    ]
}

/// The cases whose steps have this length; a file has one length.
fn of_steps(cases: &[Case], minutes: u32) -> Vec<Case> {
    let cases = cases.iter();
    cases
        .filter(|case| case.minutes_per_step == minutes)
        .cloned()
        .collect()
}

/// The groups of `rra.rules.yml` in the order of the file.
fn group_names() -> Vec<String> {
    let recordings = recordings::groups();
    let recordings = recordings.iter().map(|group| group.name.to_owned());
    let alerts = alerts::groups();
    let alerts = alerts.iter().map(|group| format!("rra.{}", group.category));
    recordings.chain(alerts).collect()
}
