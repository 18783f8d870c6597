//! What is accepted, what is refused, and what shows.

use super::*;

fn check(change: fn(&mut OtelConfig), expected: &str) {
    let mut config = OtelConfig::new("http://127.0.0.1:4318");
    change(&mut config);
    let message = config.check().unwrap_err().to_string();
    assert!(message.contains(expected), "{message}");
}

#[test]
fn the_defaults_are_accepted() {
    assert_eq!(OtelConfig::new("http://127.0.0.1:4318").check(), Ok(()));
}

#[test]
fn no_endpoint_is_refused() {
    check(|config| config.endpoint = None, "endpoint");
}

#[test]
fn a_ratio_above_one_is_refused() {
    check(|config| config.sampling_ratio = 1.5, "sampling_ratio");
}

#[test]
fn a_ratio_that_is_no_number_is_refused() {
    check(|config| config.sampling_ratio = f64::NAN, "from 0 to 1");
}

#[test]
fn a_ratio_of_a_route_is_held_to_the_same() {
    let route = |config: &mut OtelConfig| config.route_ratios = vec![("/health".to_owned(), -1.0)];
    check(route, "route_ratios");
}

#[test]
fn a_batch_larger_than_the_queue_is_refused() {
    check(
        |config| config.batch.max_queue_spans = 10,
        "OTEL_BSP_MAX_QUEUE_SIZE",
    );
}

#[test]
fn a_zero_timeout_is_refused() {
    check(
        |config| config.batch.export_timeout = Duration::ZERO,
        "export_timeout",
    );
}

#[cfg(not(feature = "grpc"))]
#[test]
fn grpc_without_its_feature_names_the_feature() {
    check(|config| config.protocol = Protocol::Grpc, "feature grpc");
}

#[cfg(not(feature = "tls"))]
#[test]
fn https_without_its_feature_names_the_feature() {
    let https =
        |config: &mut OtelConfig| config.endpoint = Some(Endpoint::Base("https://x".to_owned()));
    check(https, "feature tls");
}

#[test]
fn debug_shows_header_names_and_hides_their_values() {
    let mut config = OtelConfig::new("http://me:hunter2@127.0.0.1:4318");
    config.headers.push("x-api-key", "s3cret");
    let text = format!("{config:?}");
    assert!(text.contains("x-api-key"), "{text}");
    assert!(
        !text.contains("s3cret") && !text.contains("hunter2"),
        "{text}"
    );
}
