//! How tracing ends: within its deadline, under every kind of runtime, whatever the receiver does.

use std::time::{Duration, Instant};

use rra_otel::{DropReason, Error, OtelConfig, OtelGuard, Protocol, TraceReport};

use crate::receiver::{Receiver, SilentReceiver, gone, head};
use crate::{PATIENCE, config, one_span};

/// How long the exporter itself would wait: a hang would be seen as this.
const NEVER: Duration = Duration::from_mins(10);
const DEADLINE: Duration = Duration::from_millis(200);

const PROTOCOLS: &[Protocol] = if cfg!(feature = "grpc") {
    &[Protocol::HttpProtobuf, Protocol::Grpc]
} else {
    &[Protocol::HttpProtobuf]
};

type Work<'w> = &'w dyn Fn() -> TraceReport;

/// The kinds of program that tracing may end in.
const PROGRAMS: [fn(Work<'_>) -> TraceReport; 4] = [
    |work| work(),
    |work| on(tokio::runtime::Builder::new_current_thread(), work),
    |work| {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(1);
        on(builder, work)
    },
    |work| {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(2);
        on(builder, work)
    },
];

/// Runs the work on a worker of the runtime, where it may not block and does.
fn on(mut builder: tokio::runtime::Builder, work: Work<'_>) -> TraceReport {
    let runtime = builder.enable_all().build().expect("a runtime");
    runtime.block_on(async { work() })
}

fn patient(endpoint: &str, protocol: Protocol) -> OtelConfig {
    let mut config = config(endpoint);
    config.protocol = protocol;
    config.batch.request_timeout = NEVER;
    config.batch.export_timeout = NEVER;
    config
}

/// Ends with one span waiting, in every kind of program and over every protocol.
fn check(endpoint: &str, deadline: Duration, judge: fn(&TraceReport)) {
    for &protocol in PROTOCOLS {
        for program in PROGRAMS {
            let begun = Instant::now();
            let report = program(&|| {
                let guard = OtelGuard::start(&patient(endpoint, protocol)).expect("a guard");
                tracing::subscriber::with_default(guard.subscriber(), one_span);
                guard.flush(DEADLINE / 2);
                guard.shutdown(deadline)
            });
            // Less than any time that is waited for by default.
            let allowed = deadline + Duration::from_secs(4);
            assert!(
                begun.elapsed() < allowed,
                "{protocol:?}: {:?}",
                begun.elapsed()
            );
            assert_eq!(report.ended, 1);
            assert_eq!(
                report.ended,
                report.exported + report.dropped.total() + report.waiting
            );
            judge(&report);
        }
    }
}

#[test]
fn a_receiver_that_hangs_cannot_hold_the_service() {
    let receiver = SilentReceiver::start();
    check(&receiver.endpoint, DEADLINE, |report| {
        assert_eq!((report.exported, report.finished), (0, false));
    });
}

#[test]
fn a_receiver_that_is_gone_cannot_hold_the_service() {
    check(&gone(), PATIENCE, |report| {
        assert_eq!(
            (report.exported, report.waiting, report.finished),
            (0, 0, true)
        );
    });
}

#[test]
fn a_receiver_that_is_slow_is_given_the_time_there_is() {
    let slow = |_| {
        // The receiver's own pace, not a wait for something to have happened.
        std::thread::sleep(Duration::from_millis(50));
        Some(head(200, ""))
    };
    for program in PROGRAMS {
        let receiver = Receiver::saying(slow);
        let report = program(&|| {
            let config = patient(&receiver.endpoint, Protocol::HttpProtobuf);
            let guard = OtelGuard::start(&config).expect("a guard");
            tracing::subscriber::with_default(guard.subscriber(), one_span);
            guard.shutdown(PATIENCE)
        });
        assert_eq!((report.exported, report.finished), (1, true));
    }
}

#[cfg(feature = "grpc")]
#[test]
fn a_slow_receiver_is_given_the_time_over_grpc_too() {
    use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;

    let slow = || {
        std::thread::sleep(Duration::from_millis(50));
        Ok(ExportTraceServiceResponse::default())
    };
    let (address, _received) = crate::grpc::serve(tonic::transport::Server::builder(), slow);
    for program in PROGRAMS {
        let report = program(&|| {
            let config = patient(&format!("http://{address}"), Protocol::Grpc);
            let guard = OtelGuard::start(&config).expect("a guard");
            tracing::subscriber::with_default(guard.subscriber(), one_span);
            guard.shutdown(PATIENCE)
        });
        assert_eq!((report.exported, report.finished), (1, true));
    }
}

#[test]
fn a_guard_may_be_dropped_inside_of_async_code() {
    for program in PROGRAMS {
        program(&|| {
            let config = patient(&gone(), PROTOCOLS[PROTOCOLS.len() - 1]);
            let guard = OtelGuard::start(&config).expect("a guard");
            tracing::subscriber::with_default(guard.subscriber(), one_span);
            let counts = guard.counts();
            drop(guard);
            counts.report()
        });
    }
}

#[test]
fn spans_after_the_end_are_not_recorded() {
    let receiver = SilentReceiver::start();
    let guard = OtelGuard::start(&patient(&receiver.endpoint, Protocol::HttpProtobuf));
    let guard = guard.expect("a guard");
    let subscriber = guard.subscriber();
    let counts = guard.counts();
    let report = guard.shutdown(PATIENCE);
    tracing::subscriber::with_default(subscriber, one_span);
    assert!(report.finished);
    assert_eq!(counts.report().ended, 0);
}

#[test]
fn a_span_that_ends_while_tracing_ends_is_lost_in_the_open() {
    const LONG: Duration = Duration::from_secs(2);
    let receiver = SilentReceiver::start();
    let guard = OtelGuard::start(&patient(&receiver.endpoint, Protocol::HttpProtobuf));
    let guard = guard.expect("a guard");
    let (subscriber, counts) = (guard.subscriber(), guard.counts());
    let mut made = 1;
    tracing::subscriber::with_default(subscriber, || {
        one_span();
        guard.flush(DEADLINE);
        let ending = std::thread::spawn(move || guard.shutdown(LONG));
        let half = Instant::now() + LONG / 2;
        while Instant::now() < half {
            one_span();
            made += 1;
            std::thread::sleep(Duration::from_millis(5));
        }
        let report = counts.report();
        assert_eq!(report.ended, made);
        assert!(report.dropped.by_reason(DropReason::Closed) > 0);
        ending.join().expect("no panic");
    });
}

#[test]
fn the_longest_deadlines_are_none() {
    let receiver = Receiver::saying(|_| Some(head(200, "")));
    let mut config = config(&receiver.endpoint);
    config.batch.export_timeout = Duration::MAX;
    config.batch.request_timeout = Duration::MAX;
    let guard = OtelGuard::start(&config).expect("a guard");
    tracing::subscriber::with_default(guard.subscriber(), one_span);
    assert_eq!(guard.flush(Duration::MAX).exported, 1);
    assert!(guard.shutdown(Duration::MAX).finished);
}

#[test]
fn a_bad_endpoint_is_refused_at_the_start() {
    let error = OtelGuard::start(&config("localhost:4318"));
    assert!(matches!(error, Err(Error::Endpoint { .. })), "{error:?}");
}
