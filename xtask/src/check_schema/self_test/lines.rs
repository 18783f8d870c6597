//! Mistakes of the machinery: a schema that tells too little, a writer that writes too much, a
//! reader that cannot read old lines.

use std::rc::Rc;

use serde_json::{Value, json};

use super::files::add;
use super::{Mistake, mistake};
use crate::check_schema::evidence::{Evidence, Judges};
use crate::check_schema::samples::Sample;
use crate::check_schema::validator::Judge;
use crate::generate;

pub(super) const MISTAKES: &[Mistake] = &[
    mistake("SCH004", "the schema forgets how long a message is", |e| {
        loosen(e, "/properties/message", &json!({ "$ref": "#/$defs/text" }))
    }),
    mistake("SCH004", "the schema forgets how a time is written", |e| {
        loosen(e, "/$defs/timestamp", &json!({ "type": "string" }))
    }),
    mistake("SCH004", "the schema allows unknown keys", |e| {
        loosen(e, "/additionalProperties", &json!(true))
    }),
    mistake("SCH004", "the schema forgets what must be there", |e| {
        loosen(e, "/required", &json!([]))
    }),
    mistake("SCH004", "the schema forgets that tags differ", |e| {
        loosen(e, "/properties/tags/uniqueItems", &json!(false))
    }),
    mistake("SCH005", "the writer writes null", |e| {
        write(e, |line| {
            line.replacen("\"event_type\"", "\"user_id\":null,\"event_type\"", 1)
        })
    }),
    mistake(
        "SCH005",
        "the writer writes a severity below the type's own",
        |e| write(e, |line| line.replacen("\"info\"", "\"debug\"", 1)),
    ),
    mistake("SCH005", "the writer writes keys in another order", |e| {
        write(e, |line| {
            line.replacen('{', "{\"span_id\":\"00f067aa0ba902b7\",\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\",", 1)
        })
    }),
    mistake("LIM001", "a line is longer than its bound", |e| {
        lengthen(e, "\"message\":\"", &"x".repeat(17_000))
    }),
    mistake("LIM001", "a long line lacks what its type requires", |e| {
        lengthen(e, "\"details\"", "\"details_cut\"")
    }),
    mistake(
        "RDR001",
        "a released reader needs a key that is no longer written",
        |e| require(e, &json!({ "required": ["host"] })),
    ),
    mistake(
        "RDR001",
        "a released reader does not take the version",
        |e| {
            require(
                e,
                &json!({ "properties": { "schema_version": { "const": "0.9" } } }),
            )
        },
    ),
    mistake("RDR002", "a line of an old corpus has no time", |e| {
        add(
            e,
            "tests/corpora/extra.jsonl",
            "{\"event_type\":\"auth.success\"}\n",
        )
    }),
    mistake("RDR002", "a line of an old corpus is no JSON", |e| {
        add(e, "tests/corpora/extra.jsonl", "auth.success\n")
    }),
];

/// Makes the strict schema say less.
fn loosen(evidence: &mut Evidence, pointer: &str, by: &Value) {
    let (mut writer, reader) = generate::schemas();
    *writer
        .pointer_mut(pointer)
        .expect("the schema has the place") = by.clone();
    let judges = Judges::new(&writer, &reader, &evidence.pages);
    evidence.judges = Rc::new(judges.expect("the schema stays a schema"));
}

/// Adds a line that a wrong writer would write.
fn write(evidence: &mut Evidence, wrong: fn(&str) -> String) {
    let sample = evidence
        .samples
        .iter()
        .find(|sample| sample.event_type == "auth.success");
    let sample = sample.expect("there is a sample of every type");
    let line = wrong(&sample.line);
    assert_ne!(line, sample.line);
    evidence.samples.push(Sample {
        line,
        event_type: sample.event_type.clone(),
    });
}

/// Adds a line that a writer without bounds would write.
fn lengthen(evidence: &mut Evidence, at: &str, by: &str) {
    let mut sample = evidence.longest[0].clone();
    assert!(sample.line.contains(at));
    sample.line = sample.line.replacen(at, by, 1);
    evidence.longest.push(sample);
}

/// Adds a released reader that asks for something.
fn require(evidence: &mut Evidence, schema: &Value) {
    let (writer, reader) = generate::schemas();
    let mut judges = Judges::new(&writer, &reader, &evidence.pages).expect("the schemas are valid");
    let judge = Judge::new(schema).expect("the schema is valid");
    judges.released_readers.push((
        "docs/reference/schemas/security-event/0.8/reader.schema.json".to_owned(),
        judge,
    ));
    evidence.judges = Rc::new(judges);
}
