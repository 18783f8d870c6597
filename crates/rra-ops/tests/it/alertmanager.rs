//! A running Alertmanager on loopback.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::committed::root;

/// How long Alertmanager may take to start on a busy machine.
const START_DEADLINE: Duration = Duration::from_mins(1);

/// A server that is stopped when it is dropped.
pub(crate) struct Alertmanager {
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

impl Alertmanager {
    /// Starts it on a configuration.
    pub(crate) fn start(name: &str, configuration: &Path) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = free.local_addr().expect("it is bound").to_string();
        drop(free);
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("alertmanager-{name}"));
        // What an earlier run was told must not be heard again.
        let _ = fs::remove_dir_all(&folder);
        let process = Command::new("prometheus-alertmanager")
            .current_dir(root().join("docs/ops/alertmanager"))
            .arg(format!("--config.file={}", configuration.display()))
            .arg("--cluster.listen-address=")
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

    /// Tells it of an alert that fires; with `--end` and a time, of one that does not any more.
    pub(crate) fn add(&self, labels: &str) {
        let words: Vec<&str> = ["alert", "add"]
            .into_iter()
            .chain(labels.split(' '))
            .collect();
        assert!(self.ask(&words).is_some(), "{labels} was refused");
    }

    /// The names of the alerts that are not muted, once it knows of all of them.
    pub(crate) fn heard(&self, added: usize) -> Vec<String> {
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
