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

/// Environment is a target label, since external labels are in no local query; the default retention
/// is too short for what is asked.
#[test]
fn the_configuration_is_the_guides_with_an_environment_and_a_word_on_retention() {
    let path = root().join("docs/ops/prometheus/prometheus.yml");
    let text = fs::read_to_string(path).expect("it is there");
    let (_, job) = text.split_once("job_name: 'rra-module'").expect("the job");
    let (_, targets) = job
        .split_once("targets: ['localhost:8000']")
        .expect("targets");
    let (labels, _) = targets.split_once("\n\n").expect("a part of its own");
    assert!(labels.contains("\n        labels:\n"), "{labels}");
    assert!(
        labels.contains("\n          environment: production"),
        "{labels}"
    );
    assert!(text.contains("--storage.tsdb.retention.time=45d"));
}

/// Name, expression and duration as the guide has them.
#[test]
fn the_guides_eight_stand_word_for_word() {
    let text = fs::read_to_string(root().join("docs/ops/prometheus/seed.rules.yml"));
    let text = text.expect("it is there");
    let found: Vec<&str> = text
        .lines()
        .map(|line| line.trim().trim_start_matches("- "))
        .filter_map(|line| {
            let keys = ["alert: ", "expr: ", "for: ", "severity: "];
            keys.iter().find_map(|key| line.strip_prefix(key))
        })
        .collect();
    assert_eq!(found, GUIDE.concat());
}

const GUIDE: [[&str; 4]; 8] = [
    [
        "RRAServiceDown",
        "up{job=\"rra-module\"} == 0",
        "1m",
        "critical",
    ],
    [
        "RRAHighErrorRate",
        "rate(rra_api_errors_total[5m]) > 10",
        "5m",
        "critical",
    ],
    [
        "RRABruteForceDetected",
        "increase(rra_auth_attempts_total{result=\"failure\"}[5m]) > 50",
        "1m",
        "critical",
    ],
    [
        "RRAHighLatency",
        "histogram_quantile(0.95, rate(rra_api_request_duration_seconds_bucket[5m])) > 2",
        "10m",
        "warning",
    ],
    [
        "RRARateLimitExhaustion",
        "increase(rra_rate_limit_hits_total[1h]) > 100",
        "5m",
        "warning",
    ],
    [
        "RRASSRFAttempts",
        "increase(rra_security_events_total{event_type=\"ssrf.blocked\"}[1h]) > 5",
        "5m",
        "warning",
    ],
    [
        "RRALowTransactionVolume",
        "increase(rra_licenses_issued_total[24h]) < 1",
        "24h",
        "info",
    ],
    [
        "RRACertificateExpiry",
        "(rra_tls_certificate_expiry_seconds - time()) < 604800",
        "1h",
        "info",
    ],
];

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
