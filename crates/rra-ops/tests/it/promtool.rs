//! The rules against `promtool`, the judge that comes with Prometheus.

use std::process::Command;

use crate::committed::root;

/// Runs `promtool` in `docs/ops/prometheus` and returns what it says, or that as an error.
pub(crate) fn promtool(arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("promtool")
        .args(arguments)
        .current_dir(root().join("docs/ops/prometheus"))
        .output()
        .expect("promtool can be started; Debian has it in the package prometheus");
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    if output.status.success() {
        Ok(text)
    } else {
        Err(text)
    }
}

#[track_caller]
fn check(arguments: &[&str]) {
    if let Err(reason) = promtool(arguments) {
        panic!("promtool {}:\n{reason}", arguments.join(" "));
    }
}

#[test]
fn the_rules_are_well_formed() {
    check(&[
        "check",
        "rules",
        "--lint=all",
        "--lint-fatal",
        "rra.rules.yml",
        "seed.rules.yml",
    ]);
}

#[test]
fn the_configuration_is_well_formed() {
    check(&["check", "config", "prometheus.yml"]);
}

#[test]
fn the_guides_rules_fire_when_we_say() {
    check(&["test", "rules", "tests/twins.seed.test.yml"]);
}

#[test]
fn the_guides_rules_have_the_faults_we_say() {
    check(&["test", "rules", "tests/defects.seed.test.yml"]);
}
