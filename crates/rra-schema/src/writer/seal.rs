//! What the moment of emission adds to an event: who, when, and which number.

use std::net::IpAddr;

use crate::error::Error;
use crate::limits;
use crate::values::{AgentId, Instance, RequestId, Timestamp, TraceContext, UserId};
use crate::writer::{LineBuffer, SCHEMA_VERSION, is_hidden};

/// The service that writes the log, checked and rendered once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    service: String,
    environment: String,
    instance: Instance,
    /// `service` and `environment` as they stand in each line.
    members: Box<str>,
    /// What we add after `tags`, up to the number of the event.
    additions: Box<str>,
}

impl Origin {
    /// The origin of a service's events.
    ///
    /// # Errors
    /// [`Error::Invalid`] when `service` or `environment` is empty, longer than 64 characters, or
    /// holds a character that cannot be seen.
    pub fn new(service: &str, environment: &str, instance: Instance) -> Result<Self, Error> {
        for (field, text) in [("service", service), ("environment", environment)] {
            if !is_origin_name(text) {
                return Err(Error::invalid(field, text, "1 to 64 visible characters"));
            }
        }
        let mut room = [0; limits::LINE_BYTES];
        let mut members = LineBuffer::new(&mut room);
        members.write(|line| {
            line.raw(",\"service\":");
            line.name(service, limits::NAME_CHARS);
            line.raw(",\"environment\":");
            line.name(environment, limits::NAME_CHARS);
        });
        Ok(Self {
            service: service.to_owned(),
            environment: environment.to_owned(),
            instance,
            members: String::from_utf8_lossy(members.as_bytes()).into(),
            additions: format!(
                ",\"schema_version\":\"{SCHEMA_VERSION}\",\"event_id\":\"{instance}-"
            )
            .into(),
        })
    }

    /// The service's name.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// Where it runs: `production`, `staging`, `development`.
    pub fn environment(&self) -> &str {
        &self.environment
    }

    /// This run of the process.
    pub fn instance(&self) -> Instance {
        self.instance
    }

    pub(crate) fn members(&self) -> &str {
        &self.members
    }

    pub(crate) fn additions(&self) -> &str {
        &self.additions
    }
}

/// Whether `text` can stand as `service` or `environment`.
pub(crate) fn is_origin_name(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= limits::NAME_CHARS && !text.chars().any(is_hidden)
}

/// The stamp of one event.
#[derive(Clone, Copy, Debug)]
pub struct Seal<'a> {
    pub(crate) origin: &'a Origin,
    pub(crate) timestamp: Timestamp,
    pub(crate) seq: u64,
    pub(crate) trace: Option<TraceContext>,
    pub(crate) request: &'a RequestFacts<'a>,
}

/// What is known of the request in which an event happened. What the event itself says wins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestFacts<'a> {
    /// The client's address.
    pub source_ip: Option<IpAddr>,
    /// The user that the request comes from.
    pub user_id: Option<UserId<'a>>,
    /// The agent that the request comes from.
    pub agent_id: Option<AgentId<'a>>,
    /// The id of the request.
    pub request_id: Option<RequestId<'a>>,
}

impl RequestFacts<'_> {
    /// Nothing is known, or there is no request.
    pub const UNKNOWN: Self = Self {
        source_ip: None,
        user_id: None,
        agent_id: None,
        request_id: None,
    };
}

impl<'a> Seal<'a> {
    /// Stamps an event with its time and its number.
    pub fn new(origin: &'a Origin, timestamp: Timestamp, seq: u64) -> Self {
        Self {
            origin,
            timestamp,
            seq,
            trace: None,
            request: &RequestFacts::UNKNOWN,
        }
    }

    /// The trace of the caller, for events that carry none of their own.
    pub fn trace(mut self, trace: impl Into<Option<TraceContext>>) -> Self {
        self.trace = trace.into();
        self
    }

    /// The request in which the event happened. An event that was read from another log has its
    /// own story and takes none of it.
    pub fn request(mut self, request: &'a RequestFacts<'a>) -> Self {
        self.request = request;
        self
    }
}
