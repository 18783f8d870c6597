//! An event that was read, and how it is written again in our form.

use std::net::IpAddr;

use super::module;
use super::strict::is_schema_version;
use crate::error::Error;
use crate::event::{EventName, SecurityEvent};
use crate::events;
use crate::json::Json;
use crate::limits;
use crate::redaction::holds_secret;
use crate::severity::Severity;
use crate::spec::{EventSpec, FieldKind, Outcome};
use crate::values::{CleanUrl, EventId, Id, Scalar, SpanId, Timestamp, TraceContext, TraceId};
use crate::values::{is_decimal, is_sha256, is_token_id, is_transaction_hash};
use crate::writer::{self, Line, LineBuffer, Object, Seal};

/// An event that was read from a line.
///
/// Written again, it gets a new event id and says `imported`; everything the line said stays in
/// it: under its own name, or under ours where the RRA Module calls the same thing differently.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadEvent {
    pub(super) timestamp: Timestamp,
    pub(super) original_timestamp: String,
    pub(super) service: String,
    pub(super) environment: String,
    pub(super) event_type: String,
    pub(super) spec: Option<&'static EventSpec>,
    pub(super) severity: Option<Severity>,
    pub(super) message: String,
    pub(super) source_ip: Option<IpAddr>,
    pub(super) user_id: Option<String>,
    pub(super) agent_id: Option<String>,
    pub(super) request_id: Option<String>,
    pub(super) details: Vec<(String, Json)>,
    pub(super) tags: Vec<String>,
    pub(super) event_id: Option<EventId>,
    pub(super) trace: Option<TraceContext>,
    /// An object, so that it can be written as one.
    pub(super) unknown: Json,
}

impl ReadEvent {
    /// When it happened, to the millisecond.
    pub fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    /// The time as the line has it.
    pub fn original_timestamp(&self) -> &str {
        &self.original_timestamp
    }

    /// The service that wrote it; empty when the line does not say.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// Where that service ran; empty when the line does not say.
    pub fn environment(&self) -> &str {
        &self.environment
    }

    /// What it says to people; empty when it says nothing.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The user.
    pub fn user_id(&self) -> Option<&str> {
        self.user_id.as_deref()
    }

    /// The request.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The details under our names, in the order they were read.
    pub fn details(&self) -> &[(String, Json)] {
        &self.details
    }

    /// The tags.
    pub fn tags(&self) -> &[String] {
        &self.tags
    }

    /// The event's own number, if a writer of ours gave it one.
    pub fn event_id(&self) -> Option<EventId> {
        self.event_id
    }

    /// The trace it happened in.
    pub fn trace(&self) -> Option<TraceContext> {
        self.trace
    }

    /// Top-level keys that no version of ours knows, and values that did not fit their key, as
    /// they were read.
    pub fn unknown(&self) -> &[(String, Json)] {
        match &self.unknown {
            Json::Map(members) => members,
            _ => &[],
        }
    }

    pub(super) fn from_members(members: Vec<(String, Json)>) -> Result<Self, Error> {
        let mut rest = Rest(members);
        let event_type = rest
            .text("event_type")
            .ok_or_else(|| Error::missing("", "event_type"))?;
        let written_timestamp = rest
            .text("timestamp")
            .ok_or_else(|| Error::missing(&event_type, "timestamp"))?;
        let spec = events::find(&event_type);
        let mut details = match rest.take("details", |value| matches!(value, Json::Map(_))) {
            Some(Json::Map(members)) => members,
            _ => Vec::new(),
        };
        if let Some(spec) = spec {
            module::translate(spec, &mut details);
        }
        rest.forget_ours(spec);
        Ok(Self {
            timestamp: Timestamp::parse(&written_timestamp)?,
            original_timestamp: rest.text("original_timestamp").unwrap_or(written_timestamp),
            service: rest.text("service").unwrap_or_default(),
            environment: rest.text("environment").unwrap_or_default(),
            severity: rest.parsed("severity"),
            message: rest.text("message").unwrap_or_default(),
            source_ip: rest.parsed("source_ip"),
            user_id: rest.text("user_id"),
            agent_id: rest.text("agent_id"),
            request_id: rest.text("request_id"),
            tags: rest.texts("tags"),
            event_id: rest.peek("event_id"),
            trace: rest.trace(),
            unknown: Json::Map(rest.unknown(&event_type, &mut details)),
            details,
            spec,
            event_type,
        })
    }
}

/// The key inside `details` under which stands what has no place of its own.
const UNKNOWN_FIELDS: &str = "unknown_fields";

impl SecurityEvent for ReadEvent {
    fn event_name(&self) -> EventName<'_> {
        self.spec
            .map_or_else(|| EventName::custom(&self.event_type), EventName::known)
    }

    /// The severity of the line; where it has none that we know, the catalogue's, else `warning`,
    /// because an event that cannot be judged should be seen.
    fn severity(&self) -> Severity {
        self.severity
            .or(self.spec.map(|row| row.severity))
            .unwrap_or(Severity::Warning)
    }

    fn agent_id(&self) -> Option<&str> {
        self.agent_id.as_deref()
    }

    fn source_ip(&self) -> Option<IpAddr> {
        self.source_ip
    }

    fn detail(&self, key: &str) -> Option<Scalar<'_>> {
        let (_, value) = self.details.iter().find(|(name, _)| name == key)?;
        match value {
            Json::Text(text) if !text.is_empty() => Some(Scalar::Text(text)),
            Json::Boolean(flag) => Some(Scalar::Boolean(*flag)),
            Json::Number(_) => value
                .as_u64()
                .map(Scalar::Integer)
                .or_else(|| value.as_f64().map(Scalar::Float)),
            _ => None,
        }
    }

    fn write_line(&self, seal: &Seal<'_>, out: &mut LineBuffer<'_>) {
        out.write(|line| self.write(line, seal));
    }
}

impl ReadEvent {
    fn write<'e>(&'e self, line: &mut Line<'_, 'e>, seal: &Seal<'_>) {
        writer::write_head(line, seal, self.written_type(), self.severity().as_str());
        let message = if self.message.is_empty() {
            self.spec.map_or("", |row| row.message)
        } else {
            &self.message
        };
        line.text_at("message", message, limits::MESSAGE_CHARS);
        if let Some(address) = self.source_ip {
            line.key("source_ip");
            line.address(address);
        }
        if let Some(id) = self.user_id() {
            line.id_at(",\"user_id\":\"", "user_id", Id::of(id));
        }
        if let Some(id) = self.agent_id() {
            line.id_at(",\"agent_id\":\"", "agent_id", Id::of(id));
        }
        if let Some(id) = self.request_id() {
            line.id_at(",\"request_id\":\"", "request_id", Id::of(id));
        }
        self.write_details(line);
        writer::write_tags(line, &self.tags, |tag| Id::of(tag));
        let outcome = self.spec.map_or(Outcome::Unknown, |row| row.outcome);
        writer::write_tail(line, seal, outcome, self.trace.as_ref());
        line.raw(",\"imported\":true,\"original_timestamp\":");
        self.write_original_timestamp(line);
        line.raw("}\n");
    }

    /// The tail has room for any time, and for what is no time only if the body left some.
    fn write_original_timestamp(&self, line: &mut Line<'_, '_>) {
        let original = &self.original_timestamp;
        if original.len() <= limits::NAME_CHARS && Id::of(original).is_clean() {
            line.raw("\"");
            line.clean_to_quote(original);
        } else if line.has_room_for(0) {
            line.name(original, limits::NAME_CHARS);
        } else {
            line.raw("\"-\"");
        }
    }

    /// The type if it fits the grammar of names, else a custom type that says so.
    fn written_type(&self) -> &str {
        if is_writable(&self.event_type) {
            &self.event_type
        } else {
            UNNAMED_TYPE
        }
    }

    fn write_details<'e>(&'e self, line: &mut Line<'_, 'e>) {
        if self.details.iter().all(|(_, value)| value.is_absent()) && self.unknown().is_empty() {
            return;
        }
        line.raw(",\"details\":");
        let mut object = Object::open(line);
        object.read_members(&self.details, |object, key, value| {
            self.spec
                .and_then(|row| row.field(key))
                .is_some_and(|field| write_known(object, key, value, field.kind))
        });
        if !self.unknown().is_empty() {
            object.free_member(self.details.len(), UNKNOWN_FIELDS, &self.unknown);
        }
        object.close();
    }
}

/// The type of a line whose own type could not be a name.
const UNNAMED_TYPE: &str = "x.imported.unnamed";

/// Whether a type can be written as it is. Nothing looks for secrets in one that the catalogue has or whose
/// form it gives.
fn is_writable(event_type: &str) -> bool {
    let is_name = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._".contains(&b);
    events::find(event_type).is_some()
        || (event_type.len() <= 96 && event_type.bytes().all(is_name) && !holds_secret(event_type))
}

/// Writes a member whose key the catalogue knows, and so whose name cannot make it a secret.
fn write_known<'e>(
    object: &mut Object<'_, '_, 'e>,
    key: &'e str,
    value: &'e Json,
    kind: FieldKind,
) -> bool {
    // The number of a token is text with us, so that no reader rounds it.
    let text = match value {
        Json::Number(digits) if kind == FieldKind::TokenId => digits,
        other => other.as_str().unwrap_or_default(),
    };
    match kind {
        FieldKind::TransactionHash if is_transaction_hash(text) => object.named_plain(key, text),
        FieldKind::Sha256 if is_sha256(text) => object.named_plain(key, text),
        FieldKind::TokenId if is_token_id(text) => object.named_plain(key, text),
        FieldKind::Decimal if is_decimal(text) => object.named_plain(key, text),
        FieldKind::Url { .. } if !text.is_empty() => {
            object.named_member(key, &CleanUrl::from(text));
        }
        _ => object.named_value(key, value),
    }
    true
}

fn parse<T: std::str::FromStr>(value: &Json) -> Option<T> {
    value.as_str().and_then(|text| text.parse().ok())
}

/// The members of a line that nobody has asked for yet.
struct Rest(Vec<(String, Json)>);

impl Rest {
    fn take(&mut self, key: &str, fits: impl Fn(&Json) -> bool) -> Option<Json> {
        let at = self
            .0
            .iter()
            .position(|(name, value)| name == key && fits(value))?;
        Some(self.0.remove(at).1)
    }

    fn text(&mut self, key: &str) -> Option<String> {
        match self.take(key, |value| {
            value.as_str().is_some_and(|text| !text.is_empty())
        }) {
            Some(Json::Text(text)) => Some(text),
            _ => None,
        }
    }

    fn parsed<T: std::str::FromStr>(&mut self, key: &str) -> Option<T> {
        let value = self.peek(key)?;
        self.take(key, |value| parse::<T>(value).is_some());
        Some(value)
    }

    fn peek<T: std::str::FromStr>(&self, key: &str) -> Option<T> {
        self.0
            .iter()
            .filter(|(name, _)| name == key)
            .find_map(|(_, value)| parse(value))
    }

    fn trace(&mut self) -> Option<TraceContext> {
        let trace = TraceContext {
            trace_id: self.peek("trace_id")?,
            span_id: self.peek("span_id")?,
        };
        self.parsed::<TraceId>("trace_id");
        self.parsed::<SpanId>("span_id");
        Some(trace)
    }

    fn texts(&mut self, key: &str) -> Vec<String> {
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
    fn forget_ours(&mut self, spec: Option<&EventSpec>) {
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
    fn unknown(self, event_type: &str, details: &mut Vec<(String, Json)>) -> Vec<(String, Json)> {
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
