//! Grafana's own types judge the dashboards: a misspelt option, which Grafana would pass over in
//! silence, does not compile.

use std::fs;

use crate::failure::Failure;
use crate::program::{program, run};
use crate::workspace::root;

/// The types, in `tests/typescript`.
const TYPES: &str = "grafana.ts";

/// Writes each dashboard as a typed constant and lets the compiler look.
///
/// # Errors
/// When a dashboard is not what Grafana's types describe.
pub(super) fn check() -> Result<(), Failure> {
    let folder = root().join("target/npm");
    let failed = |error: std::io::Error| Failure::Broken(format!("the dashboards: {error}"));
    fs::copy(
        root().join("tests/typescript").join(TYPES),
        folder.join(TYPES),
    )
    .map_err(failed)?;
    let mut names = Vec::new();
    for entry in fs::read_dir(root().join("docs/ops/grafana/dashboards")).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let dashboard = fs::read_to_string(&path).map_err(failed)?;
        let name = path.with_extension("ts");
        let name = name.file_name().unwrap_or_default().to_owned();
        let text = format!(
            "import type {{ Classic }} from \"./grafana\";\n\
             export const dashboard: Classic = {dashboard};\n"
        );
        fs::write(folder.join(&name), text).map_err(failed)?;
        names.push(name);
    }
    run(program("node_modules/.bin/tsc")
        .current_dir(&folder)
        .args(["--noEmit", "--strict", "--skipLibCheck"])
        .args(["--target", "es2022", "--module", "nodenext"])
        .args(names))
}
