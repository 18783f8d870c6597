//! What an operator loads into other programs, as data with pure renderers: rules, dashboards,
//! routing and integration files that speak only of metrics and events the catalogue has.
//!
//! ```
//! let files = rra_ops::files();
//! let rules = files.iter().find(|file| file.path.ends_with("rra.rules.yml")).expect("rendered");
//! assert!(rules.contents.contains("alert: RRABruteForceDetected"));
//! ```
//!
//! # Where things are
//!
//! - [`alerts`]: every alert with its expression, texts and severity, group by group.
//! - [`recordings`]: the recording rules that dashboards and budget alerts read.
//! - [`stories`]: for each alert, the series that make it fire and those that stay just under its
//!   threshold; rendered as unit tests for `promtool`.
//! - [`prometheus`]: the rule files, their tests and an example configuration.
//! - [`alertmanager`]: who is told of which alert.
//! - [`grafana`]: the dashboards.
//!
//! Nothing here does IO. `cargo xtask generate` writes the files.

pub mod alertmanager;
pub mod alerts;
pub mod grafana;
pub mod prometheus;
pub mod recordings;
pub mod stories;

mod attacks;
mod file;
mod integrations;
mod json;
mod promql;

pub use file::{RenderedFile, files};
