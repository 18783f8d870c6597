//! Metrics of requests and their answers.

use std::sync::Arc;

use rra_schema::metrics::api;

use crate::assembly::Assembly;
use crate::family::Family;
use crate::handle::{Counter, Histogram, Level};
use crate::labels::{ErrorType, status_place};
use crate::sets::{Endpoint, RouteId, Routes};

/// Metrics of requests and their answers.
#[derive(Debug)]
pub struct Api {
    routes: Arc<Routes>,
    requests: Arc<Family<Counter>>,
    durations: Arc<Family<Histogram>>,
    errors: Arc<Family<Counter>>,
    in_flight: Arc<Family<Level>>,
    connections: Arc<Family<Level>>,
}

impl Api {
    pub(crate) fn new(assembly: &mut Assembly) -> Self {
        Self {
            routes: Arc::clone(&assembly.sets.routes),
            requests: assembly.counter(&api::REQUESTS),
            durations: assembly.histogram(&api::REQUEST_DURATION),
            errors: assembly.counter(&api::ERRORS),
            in_flight: assembly.level(&api::REQUESTS_IN_FLIGHT),
            connections: assembly.level(&api::ACTIVE_CONNECTIONS),
        }
    }

    /// Where a request is counted. The endpoint is the route's template, never the path.
    pub fn route(&self, method: &str, endpoint: Endpoint<'_>) -> RouteId {
        self.routes.find(method, endpoint)
    }

    /// `rra_api_requests_total`. A status without a place of its own is counted as the first of
    /// its class.
    pub fn requests(&self, route: RouteId, status: u16) -> &Counter {
        self.requests.at(&[route.place(), status_place(status)])
    }

    /// `rra_api_request_duration_seconds`.
    pub fn duration(&self, route: RouteId) -> &Histogram {
        self.durations.at(&[route.place()])
    }

    /// `rra_api_errors_total`.
    pub fn errors(&self, route: RouteId, error_type: ErrorType) -> &Counter {
        self.errors.at(&[route.place(), error_type.place()])
    }

    /// `rra_api_requests_in_flight`.
    pub fn in_flight(&self) -> &Level {
        self.in_flight.at(&[])
    }

    /// `rra_api_active_connections`.
    pub fn active_connections(&self) -> &Level {
        self.connections.at(&[])
    }
}
