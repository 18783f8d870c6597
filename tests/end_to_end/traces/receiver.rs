//! The receiver in Python, as a process.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use rra_observability::otel::Protocol;
use serde_json::Value;

/// A receiver that runs until it is asked what it got.
pub(super) struct Receiver {
    child: Child,
    output: Lines<BufReader<ChildStdout>>,
    ports: Value,
}

/// A span as it arrived. Attributes are texts, whatever they were.
#[derive(Debug)]
pub(super) struct Span {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) trace_id: String,
    pub(super) own_id: String,
    pub(super) parent_id: String,
    pub(super) took: u64,
    /// What came with the request as `x-api-key`.
    pub(super) key: Option<String>,
    pub(super) resource: BTreeMap<String, String>,
    pub(super) attributes: BTreeMap<String, String>,
    /// Name and `rra.event_id`.
    pub(super) events: Vec<(String, String)>,
    pub(super) unknown: Vec<String>,
}

impl Receiver {
    pub(super) fn start() -> Self {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut child = Command::new(repository.join("target/venv/bin/python"))
            .arg(repository.join("tests/python/receive_traces.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
        let ports = serde_json::from_str(&output.next().unwrap().unwrap()).unwrap();
        Self {
            child,
            output,
            ports,
        }
    }

    pub(super) fn endpoint(&self, protocol: Protocol) -> String {
        let name = match protocol {
            Protocol::Grpc => "grpc",
            _ => "http",
        };
        format!("http://127.0.0.1:{}", self.ports[name])
    }

    /// Ends it and gives what it got.
    pub(super) fn end(mut self) -> Vec<Span> {
        drop(self.child.stdin.take());
        let lines = self.output.by_ref().map(Result::unwrap);
        let spans = lines.map(|line| Span::read(&serde_json::from_str(&line).unwrap()));
        let spans = spans.collect();
        assert!(self.child.wait().unwrap().success());
        spans
    }
}

impl Span {
    fn read(value: &Value) -> Self {
        let events = value["events"].as_array().unwrap().iter().map(|event| {
            let id = text(&event["attributes"]["rra.event_id"]);
            (text(&event["name"]), id)
        });
        Self {
            name: text(&value["name"]),
            kind: text(&value["kind"]),
            trace_id: text(&value["trace_id"]),
            own_id: text(&value["span_id"]),
            parent_id: text(&value["parent_id"]),
            took: value["took"].as_u64().unwrap(),
            key: value["key"].as_str().map(str::to_owned),
            resource: texts(&value["resource"]),
            attributes: texts(&value["attributes"]),
            events: events.collect(),
            unknown: value["unknown"]
                .as_array()
                .unwrap()
                .iter()
                .map(text)
                .collect(),
        }
    }
}

fn texts(object: &Value) -> BTreeMap<String, String> {
    let pairs = object.as_object().unwrap().iter();
    pairs
        .map(|(key, value)| (key.clone(), text(value)))
        .collect()
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
