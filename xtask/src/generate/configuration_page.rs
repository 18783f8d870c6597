//! `docs/reference/configuration.md`: every environment variable with its default.

use super::page::{RENDERED, code, table};
use crate::registry::Registry;

/// The whole page.
pub(super) fn render(registry: &Registry) -> String {
    let rows = registry.variables.iter().map(|variable| {
        let default = if variable.default.is_empty() {
            String::new()
        } else {
            code(&variable.default)
        };
        [code(&variable.name), default, variable.summary.clone()]
    });
    format!(
        "# Environment variables\n\n{RENDERED}\n{}",
        table(["Variable", "Default", "Meaning"], rows)
    )
}
