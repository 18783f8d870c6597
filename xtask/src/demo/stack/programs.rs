//! The two servers as processes: started on free ports, asked over HTTP, gone with the stack.

use std::fs::File;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use serde_json::Value;

use super::files::Files;
use super::{DEADLINE, POLL};
use crate::demo::service::Service;
use crate::failure::Failure;

/// A running Prometheus and Alertmanager.
pub(super) struct Programs {
    prometheus: Process,
    alertmanager: Process,
}

struct Process {
    child: Child,
    url: String,
}

impl Programs {
    /// Starts both and waits until they answer.
    ///
    /// # Errors
    /// When one cannot be started, or does not answer.
    pub(super) fn start(files: &Files) -> Result<Self, Failure> {
        let alertmanager = Process::start(
            files,
            "prometheus-alertmanager",
            &files.alertmanager,
            &[
                "--config.file=alertmanager.yml",
                "--storage.path=alertmanager",
                "--cluster.listen-address=",
            ],
        )?;
        let address = free_address()?;
        let prometheus = Process::start(
            files,
            "prometheus",
            &address,
            &[
                "--config.file=prometheus.yml",
                "--storage.tsdb.path=prometheus",
                "--storage.tsdb.retention.time=45d",
                // A firing alert is repeated as often as the shorter times of Alertmanager want it.
                "--rules.alert.resend-delay=600ms",
            ],
        )?;
        Ok(Self {
            prometheus,
            alertmanager,
        })
    }

    /// Where a person looks.
    pub(super) fn links(&self, service: &Service) -> String {
        format!(
            "Prometheus    {0}/alerts\n              {0}/graph?g0.expr=rra_security_events_total&g0.tab=0\n\
             Alertmanager  {1}/#/alerts\nService       {2}/metrics",
            self.prometheus.url, self.alertmanager.url, service.admin
        )
    }

    /// The alerts that Prometheus has: name and state.
    pub(super) fn alerts(&self) -> Vec<(String, String)> {
        let answer = self.ask("/api/v1/alerts");
        let alerts = answer["data"]["alerts"].as_array().into_iter().flatten();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        alerts
            .map(|alert| (text(&alert["labels"]["alertname"]), text(&alert["state"])))
            .collect()
    }

    /// How many of its targets answer.
    pub(super) fn targets_up(&self) -> usize {
        let answer = self.ask("/api/v1/targets?state=active");
        let targets = answer["data"]["activeTargets"]
            .as_array()
            .into_iter()
            .flatten();
        targets.filter(|target| target["health"] == "up").count()
    }

    fn ask(&self, path: &str) -> Value {
        get(&format!("{}{path}", self.prometheus.url)).unwrap_or_default()
    }
}

impl Process {
    fn start(
        files: &Files,
        name: &str,
        address: &str,
        arguments: &[&str],
    ) -> Result<Self, Failure> {
        let said = files.folder.join(format!("{name}.out"));
        let failed = |error: &dyn std::fmt::Display| {
            Failure::Broken(format!("{name} cannot be started: {error}; Debian has it"))
        };
        let output = File::create(&said).map_err(|error| failed(&error))?;
        let child = Command::new(name)
            .current_dir(&files.folder)
            .args(arguments)
            .arg(format!("--web.listen-address={address}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(output)
            // Ctrl-C is for the demo, which ends them in order.
            .process_group(0)
            .spawn()
            .map_err(|error| failed(&error))?;
        let url = format!("http://{address}");
        let mut process = Self { child, url };
        let start = Instant::now();
        while ureq::get(&format!("{}/-/ready", process.url))
            .call()
            .is_err()
        {
            let is_over = process
                .child
                .try_wait()
                .is_ok_and(|status| status.is_some());
            if is_over || start.elapsed() > DEADLINE {
                let said = std::fs::read_to_string(&said).unwrap_or_default();
                return Err(failed(&said));
            }
            std::thread::sleep(POLL);
        }
        Ok(process)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Nothing of the stack is worth keeping, and a process that has ended is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address that was free a moment ago; neither program can choose one and say which.
///
/// # Errors
/// When loopback has no free port.
pub(super) fn free_address() -> Result<String, Failure> {
    let address = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    address
        .map(|address| address.to_string())
        .map_err(|error| Failure::Broken(format!("loopback has no free port: {error}")))
}

/// The JSON at an address; nothing when there is none.
fn get(url: &str) -> Option<Value> {
    let text = ureq::get(url)
        .call()
        .ok()?
        .body_mut()
        .read_to_string()
        .ok()?;
    serde_json::from_str(&text).ok()
}
