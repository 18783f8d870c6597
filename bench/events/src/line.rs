//! The wanted line as a serde value, for the peers that take one.

use std::time::Duration;

use serde::Serialize;

use crate::clock;
use crate::rows::{ENVIRONMENT, EVENT_TYPE, REASONS, Row, SERVICE, SEVERITY, TAGS};

/// All twelve keys, in the order of the contract.
#[derive(Serialize)]
pub(crate) struct Line<'a> {
    timestamp: String,
    service: &'static str,
    environment: &'static str,
    event_type: &'static str,
    severity: &'static str,
    message: &'a str,
    source_ip: &'a str,
    user_id: &'a str,
    agent_id: &'a str,
    request_id: &'a str,
    details: Details,
    tags: [&'static str; 2],
}

/// What is told of this type of event alone.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct Details {
    reason: &'static str,
    attempts: u8,
}

impl<'a> Line<'a> {
    /// The line of a row that happens now.
    pub(crate) fn of(row: &'a Row) -> Self {
        Self::at(clock::now(), row)
    }

    /// The line of a row that happens so long after 1970.
    pub(crate) fn at(since: Duration, row: &'a Row) -> Self {
        Self {
            timestamp: clock::text(since),
            service: SERVICE,
            environment: ENVIRONMENT,
            event_type: EVENT_TYPE,
            severity: SEVERITY,
            message: &row.message,
            source_ip: &row.source_text,
            user_id: &row.user_id,
            agent_id: &row.agent_id,
            request_id: &row.request_id,
            details: Details::of(row),
            tags: TAGS,
        }
    }
}

impl Details {
    pub(crate) fn of(row: &Row) -> Self {
        Self {
            reason: REASONS[row.reason],
            attempts: row.attempts,
        }
    }
}
