//! The members of a line while an event is made of them: each is asked for once, and what is left is
//! unknown.

use super::event::is_writable;
use super::strict::is_schema_version;
use crate::json::Json;
use crate::spec::{EventSpec, Outcome};
use crate::values::{SpanId, TraceContext, TraceId, is_sha256};

/// The key inside `details` under which stands what has no place of its own.
pub(super) const UNKNOWN_FIELDS: &str = "unknown_fields";

/// The members of a line that nobody has asked for yet.
pub(super) struct Rest(Vec<(String, Json)>);

impl Rest {
    pub(super) fn new(members: Vec<(String, Json)>) -> Self {
        Self(members)
    }

    pub(super) fn take(&mut self, key: &str, fits: impl Fn(&Json) -> bool) -> Option<Json> {
        let at = self
            .0
            .iter()
            .position(|(name, value)| name == key && fits(value))?;
        Some(self.0.remove(at).1)
    }

    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        match self.take(key, |value| {
            value.as_str().is_some_and(|text| !text.is_empty())
        }) {
            Some(Json::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub(super) fn parsed<T: std::str::FromStr>(&mut self, key: &str) -> Option<T> {
        let value = self.peek(key)?;
        self.take(key, |value| parse::<T>(value).is_some());
        Some(value)
    }

    pub(super) fn peek<T: std::str::FromStr>(&self, key: &str) -> Option<T> {
        self.0
            .iter()
            .filter(|(name, _)| name == key)
            .find_map(|(_, value)| parse(value))
    }

    pub(super) fn trace(&mut self) -> Option<TraceContext> {
        let trace = TraceContext {
            trace_id: self.peek("trace_id")?,
            span_id: self.peek("span_id")?,
        };
        self.parsed::<TraceId>("trace_id");
        self.parsed::<SpanId>("span_id");
        Some(trace)
    }

    pub(super) fn texts(&mut self, key: &str) -> Vec<String> {
        let is_texts = |value: &Json| matches!(value, Json::List(items) if items.iter().all(|item| item.as_str().is_some()));
        match self.take(key, is_texts) {
            Some(Json::List(items)) => items
                .iter()
                .filter_map(Json::as_str)
                .map(str::to_owned)
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Forgets what our writer said and will say again, and what is no longer true: the digest of the
    /// line before. What another writer means by these keys is kept.
    pub(super) fn forget_ours(&mut self, spec: Option<&EventSpec>) {
        let outcome = spec.map_or(Outcome::Unknown, |row| row.outcome).as_str();
        self.0.retain(|(key, value)| {
            let text = value.as_str().unwrap_or_default();
            !match key.as_str() {
                "schema_version" => is_schema_version(text),
                "outcome" => text == outcome,
                "imported" => *value == Json::Boolean(true),
                "prev" => is_sha256(text),
                _ => false,
            }
        });
    }

    /// What is left, with a type that cannot be written as one. What an earlier reading left moves within
    /// it, so that the two do not stand beside each other under one key.
    pub(super) fn unknown(
        self,
        event_type: &str,
        details: &mut Vec<(String, Json)>,
    ) -> Vec<(String, Json)> {
        let mut unknown: Vec<_> = (self.0.into_iter())
            .filter(|(_, value)| !value.is_absent())
            .collect();
        if !is_writable(event_type) {
            unknown.push(("event_type".to_owned(), Json::Text(event_type.to_owned())));
        }
        let earlier = details.iter().position(|(key, _)| key == UNKNOWN_FIELDS);
        if let Some(at) = earlier.filter(|_| !unknown.is_empty()) {
            unknown.push(details.remove(at));
        }
        unknown
    }
}

fn parse<T: std::str::FromStr>(value: &Json) -> Option<T> {
    value.as_str().and_then(|text| text.parse().ok())
}
