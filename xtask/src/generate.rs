//! `cargo xtask generate`: renders from the tables what is committed for readers of the
//! repository, and writes what changed.
//!
//! Rendering is pure: promises and pages in, text out. `cargo xtask check-schema` calls the same
//! functions and compares.

mod alerts_page;
mod configuration_page;
mod events_page;
mod examples;
pub(crate) mod marked;
mod metrics_page;
mod page;
pub(crate) mod released;
mod rules_page;

use std::fs;

use rra_schema::{events, json_schema};
use serde_json::Value;

use crate::failure::Failure;
use crate::pages::Pages;
use crate::registry::Registry;
use crate::workspace;

/// What a rendered file is about, and so which rule watches over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// JSON Schemas and the machine-readable catalogue.
    Schemas,
    /// Valid and invalid lines.
    Examples,
    Events,
    Metrics,
    Configuration,
    /// The rules of `check-schema`.
    Rules,
    /// What operators load into other programs.
    Operations,
    /// Rendered parts of pages that are written by hand.
    Marked,
}

/// One file as it should be committed.
#[derive(Clone, Debug)]
pub(crate) struct Rendered {
    pub(crate) subject: Subject,
    /// From the top folder of the repository.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Renders and writes; with `--freeze VERSION` also freezes the result as released.
///
/// # Errors
/// When a file cannot be read or written, or the version to freeze is frozen already.
pub(crate) fn run(mut arguments: lexopt::Parser) -> Result<(), Failure> {
    let mut version = None;
    while let Some(argument) = arguments.next()? {
        match argument {
            lexopt::Arg::Long("freeze") => {
                version = Some(arguments.value()?.to_string_lossy().into_owned());
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let registry = Registry::current();
    let pages = Pages::load()?;
    let mut written = 0;
    for rendered in render(&registry, &pages)? {
        if pages.get(&rendered.path) != Some(&rendered.text) {
            write(&rendered.path, &rendered.text)?;
            written += 1;
        }
    }
    println!("generate: {written} files written");
    match version {
        Some(version) => released::freeze(&registry, &version),
        None => Ok(()),
    }
}

/// Every file that is rendered.
///
/// # Errors
/// When a manifest or a mark in a page is not what it should be.
pub(crate) fn render(registry: &Registry, pages: &Pages) -> Result<Vec<Rendered>, Failure> {
    let (writer, reader) = schemas();
    let version = &registry.schema_version;
    let schema_path =
        |role| format!("docs/reference/schemas/security-event/{version}/{role}.schema.json");
    let mut rendered = of_tables(registry);
    rendered.extend([
        file(Subject::Schemas, &schema_path("writer"), pretty(&writer)),
        file(Subject::Schemas, &schema_path("reader"), pretty(&reader)),
        file(
            Subject::Examples,
            "docs/reference/schemas/examples/valid.jsonl",
            examples::valid(),
        ),
        file(
            Subject::Examples,
            "docs/reference/schemas/examples/invalid.jsonl",
            examples::invalid(),
        ),
        file(
            Subject::Rules,
            "docs/reference/check-schema.md",
            rules_page::render(),
        ),
    ]);
    rendered.push(file(
        Subject::Operations,
        "docs/reference/alerts.md",
        alerts_page::render(),
    ));
    rendered.extend(of_operations());
    rendered.extend(marked::features_page()?);
    rendered.extend(marked::render(pages)?);
    Ok(rendered)
}

/// The files that depend on the promises alone.
pub(crate) fn of_tables(registry: &Registry) -> Vec<Rendered> {
    vec![
        file(
            Subject::Schemas,
            "docs/reference/schemas/catalogue.json",
            registry.render(),
        ),
        file(
            Subject::Events,
            "docs/reference/events.md",
            events_page::render(registry),
        ),
        file(
            Subject::Metrics,
            "docs/reference/metrics.md",
            metrics_page::render(registry),
        ),
        file(
            Subject::Configuration,
            "docs/reference/configuration.md",
            configuration_page::render(registry),
        ),
    ]
}

/// The files below `docs/ops`.
fn of_operations() -> impl Iterator<Item = Rendered> {
    rra_ops::files()
        .into_iter()
        .map(|ops| file(Subject::Operations, &ops.path, ops.contents))
}

/// The strict schema of the writer and the lenient one of readers.
pub(crate) fn schemas() -> (Value, Value) {
    (
        json_schema::writer(events::CATALOGUE),
        json_schema::reader(),
    )
}

/// Writes a file below the top folder, with its folder.
pub(crate) fn write(path: &str, text: &str) -> Result<(), Failure> {
    let full = workspace::root().join(path);
    let folder = full.parent().unwrap_or(workspace::root());
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&full, text))
        .map_err(|error| Failure::Broken(format!("{path} cannot be written: {error}")))?;
    println!("wrote {path}");
    Ok(())
}

fn file(subject: Subject, path: &str, text: String) -> Rendered {
    Rendered {
        subject,
        path: path.to_owned(),
        text,
    }
}

/// Indented JSON with sorted keys, whatever order the map type keeps.
fn pretty(value: &Value) -> String {
    let text = serde_json::to_string_pretty(&sorted(value));
    text.expect("a JSON value always has a text") + "\n"
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut keys: Vec<&String> = members.keys().collect();
            keys.sort();
            keys.into_iter()
                .map(|key| (key.clone(), sorted(&members[key])))
                .collect()
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        plain => plain.clone(),
    }
}
