//! An event that was read, and how it is written again in our form.

use std::fmt;
use std::net::IpAddr;

use super::module;
use super::rest::{Rest, UNKNOWN_FIELDS};
use crate::error::Error;
use crate::event::{EventName, SecurityEvent};
use crate::events;
use crate::json::Json;
use crate::limits;
use crate::redaction::{Shown, holds_secret};
use crate::severity::Severity;
use crate::spec::{EventSpec, FieldKind, Outcome};
use crate::values::{CleanUrl, EventId, Id, Scalar, Timestamp, TraceContext};
use crate::values::{is_decimal, is_sha256, is_token_id, is_transaction_hash};
use crate::writer::{self, Line, LineBuffer, Object, Seal};

/// An event that was read from a line.
///
/// Written again, it gets a new event id and says `imported`; everything the line said stays in
/// it: under its own name, or under ours where the RRA Module calls the same thing differently.
#[derive(Clone, PartialEq)]
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
        let mut rest = Rest::new(members);
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

/// What names the event. The rest is as it was read, with whatever secrets there are.
impl fmt::Debug for ReadEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadEvent")
            .field("event_type", &Shown(&self.event_type))
            .field("timestamp", &self.timestamp)
            .field("event_id", &self.event_id)
            .field("message", &Shown(&self.message))
            .finish_non_exhaustive()
    }
}

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
pub(super) fn is_writable(event_type: &str) -> bool {
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
