//! The example service under traffic, judged by its own account and by a real Prometheus; and the
//! shipped rules and routes, judged by whether each alert comes, arrives and goes.

use std::fs::File;

use super::panels;
use crate::demo;
use crate::failure::Failure;
use crate::program::{program, run};

/// Runs the demo, which fails when a line, a span or a count is missing, lets `promtool` judge the
/// page of metrics it leaves, and runs the demo's stack.
///
/// # Errors
/// When the account is not exact, `promtool` finds fault with a name, a type or a help text, or an
/// alert does not do what it should.
pub(super) fn check() -> Result<(), Failure> {
    demo::run(lexopt::Parser::from_args(["--for", "0s"]))?;
    let path = demo::metrics_page()?;
    let page = File::open(&path)
        .map_err(|error| Failure::Broken(format!("{} is not there: {error}", path.display())))?;
    run(program("promtool").args(["check", "metrics"]).stdin(page))?;
    panels::check()?;
    demo::run(lexopt::Parser::from_args(["--stack", "--for", "0s"]))
}
