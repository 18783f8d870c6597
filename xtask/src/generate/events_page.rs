//! `docs/reference/events.md`: the line, every event type, every word list.

use super::page::{RENDERED, code, table, word_lists, yes};
use crate::check_schema::samples;
use crate::registry::{Event, Field, Registry};

const WORDS: &str = "## Word lists\n\nAn open list may grow in a minor version, so keep a default branch; a closed one does not.\n\n";

/// The whole page.
pub(super) fn render(registry: &Registry) -> String {
    let examples = samples::examples();
    let mut page = format!(
        "# Security events\n\n{RENDERED}\n{}",
        introduction(registry)
    );
    page.push_str(&line(registry));
    page.push_str(&overview(registry));
    for event in &registry.events {
        let example = examples
            .iter()
            .rfind(|sample| sample.event_type == event.name);
        page.push_str(&section(
            registry,
            event,
            example.map(|sample| sample.line.as_str()),
        ));
    }
    page.push_str(WORDS);
    page.push_str(&word_lists(&registry.words));
    page
}

fn introduction(registry: &Registry) -> String {
    let version = &registry.schema_version;
    format!(
        "Every event is one JSON object on one line. The strict schema of what is written is\n\
         [`writer.schema.json`](schemas/security-event/{version}/writer.schema.json), the lenient one of what a\n\
         consumer should accept [`reader.schema.json`](schemas/security-event/{version}/reader.schema.json). All of this\n\
         page for programs: [`catalogue.json`](schemas/catalogue.json). Lines that are valid, and lines that are not\n\
         with the reason why: [`schemas/examples`](schemas/examples).\n\n\
         New event types, optional keys and words of open lists may appear in a minor version. Nothing is removed,\n\
         renamed or given another meaning within a major version.\n\n"
    )
}

fn line(registry: &Registry) -> String {
    let rows = registry.keys.iter().map(|key| {
        [
            code(&key.name),
            yes(key.required),
            form(registry, key),
            key.summary.clone(),
        ]
    });
    let bounds = registry
        .limits
        .iter()
        .map(|(name, bound)| [code(name), bound.to_string()]);
    format!(
        "## The line\n\nKeys are written in this order. A key that has nothing to say is left out, never `null` or empty.\n\n{}\n\
         Bounds; what exceeds one is cut and named in `truncated`:\n\n{}\n",
        table(["Key", "Always there", "Form", "Meaning"], rows),
        table(["Bound", "Value"], bounds),
    )
}

fn overview(registry: &Registry) -> String {
    let rows = registry.events.iter().map(|event| {
        let link = format!("[`{}`](#{})", event.name, event.name.replace('.', ""));
        [
            link,
            event.severity.clone(),
            event.outcome.clone(),
            event.source.clone(),
            event.summary.clone(),
        ]
    });
    format!(
        "## Event types\n\nThe severity is the lowest an event of the type has; a caller may raise it. Types of source\n\
         `guide` come from the monitoring guide of the RRA Module, `module` from its logger, `audit` are the log's\n\
         statements about itself.\n\n{}\n",
        table(["Type", "Severity", "Outcome", "Source", "Meaning"], rows),
    )
}

fn section(registry: &Registry, event: &Event, example: Option<&str>) -> String {
    let rows = event.fields.iter().map(|field| {
        [
            code(&field.name),
            yes(field.required),
            form(registry, field),
            field.summary.clone(),
        ]
    });
    let fields = match event.fields.as_slice() {
        [] => "It has no `details` of its own.\n".to_owned(),
        _ => table(
            ["Key of `details`", "Always there", "Form", "Meaning"],
            rows,
        ),
    };
    let example = example.map_or_else(String::new, |line| format!("\n```json\n{line}\n```\n"));
    format!(
        "### {}\n\n{} Since {}.\n\n{fields}{example}\n",
        event.name, event.summary, event.since
    )
}

/// What a value may be, for people.
fn form(registry: &Registry, field: &Field) -> String {
    let chars = field
        .max_chars
        .map_or_else(String::new, |max| format!(", up to {max} characters"));
    match (field.form.as_str(), &field.words) {
        ("word", Some(name)) if registry.words(name).is_some() => format!("[{name}](#{name})"),
        ("integer", _) => format!("whole number from {}", field.minimum.unwrap_or(0)),
        ("ratio", _) => "number from 0 to 1".to_owned(),
        ("identifier", _) => format!("name{chars}"),
        ("ip_address", _) => "IPv4 or IPv6 address".to_owned(),
        ("chain_id", _) => "CAIP-2 chain id".to_owned(),
        ("decimal", _) => "decimal number in text".to_owned(),
        ("token_id", _) => "whole number in text".to_owned(),
        ("sha256", _) => "SHA-256 digest".to_owned(),
        ("url", _) => format!("URL without query{chars}"),
        ("tags", _) => "list of words".to_owned(),
        ("pointers", _) => "list of JSON pointers".to_owned(),
        ("details", _) => "object".to_owned(),
        ("flag", _) => "`true`".to_owned(),
        ("event_id", _) => "event id".to_owned(),
        (plain, _) => format!("{}{chars}", plain.replace('_', " ")),
    }
}
