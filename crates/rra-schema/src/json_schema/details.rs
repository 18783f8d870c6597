//! What our own lines must hold beyond the envelope: a known or custom event type, tags of one
//! word, and by type the lowest severity, the outcome and the details.

use serde_json::{Map, Value, json};

use super::kinds;
use crate::severity::Severity;
use crate::spec::{EventSpec, Outcome, Presence};

/// The details of every type, each under the name `details.TYPE`.
pub(super) fn definitions(catalogue: &[EventSpec]) -> Map<String, Value> {
    catalogue
        .iter()
        .map(|event| (name(event), definition(event)))
        .collect()
}

/// The schema of lines that were not converted from another writer's.
pub(super) fn native(catalogue: &[EventSpec]) -> Value {
    let mut branches: Vec<Value> = catalogue.iter().map(branch).collect();
    branches.push(custom());
    json!({
        "properties": { "event_type": event_type(catalogue), "tags": { "items": tag() } },
        "allOf": branches,
    })
}

/// Nobody but the service knows whether its own event is a success, so the line does not say.
fn custom() -> Value {
    json!({
        "if": { "properties": { "event_type": { "pattern": "^x\\." } } },
        "then": { "properties": { "outcome": false } },
    })
}

fn event_type(catalogue: &[EventSpec]) -> Value {
    let names: Vec<&str> = catalogue.iter().map(|event| event.name).collect();
    json!({ "anyOf": [{ "enum": names }, { "pattern": "^x(\\.[a-z][a-z0-9_]{0,31}){2,4}$" }] })
}

fn tag() -> Value {
    json!({ "pattern": "^[a-z][a-z0-9_-]{0,31}$" })
}

fn name(event: &EventSpec) -> String {
    format!("details.{}", event.name)
}

fn definition(event: &EventSpec) -> Value {
    let properties: Map<String, Value> = event
        .fields
        .iter()
        .map(|field| (field.name.to_owned(), kinds::schema(&field.kind)))
        .collect();
    json!({ "properties": properties })
}

fn required(event: &EventSpec) -> Vec<&'static str> {
    event
        .fields
        .iter()
        .filter(|field| field.presence == Presence::Required)
        .map(|field| field.name)
        .collect()
}

fn branch(event: &EventSpec) -> Value {
    json!({
        "if": { "properties": { "event_type": { "const": event.name } } },
        "then": {
            "properties": {
                "severity": { "enum": from(event.severity) },
                "outcome": outcome(event.outcome),
                "details": kinds::refer(&name(event)),
            },
            "required": outcome_key(event.outcome),
            // A line that had to be cut says so, and may lack what did not fit.
            "if": { "not": { "required": ["truncated"] } },
            "then": duties(event),
        },
    })
}

/// What a line that was not cut must hold.
fn duties(event: &EventSpec) -> Value {
    match required(event).as_slice() {
        [] => json!(true),
        keys => json!({
            "required": ["details"],
            "properties": { "details": { "required": keys } },
        }),
    }
}

/// Severities are only ever raised, so those below the type's own cannot appear.
fn from(lowest: Severity) -> Vec<&'static str> {
    Severity::ALL
        .into_iter()
        .filter(|severity| *severity >= lowest)
        .map(Severity::as_str)
        .collect()
}

/// An outcome that the type does not know is left out, so the key itself is refused.
fn outcome(outcome: Outcome) -> Value {
    match outcome {
        Outcome::Unknown => json!(false),
        known => json!({ "const": known.as_str() }),
    }
}

fn outcome_key(outcome: Outcome) -> &'static [&'static str] {
    match outcome {
        Outcome::Unknown => &[],
        Outcome::Success | Outcome::Failure => &["outcome"],
    }
}
