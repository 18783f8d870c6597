//! The rules against `promtool`, the judge that comes with Prometheus.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::committed::root;
use crate::isolated::at_both_cores;

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

/// Each file as an operator runs it: against the rules that are shipped, whole.
#[test]
fn the_shipped_tests_pass_on_the_shipped_rules() {
    let folder = root().join("docs/ops/prometheus/tests");
    let entries = fs::read_dir(folder).expect("the tests are there");
    let files: Vec<String> = entries
        .map(|entry| {
            let name = entry.expect("it can be read").file_name();
            format!("tests/{}", name.to_string_lossy())
        })
        .collect();
    assert_eq!(files.len(), 8);
    let failures = at_both_cores(files, |file| promtool(&["test", "rules", &file]).err());
    let failures: Vec<String> = failures.into_iter().flatten().collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_wrong_rule_is_noticed_by_the_shipped_tests() {
    let folder = root().join("docs/ops/prometheus");
    let read = |path: &str| fs::read_to_string(folder.join(path)).expect("it is there");
    let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wrong");
    fs::create_dir_all(copy.join("tests")).expect("target can be written");
    let rules = read("seed.rules.yml").replace("> 50", "> 5000");
    fs::write(copy.join("seed.rules.yml"), rules).expect("target can be written");
    let tests = copy.join("tests/twins.yml");
    fs::write(&tests, read("tests/twins.seed.minutes.test.yml")).expect("target can be written");
    let verdict = promtool(&["test", "rules", &tests.to_string_lossy()]);
    assert!(verdict.is_err_and(|reason| reason.contains("RRABruteForceDetected")));
}
