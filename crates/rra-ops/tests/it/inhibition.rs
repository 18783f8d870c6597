//! Which alert mutes which, tried on a running Alertmanager on loopback. It is stopped before the
//! shortest `group_wait` is over, so it never notifies anybody.

use std::fs;
use std::path::PathBuf;

use crate::alertmanager::Alertmanager;
use crate::committed::root;

/// Each inhibition of the shipped file: who mutes whom, and the label in which an alert differs that
/// stays heard.
const RULES: [(&str, &str, &str); 7] = [
    ("RRAServiceAbsent", "RRAHighLatency", "environment"),
    ("RRAServiceDown", "RRARestartLoop", "instance"),
    (
        "RRACertificateExpiryCritical",
        "RRACertificateExpiry",
        "certificate",
    ),
    ("RRAAllSinksDown", "RRASinkDown", "instance"),
    ("RRADiskNearlyFull", "RRADiskFillingUp", "role"),
    (
        "RRAErrorBudgetBurnFast",
        "RRAErrorBudgetBurnSlow",
        "environment",
    ),
    (
        "RRAUptimeBudgetBurnFast",
        "RRAUptimeBudgetBurnSlow",
        "environment",
    ),
];

#[test]
fn every_inhibition_mutes_its_target_and_nothing_beside() {
    let alertmanager = Alertmanager::start("inhibitions", &shipped());
    for (rule, (source, target, label)) in RULES.iter().enumerate() {
        let of = |other: &str| {
            let value = |name: &str| {
                let kind = if name == other { "other" } else { "same" };
                format!("{name}={kind}-{rule}")
            };
            let names = ["job", "environment", "instance", "certificate", "role"];
            names.map(value).join(" ")
        };
        let category = "severity=critical category=service";
        alertmanager.add(&format!("{source} {category} {}", of("")));
        alertmanager.add(&format!("{target} {category} {}", of("")));
        alertmanager.add(&format!("{target} {category} {}", of(label)));
        let attack = "RRABruteForceDetected severity=critical category=security";
        alertmanager.add(&format!("{attack} {}", of("")));
    }
    let mut expected: Vec<&str> = RULES
        .iter()
        .flat_map(|(source, target, _)| [*source, *target, "RRABruteForceDetected"])
        .collect();
    expected.sort_unstable();
    assert_eq!(alertmanager.heard(4 * RULES.len()), expected);
}

#[test]
fn every_inhibition_of_the_file_is_tried() {
    let text = fs::read_to_string(shipped()).expect("it is there");
    let sources: Vec<&str> = text
        .lines()
        .filter_map(|line| {
            line.split_once("source_matchers: [alertname=\"")?
                .1
                .split('"')
                .next()
        })
        .collect();
    let tried: Vec<&str> = RULES.iter().map(|(source, _, _)| *source).collect();
    assert_eq!(sources, tried);
}

/// A label that neither side has counts as equal. Were alerts not named, this would mute everything.
#[test]
fn an_alert_without_labels_mutes_only_whom_its_rule_names() {
    let alertmanager = Alertmanager::start("bare", &shipped());
    alertmanager.add("RRADiskNearlyFull severity=critical");
    alertmanager.add("RRASinkErrors severity=warning");
    alertmanager.add("SomebodyElses severity=warning");
    assert_eq!(
        alertmanager.heard(3),
        ["RRADiskNearlyFull", "RRASinkErrors", "SomebodyElses"]
    );
}

fn shipped() -> PathBuf {
    root().join("docs/ops/alertmanager/alertmanager.yml")
}
