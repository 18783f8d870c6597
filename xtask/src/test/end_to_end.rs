//! The example service under traffic, judged by its own account and by a real Prometheus.

use std::fs::File;

use crate::demo;
use crate::failure::Failure;
use crate::program::{program, run};

/// Runs the demo, which fails when a line, a span or a count is missing, and lets `promtool` judge
/// the page of metrics it leaves.
///
/// # Errors
/// When the account is not exact, or `promtool` finds fault with a name, a type or a help text.
pub(super) fn check() -> Result<(), Failure> {
    demo::run(lexopt::Parser::from_args(["--for", "0s"]))?;
    let path = demo::metrics_page()?;
    let page = File::open(&path)
        .map_err(|error| Failure::Broken(format!("{} is not there: {error}", path.display())))?;
    run(program("promtool").args(["check", "metrics"]).stdin(page))
}
