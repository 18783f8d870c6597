//! Which alert mutes which, tried on a running Alertmanager on loopback. It is stopped before the
//! shortest `group_wait` is over, so it never notifies anybody.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::committed::root;

/// How long Alertmanager may take to start on a busy machine.
const START_DEADLINE: Duration = Duration::from_mins(1);

struct Alertmanager {
    process: Child,
    url: String,
}

impl Drop for Alertmanager {
    fn drop(&mut self) {
        // Nothing is left to do when it has ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Each inhibition of the shipped file: who mutes whom, and the label in which an alert differs that
/// stays heard.
const RULES: [(&str, &str, &str); 7] = [
    ("RRAServiceAbsent", "RRAHighLatency", "job"),
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
    let alertmanager = Alertmanager::start("inhibitions");
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
    let path = root().join("docs/ops/alertmanager/alertmanager.yml");
    let text = fs::read_to_string(path).expect("it is there");
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
    let alertmanager = Alertmanager::start("bare");
    alertmanager.add("RRADiskNearlyFull severity=critical");
    alertmanager.add("RRASinkErrors severity=warning");
    alertmanager.add("SomebodyElses severity=warning");
    assert_eq!(
        alertmanager.heard(3),
        ["RRADiskNearlyFull", "RRASinkErrors", "SomebodyElses"]
    );
}

impl Alertmanager {
    fn start(name: &str) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = free.local_addr().expect("it is bound").to_string();
        drop(free);
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("alertmanager-{name}"));
        // What an earlier run was told must not be heard again.
        let _ = fs::remove_dir_all(&folder);
        let process = Command::new("prometheus-alertmanager")
            .current_dir(root().join("docs/ops/alertmanager"))
            .args([
                "--config.file=alertmanager.yml",
                "--cluster.listen-address=",
            ])
            .arg(format!("--storage.path={}", folder.display()))
            .arg(format!("--web.listen-address={address}"))
            .stderr(Stdio::null())
            .spawn()
            .expect(
                "prometheus-alertmanager can be started; Debian has it in the package of that name",
            );
        let url = format!("--alertmanager.url=http://{address}");
        let alertmanager = Self { process, url };
        let start = Instant::now();
        while alertmanager.ask(&["alert", "query"]).is_none() {
            assert!(
                start.elapsed() < START_DEADLINE,
                "Alertmanager does not start"
            );
        }
        alertmanager
    }

    fn add(&self, labels: &str) {
        let words: Vec<&str> = ["alert", "add"]
            .into_iter()
            .chain(labels.split(' '))
            .collect();
        assert!(self.ask(&words).is_some(), "{labels} was refused");
    }

    /// The names of the alerts that are not muted, once it knows of all of them.
    fn heard(&self, added: usize) -> Vec<String> {
        let start = Instant::now();
        loop {
            let muted = self.alerts("suppressed");
            let active = self.alerts("active");
            if muted.len() + active.len() == added {
                return active;
            }
            assert!(start.elapsed() < START_DEADLINE, "{muted:?} {active:?}");
        }
    }

    /// The names of the alerts in this state.
    fn alerts(&self, state: &str) -> Vec<String> {
        let which = if state == "suppressed" {
            "--inhibited"
        } else {
            "--no-inhibited"
        };
        let text = self
            .ask(&["alert", "query", which, "-o", "json"])
            .unwrap_or_default();
        let alerts: Vec<Value> = serde_json::from_str(&text).unwrap_or_default();
        let mut names: Vec<String> = alerts
            .iter()
            .filter(|alert| alert["status"]["state"] == state)
            .filter_map(|alert| alert["labels"]["alertname"].as_str().map(str::to_owned))
            .collect();
        names.sort();
        names
    }

    /// What `amtool` says, unless it fails.
    fn ask(&self, arguments: &[&str]) -> Option<String> {
        let output = Command::new("amtool")
            .arg(&self.url)
            .args(arguments)
            .output();
        let output = output.expect("amtool can be started");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        output.status.success().then_some(text)
    }
}
