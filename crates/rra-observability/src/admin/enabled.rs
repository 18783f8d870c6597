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

use rra_http::{AdminServer, Check, Report, Token};
use rra_sink::{Health, Journal};

use crate::api::networks;
use crate::config::{AccessConfig, Config};
use crate::error::Error;
use crate::exposition::Exposition;

/// The routes, and their listener, if an address is configured.
#[derive(Debug)]
pub(crate) struct Admin {
    routes: rra_http::Admin,
    server: Option<AdminServer>,
}

impl Admin {
    pub(crate) fn start(
        config: &Config,
        exposition: &Exposition,
        journal: &Journal,
    ) -> Result<Self, Error> {
        let access = &config.metrics_access;
        let journal = journal.clone();
        let readiness = move || Report::of(journal.health().iter().map(check));
        let admin = rra_http::Admin::new(exposition.text(), readiness);
        let routes = guarded(admin, access)?;
        let serve = |address| {
            let admin = behind_tls(routes.clone(), access)?;
            admin.serve(address).map_err(Error::Http)
        };
        let server = config.metrics_address.map(serve).transpose()?;
        Ok(Self { routes, server })
    }

    pub(crate) fn routes(&self) -> &rra_http::Admin {
        &self.routes
    }

    /// Where it listens, with the port that the system chose.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.server.as_ref().map(AdminServer::address)
    }
}

fn guarded(admin: rra_http::Admin, access: &AccessConfig) -> Result<rra_http::Admin, Error> {
    let allowed = networks("metrics.allowed (RRA_METRICS_ALLOWED)", &access.allowed)?;
    let mut admin = admin.only_for(allowed);
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
