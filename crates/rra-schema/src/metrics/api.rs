//! Metrics of requests and their answers. Labels are route templates, never paths.

use crate::metrics::labels::{self, ENDPOINT, METHOD};
use crate::metrics::spec::{Area, LabelSpec, MetricSpec, Zero};

/// Boundaries for the duration of a request: those of the OpenTelemetry convention for HTTP
/// servers without 0.075, with 2 (the threshold of the latency alert, which would otherwise be
/// interpolated between 1 and 2.5) and 30.
const REQUEST_SECONDS: &[f64] = &[
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1.0, 2.0, 2.5, 5.0, 7.5, 10.0, 30.0,
];

/// Requests by route and status code.
pub static REQUESTS: MetricSpec = MetricSpec::counter(
    Area::Api,
    "rra_api_requests_total",
    "Requests answered, by route template and status code.",
)
.labels(&[
    METHOD,
    ENDPOINT,
    LabelSpec::closed("status", &labels::HTTP_STATUS),
])
.zero(Zero::Only(&[("status", &["200", "500"])]))
.seed();

/// How long requests took.
pub static REQUEST_DURATION: MetricSpec = MetricSpec::histogram(
    Area::Api,
    "rra_api_request_duration_seconds",
    "Time from the arrival of a request to the last byte of its answer, by route template.",
    REQUEST_SECONDS,
)
.labels(&[METHOD, ENDPOINT])
.seed();

/// Answers of status 400 and above, and handlers that never answered.
pub static ERRORS: MetricSpec = MetricSpec::counter(
    Area::Api,
    "rra_api_errors_total",
    "Requests that ended with status 400 or above or without an answer, by route template and reason.",
)
.labels(&[
    METHOD,
    ENDPOINT,
    LabelSpec::closed("error_type", &labels::ERROR_TYPE),
])
.zero(Zero::Only(&[("error_type", &["internal"])]))
.seed();

/// Open client connections.
pub static ACTIVE_CONNECTIONS: MetricSpec = MetricSpec::gauge(
    Area::Api,
    "rra_api_active_connections",
    "Client connections that are open now.",
)
.zero(Zero::Every);

/// Requests being handled.
pub static REQUESTS_IN_FLIGHT: MetricSpec = MetricSpec::gauge(
    Area::Api,
    "rra_api_requests_in_flight",
    "Requests that have arrived and are not answered yet.",
)
.zero(Zero::Every);
