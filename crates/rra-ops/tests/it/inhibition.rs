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

#[test]
fn an_absent_service_mutes_all_of_its_job_but_attacks() {
    let alertmanager = Alertmanager::start("absent");
    alertmanager.add("RRAServiceAbsent severity=critical category=service job=rra-module");
    alertmanager.add(
        "RRAHighLatency severity=warning category=service job=rra-module environment=production",
    );
    alertmanager.add("RRABruteForceDetected severity=critical category=security job=rra-module environment=production");
    alertmanager.add("HighLatency severity=warning category=service job=other");
    assert_eq!(
        alertmanager.heard(4),
        ["HighLatency", "RRABruteForceDetected", "RRAServiceAbsent"]
    );
}

#[test]
fn a_nearly_full_disk_mutes_the_warning_of_the_same_disk_only() {
    let alertmanager = Alertmanager::start("disk");
    let disk = "category=pipeline job=rra-module environment=production role=log";
    alertmanager.add(&format!(
        "RRADiskNearlyFull severity=critical {disk} instance=a"
    ));
    alertmanager.add(&format!(
        "RRADiskFillingUp severity=warning {disk} instance=a"
    ));
    alertmanager.add(&format!(
        "RRADiskFillingUp severity=warning {disk} instance=b"
    ));
    assert_eq!(
        alertmanager.heard(3),
        ["RRADiskFillingUp", "RRADiskNearlyFull"]
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
