//! Renders cases as a file for `promtool test rules`.
#![expect(
    clippy::format_push_string,
    reason = "a file is rendered once; what it will look like is worth more than an allocation"
)]

use super::rules::duration;
use crate::stories::{Case, Check};

/// A test file for the rule file at `rules`, a path relative to the test file, whose groups are
/// evaluated in the order given: alerts read what recording groups wrote in the same step.
///
/// All cases must have steps of the same length.
pub fn render_tests(rules: &str, groups: &[String], cases: &[Case]) -> String {
    let interval = cases.first().map_or(1, |case| case.minutes_per_step);
    let mut text = format!(
        "# Rendered by `cargo xtask generate`; edit crates/rra-ops/src/stories.\n\
         # promtool test rules THIS_FILE\n\
         rule_files: [{rules}]\nevaluation_interval: {}\n\
         group_eval_order: [{}]\ntests:\n",
        duration(interval),
        groups.join(", ")
    );
    for case in cases {
        text += &render_case(case);
    }
    text
}

fn render_case(case: &Case) -> String {
    let interval = duration(case.minutes_per_step);
    let name = case.name.replace("; ", ";\n      ");
    let mut text = format!("\n  - name: >-\n      {name}\n    interval: {interval}\n");
    if !case.series.is_empty() {
        text += "    input_series:\n";
    }
    for series in &case.series {
        text += &format!("      - series: '{}'\n", series.selector());
        text += &format!("        values: '{}'\n", series.values());
    }
    text += "    promql_expr_test:\n";
    for check in &case.checks {
        text += &render_check(check, case.minutes_per_step);
    }
    text
}

fn render_check(check: &Check, minutes_per_step: u32) -> String {
    let minutes = check.step * minutes_per_step;
    let query = check.query.replace("STEPS", &format!("{}m", minutes + 1));
    let mut text = format!("      - expr: '{query}'\n        eval_time: {minutes}m\n");
    match &check.labels {
        None => text += "        exp_samples: []\n",
        Some(labels) => {
            text += &format!("        exp_samples: [{{labels: '{labels}', value: 1}}]\n");
        }
    }
    text
}
