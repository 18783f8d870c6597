//! What the next service is told about the trace that is going on.

use http::HeaderMap;
use rra_otel::{OtelConfig, OtelGuard, current_trace, pass_trace_on};
use tracing::info_span;

use crate::{PATIENCE, config};

/// The `traceparent` that is sent from within a span, and the one that the ids in the log ask for.
fn check(change: fn(&mut OtelConfig), flags: &str) {
    let mut config = config("http://127.0.0.1:9");
    change(&mut config);
    config.batch.export_timeout = std::time::Duration::from_millis(1);
    let guard = OtelGuard::start(&config).expect("a guard");
    tracing::subscriber::with_default(guard.subscriber(), || {
        info_span!("request").in_scope(|| {
            info_span!("call", otel.kind = "client").in_scope(|| {
                let mut headers = HeaderMap::new();
                pass_trace_on(&mut headers);
                let (trace, span) = current_trace().expect("ids");
                let hex = |bytes: &[u8]| {
                    let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
                    digits.collect::<String>()
                };
                let expected = format!("00-{}-{}-{flags}", hex(&trace), hex(&span));
                assert_eq!(headers["traceparent"], expected.as_str());
            });
        });
    });
    guard.shutdown(PATIENCE);
}

#[test]
fn the_next_service_is_told_that_the_trace_is_kept() {
    check(|_| (), "01");
}

#[test]
fn the_next_service_is_told_that_the_trace_is_not_kept() {
    check(|config| config.sampling_ratio = 0.0, "00");
}

#[cfg(feature = "grpc")]
#[test]
fn the_metadata_of_tonic_is_a_carrier_too() {
    let mut request = tonic::Request::new(());
    let mut headers = HeaderMap::new();
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    headers.insert("traceparent", http::HeaderValue::from_static(parent));
    rra_otel::install_propagators(&[
        rra_otel::Propagator::TraceContext,
        rra_otel::Propagator::Baggage,
    ]);
    rra_otel::continue_trace(&headers, || pass_trace_on(request.metadata_mut().as_mut()));
    assert_eq!(
        request.metadata().get("traceparent").expect("a parent"),
        parent
    );
    let ids = rra_otel::continue_trace(request.metadata().as_ref(), current_trace);
    assert_eq!(
        ids.map(|(_, span)| span),
        Some(0xb7ad_6b71_6920_3331_u64.to_be_bytes())
    );
}
