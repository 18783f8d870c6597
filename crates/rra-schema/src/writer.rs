//! The line: one event as one JSON object, written by hand straight into the caller's buffer.
//!
//! The keys come in the order of the contract, what we add comes after `tags`, and whatever goes
//! in, one valid line comes out: control characters and characters that mislead a reader are
//! escaped, secrets are replaced, everything is bounded, and what was cut is named in `truncated`.

mod buffer;
pub(crate) mod digits;
mod escape;
mod free;
mod line;
mod object;
mod seal;
mod text;

pub use buffer::LineBuffer;
pub use seal::{Origin, RequestFacts, Seal};

pub(crate) use digits::pair;
#[cfg(test)]
pub(crate) use escape::is_plain;
pub(crate) use escape::{CHAR_BYTES_MAX, is_hidden, spelling};
pub(crate) use free::{MEMBERS_READ, Tree, View, is_absent};
use line::Written;
pub(crate) use line::{Line, Path};
pub(crate) use object::{Member, Object};
pub(crate) use seal::is_origin_name;

use crate::event::{Details, Envelope, Event, EventName};
use crate::limits;
use crate::spec::Outcome;
use crate::values::{Id, Tag, TraceContext};

/// The version of the line's format.
pub const SCHEMA_VERSION: &str = "1.0";

/// The top-level keys in writing order.
pub const KEYS: [&str; 21] = [
    "timestamp",
    "service",
    "environment",
    "event_type",
    "severity",
    "message",
    "source_ip",
    "user_id",
    "agent_id",
    "request_id",
    "details",
    "tags",
    "schema_version",
    "event_id",
    "outcome",
    "trace_id",
    "span_id",
    "truncated",
    "imported",
    "original_timestamp",
    "prev",
];

pub(crate) fn write_event<D: Details>(
    event: &Event<'_, D>,
    seal: &Seal<'_>,
    out: &mut LineBuffer<'_>,
) {
    let Event { details, envelope } = event;
    let name = details.event_name();
    out.write(|line| {
        write_front(line, seal, envelope, name, details.message());
        if details.has_members() {
            line.go_on(|line| {
                line.raw(",\"details\":");
                let mut object = Object::open(line);
                details.write_members(&mut object);
                object.close();
            });
        }
        write_back(line, seal, envelope, name);
    });
}

/// What stands before the details.
fn write_front(
    line: &mut Line<'_, '_>,
    seal: &Seal<'_>,
    envelope: &Envelope<'_>,
    name: EventName<'_>,
    message: &str,
) {
    line.go_on(|line| {
        match name.spec() {
            Some(row) if row.severity == envelope.severity => {
                line.timestamp_member(seal.timestamp);
                line.clean(seal.origin.members());
                line.clean(row.opening);
            }
            _ => {
                write_head(line, seal, name.as_str(), envelope.severity.as_str());
                line.raw(",\"message\":\"");
            }
        }
        match (envelope.message, name.spec()) {
            // The catalogue's own messages are known to be clean.
            (None, Some(row)) => line.clean(row.message_end),
            (own, _) => {
                line.rest_of_text("message", own.unwrap_or(message), limits::MESSAGE_CHARS);
            }
        }
        let request = seal.request;
        if let Some(address) = envelope.source_ip.as_ref().or(request.source_ip.as_ref()) {
            line.raw(",\"source_ip\":\"");
            line.rest_of_address(address);
        }
        if let Some(user) = envelope.user_id.as_ref().or(request.user_id.as_ref()) {
            line.id_at(",\"user_id\":\"", "user_id", user.id());
        }
        if let Some(agent) = envelope.agent_id.as_ref().or(request.agent_id.as_ref()) {
            line.id_at(",\"agent_id\":\"", "agent_id", agent.id());
        }
        if let Some(id) = envelope.request_id.as_ref().or(request.request_id.as_ref()) {
            line.id_at(",\"request_id\":\"", "request_id", id.id());
        }
    });
}

/// What stands behind the details.
fn write_back(
    line: &mut Line<'_, '_>,
    seal: &Seal<'_>,
    envelope: &Envelope<'_>,
    name: EventName<'_>,
) {
    line.go_on(|line| {
        write_tags(line, envelope.tags, Tag::id);
        let outcome = name.spec().map_or(Outcome::Unknown, |row| row.outcome);
        write_tail(line, seal, outcome, envelope.trace.as_ref());
        line.raw("}\n");
    });
}

/// From the opening brace up to the severity. `event_type` is made of small letters, digits,
/// underscores and full stops.
pub(crate) fn write_head(
    line: &mut Line<'_, '_>,
    seal: &Seal<'_>,
    event_type: &str,
    severity: &str,
) {
    line.timestamp_member(seal.timestamp);
    line.clean(seal.origin.members());
    line.raw(",\"event_type\":\"");
    line.clean(event_type);
    line.raw("\",\"severity\":\"");
    line.clean(severity);
    line.raw("\"");
}

/// The tags, each once, as many as allowed.
#[inline]
pub(crate) fn write_tags<'t, T: PartialEq>(
    line: &mut Line<'_, '_>,
    tags: &'t [T],
    id: impl Fn(&'t T) -> Id<'t>,
) {
    let Some((first, others)) = tags.split_first() else {
        return;
    };
    if !line.has_room_for(0) {
        return line.cut(Path::top("tags"));
    }
    if !tags.iter().all(|tag| id(tag).is_clean()) {
        return write_dubious_tags(line, tags, id);
    }
    line.raw(",\"tags\":[\"");
    line.clean_to_quote(id(first).text);
    let mut written = 1;
    for (before, tag) in (1..).zip(others) {
        if tags[..before].contains(tag) {
            continue;
        }
        if written == limits::TAGS || !line.has_room_for(0) {
            line.cut(Path::top("tags"));
            break;
        }
        line.raw(",\"");
        line.clean_to_quote(id(tag).text);
        written += 1;
    }
    line.raw("]");
}

/// Tags of another writer. Some may look alike only when they are written: cut, or with a mark in the place
/// of what must not be in them.
#[cold]
fn write_dubious_tags<'t, T>(line: &mut Line<'_, '_>, tags: &'t [T], id: impl Fn(&'t T) -> Id<'t>) {
    let mut written = Written::default();
    line.raw(",\"tags\":");
    for tag in tags {
        if written.len() == limits::TAGS || !line.has_room_for(0) {
            line.cut(Path::top("tags"));
            break;
        }
        written.add(line, |line| {
            line.raw("\"");
            line.rest_of_tag(id(tag));
        });
    }
    line.raw("]");
}

/// What we add after `tags`, up to what was cut.
#[inline]
pub(crate) fn write_tail(
    line: &mut Line<'_, '_>,
    seal: &Seal<'_>,
    outcome: Outcome,
    trace: Option<&TraceContext>,
) {
    line.clean(seal.origin.additions());
    line.integer(seal.seq);
    match outcome {
        Outcome::Success => line.raw("\",\"outcome\":\"success\""),
        Outcome::Failure => line.raw("\",\"outcome\":\"failure\""),
        Outcome::Unknown => line.raw("\""),
    }
    if let Some(trace) = trace.or(seal.trace.as_ref()) {
        line.raw(",\"trace_id\":\"");
        line.hex(&trace.trace_id.to_bytes());
        line.raw("\",\"span_id\":\"");
        line.hex(&trace.span_id.to_bytes());
        line.raw("\"");
    }
    line.write_cuts();
}

#[cfg(test)]
mod tests;
