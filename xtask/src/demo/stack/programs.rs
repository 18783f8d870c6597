//! The two servers: started on the files of the stack, asked what they know.

use serde_json::Value;

use super::files::Files;
use crate::demo::process::Process;
use crate::demo::service::Service;
use crate::failure::Failure;

/// A running Prometheus and Alertmanager.
pub(super) struct Programs {
    prometheus: Process,
    alertmanager: Process,
}

impl Programs {
    /// Starts both and waits until they answer.
    ///
    /// # Errors
    /// When one cannot be started, or does not answer.
    pub(super) fn start(files: &Files) -> Result<Self, Failure> {
        let alertmanager = Process::start(
            &files.folder,
            "prometheus-alertmanager",
            &files.alertmanager,
            &[
                "--config.file=alertmanager.yml",
                "--storage.path=alertmanager",
                "--cluster.listen-address=",
            ],
        )?;
        let prometheus = Process::start(
            &files.folder,
            "prometheus",
            &files.prometheus,
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
            self.prometheus.url(),
            self.alertmanager.url(),
            service.admin
        )
    }

    /// The alerts that Prometheus has: name and state.
    pub(super) fn alerts(&self) -> Vec<(String, String)> {
        let answer = self.prometheus.ask("/api/v1/alerts");
        let alerts = answer["data"]["alerts"].as_array().into_iter().flatten();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        alerts
            .map(|alert| (text(&alert["labels"]["alertname"]), text(&alert["state"])))
            .collect()
    }

    /// What Prometheus answers to a query that gives one figure.
    pub(super) fn figure(&self, query: &str) -> Option<f64> {
        let answer = self.prometheus.query(query);
        let value = answer["data"]["result"][0]["value"][1].as_str()?;
        value.parse().ok()
    }

    /// How many of its targets answer.
    pub(super) fn targets_up(&self) -> usize {
        let answer = self.prometheus.ask("/api/v1/targets?state=active");
        let targets = answer["data"]["activeTargets"]
            .as_array()
            .into_iter()
            .flatten();
        targets.filter(|target| target["health"] == "up").count()
    }
}
