//! The files for Alertmanager: who is told of which alert, which alert mutes which, and the words.

use crate::alerts::{Alert, AlertSeverity};
use crate::file::RenderedFile;

/// Every file below `docs/ops/alertmanager`.
pub(crate) fn files() -> Vec<RenderedFile> {
    let file = |name: &str, text: &str| {
        RenderedFile::new(&format!("alertmanager/{name}"), text.to_owned())
    };
    vec![
        file("README.md", include_str!("alertmanager/README.md")),
        file(
            "alertmanager.yml",
            include_str!("alertmanager/alertmanager.yml"),
        ),
        file("templates/rra.tmpl", include_str!("alertmanager/rra.tmpl")),
    ]
}

/// The receivers that are told of an alert in production, in the order of the routes.
pub fn receivers(alert: &Alert, category: &str) -> &'static [&'static str] {
    match alert.severity {
        AlertSeverity::Critical if category == "security" => {
            &["pagerduty-security", "slack-critical"]
        }
        AlertSeverity::Critical => &["pagerduty-oncall", "slack-critical"],
        AlertSeverity::Warning => &["opsgenie-warning"],
        AlertSeverity::Info => &["email-daily"],
        AlertSeverity::None => &["heartbeat"],
    }
}
