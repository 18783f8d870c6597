//! Everything this project promises to others, as one value that can be written down and compared:
//! event types and their fields, word lists, the order of keys, limits, metrics, variables.
//!
//! Owns the form of `catalogue.json` and of the released baselines. Decides nothing about which
//! change is allowed: that is `check_schema`.

mod configuration;
mod keys;
mod metrics;
mod tables;
mod words;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// All promises of one version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Registry {
    /// The version that every written line carries.
    pub(crate) schema_version: String,
    /// The keys of the line in writing order.
    pub(crate) keys: Vec<Field>,
    /// The event types in catalogue order.
    pub(crate) events: Vec<Event>,
    /// The word lists that keys and fields refer to.
    pub(crate) words: Vec<Words>,
    /// The bounds of a line, by name.
    pub(crate) limits: BTreeMap<String, u64>,
    /// The metrics in catalogue order.
    pub(crate) metrics: Vec<Metric>,
    /// The word lists that labels refer to.
    pub(crate) label_words: Vec<Words>,
    /// The environment variables.
    pub(crate) variables: Vec<Variable>,
    /// The keys of the configuration file.
    pub(crate) settings: Vec<Setting>,
}

/// One event type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) severity: String,
    pub(crate) outcome: String,
    pub(crate) source: String,
    pub(crate) since: String,
    pub(crate) summary: String,
    pub(crate) message: String,
    pub(crate) fields: Vec<Field>,
}

/// One key of the line or of `details`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) required: bool,
    /// What the value may be, such as `identifier`.
    pub(crate) form: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) max_chars: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) minimum: Option<u64>,
    /// The word list of an enum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) words: Option<String>,
    pub(crate) since: String,
    pub(crate) summary: String,
}

/// A list of words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    pub(crate) name: String,
    /// Whether words may be added in a minor version.
    pub(crate) open: bool,
    pub(crate) values: Vec<String>,
}

/// One metric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Metric {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) unit: String,
    pub(crate) stability: String,
    pub(crate) area: String,
    pub(crate) since: String,
    pub(crate) help: String,
    pub(crate) labels: Vec<Label>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) buckets: Vec<f64>,
    /// Which series exist with the value 0 from the start.
    pub(crate) zero: String,
}

/// One label of a metric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Label {
    pub(crate) name: String,
    /// What bounds its values, such as `closed` or `dynamic`.
    pub(crate) domain: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) words: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) max_values: Option<u64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) reserved: Vec<String>,
}

/// One environment variable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) default: String,
    /// What it may be set to.
    pub(crate) values: String,
    /// The key of the configuration file that says the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) setting: Option<String>,
    pub(crate) since: String,
    pub(crate) summary: String,
}

/// One key of the configuration file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Setting {
    /// Its name, with its section and a dot before it.
    pub(crate) name: String,
    /// As TOML; none where there is no value unless one is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) default: Option<String>,
    pub(crate) since: String,
    pub(crate) summary: String,
}

impl Registry {
    /// The promises that the compiled tables make.
    pub(crate) fn current() -> Self {
        tables::read()
    }

    /// The promises of a committed file.
    pub(crate) fn parse(path: &str, text: &str) -> Result<Self, Failure> {
        serde_json::from_str(text)
            .map_err(|error| Failure::Broken(format!("{path} is no catalogue: {error}")))
    }

    /// The text of the committed file.
    pub(crate) fn render(&self) -> String {
        let text = serde_json::to_string_pretty(self)
            .expect("strings, numbers and lists always have a JSON form");
        text + "\n"
    }

    /// The event type with this name.
    pub(crate) fn event(&self, name: &str) -> Option<&Event> {
        self.events.iter().find(|event| event.name == name)
    }

    /// The metric with this name.
    pub(crate) fn metric(&self, name: &str) -> Option<&Metric> {
        self.metrics.iter().find(|metric| metric.name == name)
    }

    /// The word list with this name.
    pub(crate) fn words(&self, name: &str) -> Option<&Words> {
        self.words.iter().find(|words| words.name == name)
    }
}

impl Event {
    /// The key of `details` with this name.
    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl Field {
    /// The JSON type of the value.
    pub(crate) fn json_type(&self) -> &'static str {
        match self.form.as_str() {
            "integer" => "integer",
            "ratio" => "number",
            "boolean" | "flag" => "boolean",
            "details" => "object",
            "tags" | "pointers" => "array",
            _ => "string",
        }
    }
}

/// Doc comments keep their line breaks; a table cell has none.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
