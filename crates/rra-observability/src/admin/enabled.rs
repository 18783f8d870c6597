//! `/metrics`, `/health` and `/ready` through rra-http, as configured.

#[cfg(feature = "tls")]
mod encrypted;
#[cfg(not(feature = "tls"))]
mod plain;

#[cfg(feature = "tls")]
use encrypted::behind_tls;
#[cfg(not(feature = "tls"))]
use plain::behind_tls;

use std::net::SocketAddr;

use rra_http::{AdminServer, Check, Network, Report, Token};
use rra_sink::{Health, Journal};

use crate::config::{AccessConfig, Config};
use crate::error::Error;
use crate::exposition::Exposition;

/// The listener, if an address is configured.
#[derive(Debug)]
pub(crate) struct Admin {
    server: Option<AdminServer>,
}

impl Admin {
    pub(crate) fn start(
        config: &Config,
        exposition: &Exposition,
        journal: &Journal,
    ) -> Result<Self, Error> {
        let Some(address) = config.metrics_address else {
            return Ok(Self { server: None });
        };
        let journal = journal.clone();
        let readiness = move || Report::of(journal.health().iter().map(check));
        let admin = rra_http::Admin::new(exposition.text(), readiness);
        let admin = guarded(admin, &config.metrics_access)?;
        let server = behind_tls(admin, &config.metrics_access)?.serve(address);
        Ok(Self {
            server: Some(server.map_err(Error::Http)?),
        })
    }

    /// Where it listens, with the port that the system chose.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.server.as_ref().map(AdminServer::address)
    }
}

fn guarded(admin: rra_http::Admin, access: &AccessConfig) -> Result<rra_http::Admin, Error> {
    let networks = access.allowed.iter().map(|text| text.parse());
    let networks: Vec<Network> = networks.collect::<Result<_, _>>().map_err(Error::Http)?;
    let mut admin = admin.only_for(networks);
    if access.every_interface {
        admin = admin.on_every_interface();
    }
    if let Some(token) = &access.token {
        admin = admin.token(Token::new(token.expose()).map_err(Error::Http)?);
    }
    Ok(admin)
}

fn check(health: &Health) -> Check {
    let check = Check::new(&health.sink, health.up)
        .since(health.since)
        .queue(
            health.queued_events,
            health.queued_bytes,
            health.capacity_bytes,
        );
    match &health.last_error {
        Some(error) => check.last_error(error),
        None => check,
    }
}
