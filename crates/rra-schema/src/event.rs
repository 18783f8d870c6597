//! One event as a service makes it: typed details and what is known of the request behind them.

use std::fmt;
use std::net::IpAddr;

use crate::redaction::Shown;
use crate::severity::Severity;
use crate::spec::EventSpec;
use crate::values::{AgentId, RequestId, Scalar, Tag, TraceContext, UserId};
use crate::writer::{self, LineBuffer, Object, Seal};

/// An event of one type, not yet stamped with time and number.
///
/// It borrows its text, so making one costs no allocation.
///
/// ```
/// use rra_schema::events::auth::{AuthMethod, Success};
/// use rra_schema::{Event, UserId};
///
/// # fn main() -> Result<(), rra_schema::Error> {
/// let event = Event::new(Success::new(AuthMethod::ApiKey))
///     .source_ip("192.0.2.1".parse::<std::net::IpAddr>().ok())
///     .user_id(UserId::new("user_abc123")?);
/// # let _ = event;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Event<'a, D> {
    pub(crate) details: D,
    pub(crate) envelope: Envelope<'a>,
}

/// What events of every type have.
#[derive(Clone, Copy)]
pub(crate) struct Envelope<'a> {
    pub(crate) severity: Severity,
    pub(crate) message: Option<&'a str>,
    pub(crate) source_ip: Option<IpAddr>,
    pub(crate) user_id: Option<UserId<'a>>,
    pub(crate) agent_id: Option<AgentId<'a>>,
    pub(crate) request_id: Option<RequestId<'a>>,
    pub(crate) tags: &'a [Tag<'a>],
    pub(crate) trace: Option<TraceContext>,
}

impl fmt::Debug for Envelope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Envelope")
            .field("severity", &self.severity)
            .field("message", &self.message.map(Shown))
            .field("source_ip", &self.source_ip)
            .field("user_id", &self.user_id)
            .field("agent_id", &self.agent_id)
            .field("request_id", &self.request_id)
            .field("tags", &self.tags)
            .field("trace", &self.trace)
            .finish()
    }
}

impl<'a, D: Details> Event<'a, D> {
    /// An event with the severity its type has in the catalogue.
    pub fn new(details: D) -> Self {
        let severity = details.severity();
        Self {
            details,
            envelope: Envelope {
                severity,
                message: None,
                source_ip: None,
                user_id: None,
                agent_id: None,
                request_id: None,
                tags: &[],
                trace: None,
            },
        }
    }

    /// Raises the severity; one below the type's own changes nothing.
    pub fn raise_to(mut self, severity: Severity) -> Self {
        self.envelope.severity = self.envelope.severity.max(severity);
        self
    }

    /// A sentence for people; programs never parse it. Longer than
    /// [`MESSAGE_CHARS`](crate::limits::MESSAGE_CHARS) it is cut and marked.
    pub fn message(mut self, message: &'a str) -> Self {
        self.envelope.message = Some(message).filter(|text| !text.is_empty());
        self
    }

    /// The client's address. An IPv4 address mapped into IPv6 is written as IPv4.
    pub fn source_ip(mut self, address: impl Into<Option<IpAddr>>) -> Self {
        self.envelope.source_ip = address.into();
        self
    }

    /// The user the event is about.
    pub fn user_id(mut self, id: impl Into<Option<UserId<'a>>>) -> Self {
        self.envelope.user_id = id.into();
        self
    }

    /// The agent the event is about.
    pub fn agent_id(mut self, id: impl Into<Option<AgentId<'a>>>) -> Self {
        self.envelope.agent_id = id.into();
        self
    }

    /// The request the event belongs to.
    pub fn request_id(mut self, id: impl Into<Option<RequestId<'a>>>) -> Self {
        self.envelope.request_id = id.into();
        self
    }

    /// Words to filter by. Beyond [`TAGS`](crate::limits::TAGS) the rest is left out and marked.
    pub fn tags(mut self, tags: &'a [Tag<'a>]) -> Self {
        self.envelope.tags = tags;
        self
    }

    /// The trace and span the event happened in.
    pub fn trace(mut self, trace: impl Into<Option<TraceContext>>) -> Self {
        self.envelope.trace = trace.into();
        self
    }

    /// The severity it will be written with.
    pub fn severity(&self) -> Severity {
        self.envelope.severity
    }

    /// The typed details.
    pub fn details(&self) -> &D {
        &self.details
    }
}

/// The details of one event type.
///
/// Implemented by the types in [`events`](crate::events) only: a service with events of its own
/// uses [`Custom`](crate::events::custom::Custom).
pub trait Details: sealed::Sealed {
    /// The type's name.
    fn event_name(&self) -> EventName<'_>;

    /// The severity unless raised.
    fn severity(&self) -> Severity {
        self.event_name()
            .spec()
            .map_or(Severity::Info, |row| row.severity)
    }

    /// The message unless the event has one of its own.
    fn message(&self) -> &str {
        self.event_name().spec().map_or("", |row| row.message)
    }

    /// The value of one key.
    fn detail(&self, key: &str) -> Option<Scalar<'_>>;

    /// Whether there is anything to write.
    #[doc(hidden)]
    fn has_members(&self) -> bool;

    /// Writes the keys and values in catalogue order.
    #[doc(hidden)]
    fn write_members<'e>(&'e self, object: &mut Object<'_, '_, 'e>);
}

pub(crate) mod sealed {
    /// Keeps [`Details`](super::Details) ours to extend.
    pub trait Sealed {}
}

/// Anything that can be written as one line: an [`Event`], or one read from another log.
pub trait SecurityEvent {
    /// The event type.
    fn event_name(&self) -> EventName<'_>;

    /// How serious it is.
    fn severity(&self) -> Severity;

    /// The agent it is about.
    fn agent_id(&self) -> Option<&str>;

    /// The address it came from.
    fn source_ip(&self) -> Option<IpAddr>;

    /// The value of one key of `details`, under the name the catalogue gives it.
    fn detail(&self, key: &str) -> Option<Scalar<'_>>;

    /// Writes the line, newline included, over the one that was in the buffer.
    ///
    /// It is at most [`LINE_BYTES`](crate::limits::LINE_BYTES) long; what had to be cut is named in
    /// its `truncated`. Nothing is allocated.
    fn write_line(&self, seal: &Seal<'_>, line: &mut LineBuffer<'_>);
}

impl<D: Details> SecurityEvent for Event<'_, D> {
    fn event_name(&self) -> EventName<'_> {
        self.details.event_name()
    }

    fn severity(&self) -> Severity {
        self.envelope.severity
    }

    fn agent_id(&self) -> Option<&str> {
        self.envelope.agent_id.as_ref().map(AgentId::as_str)
    }

    fn source_ip(&self) -> Option<IpAddr> {
        self.envelope.source_ip
    }

    fn detail(&self, key: &str) -> Option<Scalar<'_>> {
        self.details.detail(key)
    }

    fn write_line(&self, seal: &Seal<'_>, line: &mut LineBuffer<'_>) {
        writer::write_event(self, seal, line);
    }
}

/// The name of an event type, with its catalogue row where it has one.
#[derive(Clone, Copy)]
pub struct EventName<'a> {
    name: &'a str,
    spec: Option<&'static EventSpec>,
}

impl<'a> EventName<'a> {
    pub(crate) const fn known(spec: &'static EventSpec) -> Self {
        Self {
            name: spec.name,
            spec: Some(spec),
        }
    }

    pub(crate) const fn custom(name: &'a str) -> Self {
        Self { name, spec: None }
    }

    /// The name, as the JSON line has it.
    pub const fn as_str(&self) -> &'a str {
        self.name
    }

    /// The catalogue row; none for custom and unknown types.
    pub const fn spec(&self) -> Option<&'static EventSpec> {
        self.spec
    }
}

impl fmt::Debug for EventName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl fmt::Display for EventName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
