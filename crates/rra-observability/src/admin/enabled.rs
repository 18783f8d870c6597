//! `/metrics`, `/health` and `/ready` through rra-http.

use std::net::SocketAddr;

use rra_http::{AdminServer, Check, Report};
use rra_sink::{Health, Journal};

use crate::error::Error;
use crate::exposition::Exposition;

/// The listener, if an address is configured.
#[derive(Debug)]
pub(crate) struct Admin {
    server: Option<AdminServer>,
}

impl Admin {
    pub(crate) fn start(
        address: Option<SocketAddr>,
        exposition: &Exposition,
        journal: &Journal,
    ) -> Result<Self, Error> {
        let Some(address) = address else {
            return Ok(Self { server: None });
        };
        let journal = journal.clone();
        let readiness = move || Report::of(journal.health().iter().map(check));
        let server = rra_http::Admin::new(exposition.text(), readiness).serve(address);
        Ok(Self {
            server: Some(server.map_err(Error::Http)?),
        })
    }

    /// Where it listens, with the port that the system chose.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.server.as_ref().map(AdminServer::address)
    }
}

fn check(health: &Health) -> Check {
    let check = Check::new(&health.sink, health.up);
    match &health.last_error {
        Some(error) if !health.up => check.detail(format!(
            "{error}; {} events wait in {} of {} bytes",
            health.queued_events, health.queued_bytes, health.capacity_bytes
        )),
        _ => check,
    }
}
