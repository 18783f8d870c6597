//! Grafana's own types judge the dashboards, so that a misspelt option, which Grafana would pass over
//! in silence, does not compile; its grammar of Loki's queries and a parser of Lucene judge those of logs;
//! and the schemas of the Prometheus Operator judge the objects for
//! Kubernetes.

use std::fs::{self, File};

use crate::failure::Failure;
use crate::program::{output, program, run};
use crate::workspace::root;

/// The types, in `tests/typescript`.
const TYPES: &str = "grafana.ts";

/// Lets them all judge.
///
/// # Errors
/// When a file is not what they describe.
pub(super) fn check() -> Result<(), Failure> {
    dashboards()?;
    logs()?;
    yaml()?;
    kubernetes()
}

/// Writes each dashboard as a typed constant and lets the compiler look.
fn dashboards() -> Result<(), Failure> {
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

/// Grafana's own grammar judges the queries for Loki, a parser of Lucene and our index those for
/// Elasticsearch.
fn logs() -> Result<(), Failure> {
    const SCRIPT: &str = "logql.mjs";
    let folder = root().join("target/npm");
    fs::copy(
        root().join("tests/typescript").join(SCRIPT),
        folder.join(SCRIPT),
    )
    .map_err(|error| Failure::Broken(format!("the queries of logs: {error}")))?;
    let dashboards = root().join("docs/ops/grafana/dashboards");
    run(program("node")
        .current_dir(&folder)
        .arg(SCRIPT)
        .arg(dashboards.join("rra-logs-loki.json")))?;
    run(program(root().join("target/venv/bin/python"))
        .arg("tests/python/lucene_queries.py")
        .arg(dashboards.join("rra-logs-elasticsearch.json"))
        .arg("docs/ops/elastic/index-template.json"))
}

/// A strict reader takes every YAML file, and finds the components of the Collector's pipelines.
fn yaml() -> Result<(), Failure> {
    run(program(root().join("target/venv/bin/python"))
        .arg("tests/python/operator_files.py")
        .arg("docs/ops"))
}

/// YAML goes through Python, which has a parser for it.
fn kubernetes() -> Result<(), Failure> {
    const SCRIPT: &str = "kubernetes.mjs";
    let folder = root().join("target/npm");
    let failed = |error: std::io::Error| Failure::Broken(format!("the objects: {error}"));
    fs::copy(
        root().join("tests/typescript").join(SCRIPT),
        folder.join(SCRIPT),
    )
    .map_err(failed)?;
    let objects = output(
        program(root().join("target/venv/bin/python"))
            .arg("tests/python/yaml_to_json.py")
            .arg("docs/ops/kubernetes/grafana-dashboards.yml")
            .arg("docs/ops/kubernetes/prometheus-rule.yml")
            .arg("docs/ops/kubernetes/service-monitor.yml"),
    )?;
    let path = folder.join("objects.jsonl");
    fs::write(&path, objects).map_err(failed)?;
    let objects = File::open(&path).map_err(failed)?;
    run(program("node")
        .current_dir(&folder)
        .arg(SCRIPT)
        .arg(root().join("docs/ops/grafana/dashboards"))
        .stdin(objects))
}
