//! Four dashboards for Grafana 10 and newer, with every panel the monitoring guide names, two over the
//! log for what metrics must not hold, and their provisioning.

mod blockchain;
mod dashboard;
mod logs;
mod overview;
mod panel;
mod pipeline;
mod security;

use crate::file::RenderedFile;

pub use dashboard::{Dashboard, Row};
pub use panel::{Kind, Panel, Target};

/// All dashboards.
pub fn dashboards() -> Vec<Dashboard> {
    vec![
        overview::dashboard(),
        security::dashboard(),
        blockchain::dashboard(),
        pipeline::dashboard(),
    ]
}

/// Every file below `docs/ops/grafana`.
pub(crate) fn files() -> Vec<RenderedFile> {
    let file =
        |name: &str, text: &str| RenderedFile::new(&format!("grafana/{name}"), text.to_owned());
    let mut files = vec![
        file("README.md", include_str!("grafana/README.md")),
        file(
            "provisioning/dashboards.yml",
            include_str!("grafana/dashboards.yml"),
        ),
        file(
            "provisioning/datasources.yml",
            include_str!("grafana/datasources.yml"),
        ),
    ];
    files.extend(dashboards().iter().map(|dashboard| {
        let path = format!("grafana/dashboards/{}.json", dashboard.uid);
        RenderedFile::new(&path, dashboard.render())
    }));
    files.extend(logs::files());
    files
}
