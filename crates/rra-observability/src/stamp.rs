//! The way of an event up to the journal: seal, count, write once.

use std::net::IpAddr;

use rra_metrics::Metrics;
use rra_schema::{
    AgentId, EventName, LineBuffer, Origin, RequestFacts, Scalar, Seal, SecurityEvent, Severity,
    Timestamp,
};
use rra_sink::{Accepted, Journal, Level, Receipt, Refused};

use crate::clock::Clock;
use crate::context::{self, Surroundings};
use crate::traces;

/// What is the same for every event of a process.
#[derive(Debug)]
pub(crate) struct Stamp {
    pub(crate) origin: Origin,
    pub(crate) metrics: Metrics,
    pub(crate) clock: Clock,
}

impl Stamp {
    /// Puts an event into the journal, as part of what this thread is doing.
    pub(crate) fn emit(
        &self,
        journal: &Journal,
        event: &dyn SecurityEvent,
    ) -> Result<Accepted, Refused> {
        context::with_current(|here| {
            let accepted = self.emit_in(here, journal, event);
            let seq = accepted.as_ref().ok().map(|accepted| accepted.seq);
            traces::note(event, self.origin.instance(), seq);
            accepted
        })
    }

    /// Puts an event into the journal that has nothing to do with what this thread is doing.
    pub(crate) fn emit_apart(
        &self,
        journal: &Journal,
        event: &dyn SecurityEvent,
    ) -> Result<Accepted, Refused> {
        self.emit_in(&Surroundings::default(), journal, event)
    }

    /// Puts an event into the journal and asks for a receipt.
    pub(crate) fn emit_with_receipt(
        &self,
        journal: &Journal,
        event: &dyn SecurityEvent,
        level: Level,
    ) -> Result<Receipt, rra_sink::Error> {
        context::with_current(|here| {
            let timestamp = self.begin(event, here);
            let receipt =
                journal.append_event_with_receipt(event.severity(), level, |seq, line| {
                    self.write(event, here, timestamp, seq, line);
                });
            let seq = receipt.as_ref().ok().map(Receipt::seq);
            traces::note(event, self.origin.instance(), seq);
            receipt
        })
    }

    fn emit_in(
        &self,
        here: &Surroundings<'_>,
        journal: &Journal,
        event: &dyn SecurityEvent,
    ) -> Result<Accepted, Refused> {
        let timestamp = self.begin(event, here);
        journal.append_event(event.severity(), |seq, line| {
            self.write(event, here, timestamp, seq, line);
        })
    }

    /// Counts the event, before anything can drop it, and notes when it happened: a wait for room
    /// must not change that.
    fn begin(&self, event: &dyn SecurityEvent, here: &Surroundings<'_>) -> Timestamp {
        let knows_more = (here.request.agent_id.is_some() && event.agent_id().is_none())
            || (here.request.source_ip.is_some() && event.source_ip().is_none());
        if knows_more {
            let request = &here.request;
            self.metrics.record_event(&InRequest { event, request });
        } else {
            self.metrics.record_event(event);
        }
        self.clock.now()
    }

    fn write(
        &self,
        event: &dyn SecurityEvent,
        here: &Surroundings<'_>,
        timestamp: Timestamp,
        seq: u64,
        line: &mut LineBuffer<'_>,
    ) {
        let seal = Seal::new(&self.origin, timestamp, seq)
            .trace(here.trace)
            .request(&here.request);
        event.write_line(&seal, line);
    }
}

/// An event that does not say what the request around it knows.
struct InRequest<'a> {
    event: &'a dyn SecurityEvent,
    request: &'a RequestFacts<'a>,
}

impl SecurityEvent for InRequest<'_> {
    fn event_name(&self) -> EventName<'_> {
        self.event.event_name()
    }

    fn severity(&self) -> Severity {
        self.event.severity()
    }

    fn agent_id(&self) -> Option<&str> {
        let of_request = || self.request.agent_id.as_ref().map(AgentId::as_str);
        self.event.agent_id().or_else(of_request)
    }

    fn source_ip(&self) -> Option<IpAddr> {
        self.event.source_ip().or(self.request.source_ip)
    }

    fn detail(&self, key: &str) -> Option<Scalar<'_>> {
        self.event.detail(key)
    }

    fn write_line(&self, seal: &Seal<'_>, line: &mut LineBuffer<'_>) {
        self.event.write_line(seal, line);
    }
}
