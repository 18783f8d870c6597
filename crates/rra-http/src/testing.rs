//! What the tests of several modules need: metrics of a small service, and what was counted.

use rra_metrics::{Exposition, Metrics, MetricsConfig, Route};

/// Metrics of a service with three routes.
pub(crate) fn open() -> (Metrics, Exposition) {
    let config = MetricsConfig {
        routes: vec![
            Route::new("GET", "/a/{id}"),
            Route::new("POST", "/a/{id}"),
            Route::new("GET", "/nested/b"),
        ],
        ..MetricsConfig::default()
    };
    Exposition::new(&config).expect("a valid configuration")
}

/// The counts of requests and errors that are not zero, without their common start.
pub(crate) fn counted(exposition: &Exposition) -> Vec<String> {
    exposition
        .render()
        .lines()
        .filter(|line| !line.ends_with(" 0"))
        .filter(|line| {
            line.starts_with("rra_api_requests_total")
                || line.starts_with("rra_api_errors_total")
                || line.starts_with("rra_api_requests_in_flight")
                || line.starts_with("rra_api_request_duration_seconds_count")
        })
        .map(|line| line.trim_start_matches("rra_api_").to_owned())
        .collect()
}
