//! A rendered file and the list of them all.

use crate::{alertmanager, grafana, integrations, prometheus};

/// One file below `docs/ops`, ready to be written or compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedFile {
    /// Where it lies, relative to the repository, with `/` between the parts.
    pub path: String,
    /// Its text.
    pub contents: String,
}

impl RenderedFile {
    /// A file below `docs/ops`.
    pub(crate) fn new(path: &str, contents: String) -> Self {
        let path = format!("docs/ops/{path}");
        Self { path, contents }
    }
}

/// Every file below `docs/ops`.
pub fn files() -> Vec<RenderedFile> {
    [
        prometheus::files(),
        alertmanager::files(),
        grafana::files(),
        integrations::files(),
    ]
    .concat()
}
