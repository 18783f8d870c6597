//! Programs of another language, with another parser, must judge our lines as we do: a validator of
//! JSON Schemas, and the queries that sigma-cli makes of our Sigma rules.

use std::fs::File;
use std::io::BufWriter;
use std::process::Command;

use crate::check_schema;
use crate::failure::Failure;
use crate::program::{program, run};
use crate::workspace::root;

/// Valid lines shown to it, beside every mistake.
const LINES: usize = 10_000;

/// Writes the lines and lets the scripts in `tests/python` judge them.
///
/// # Errors
/// When the lines cannot be written, or the validator disagrees.
pub(super) fn check() -> Result<(), Failure> {
    let lines = root().join("target/schema-lines.jsonl");
    File::create(&lines)
        .and_then(|file| check_schema::emit(LINES, BufWriter::new(file)))
        .map_err(|error| {
            Failure::Broken(format!("{} cannot be written: {error}", lines.display()))
        })?;
    let version = rra_schema::SCHEMA_VERSION;
    run(python()
        .arg("tests/python/validate_schema.py")
        .arg(format!(
            "docs/reference/schemas/security-event/{version}/writer.schema.json"
        ))
        .arg(lines))?;
    run(python()
        .arg("tests/python/sigma_rules.py")
        .arg("docs/ops/sigma")
        .arg("docs/reference/schemas/examples/valid.jsonl"))
}

fn python() -> Command {
    program(root().join("target/venv/bin/python"))
}
