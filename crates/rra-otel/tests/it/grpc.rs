//! What arrives over gRPC, at a server on a runtime of its own.

use std::net::TcpListener;
use std::sync::mpsc;
use std::thread;

use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use rra_otel::{Compression, DropReason, OtelConfig, OtelGuard, Protocol, TraceReport};
use tonic::codec::CompressionEncoding;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Code, Request, Response, Status};

use crate::{PATIENCE, config, one_span};

pub(crate) type Received = Request<ExportTraceServiceRequest>;
type Answer = Result<ExportTraceServiceResponse, Status>;

struct Collector {
    requests: mpsc::Sender<Received>,
    answer: fn() -> Answer,
}

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Received,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        // The test may have seen enough and gone.
        let _ = self.requests.send(request);
        (self.answer)().map(Response::new)
    }
}

/// A server with this configuration; gives its address and what it gets.
pub(crate) fn serve(server: Server, answer: fn() -> Answer) -> (String, mpsc::Receiver<Received>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port on loopback");
    listener
        .set_nonblocking(true)
        .expect("a listener for tokio");
    let address = listener.local_addr().expect("an address").to_string();
    let (requests, received) = mpsc::channel();
    thread::spawn(move || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
            let service = TraceServiceServer::new(Collector { requests, answer });
            let service = service.accept_compressed(CompressionEncoding::Gzip);
            let mut server = server;
            server
                .add_service(service)
                .serve_with_incoming(TcpIncoming::from(listener))
                .await
        })
    });
    (address, received)
}

/// Sends one span over gRPC and flushes.
pub(crate) fn send(endpoint: &str, change: impl FnOnce(&mut OtelConfig)) -> TraceReport {
    let mut config = config(endpoint);
    config.protocol = Protocol::Grpc;
    config.batch.export_timeout = std::time::Duration::from_secs(2);
    change(&mut config);
    let guard = OtelGuard::start(&config).expect("a guard");
    tracing::subscriber::with_default(guard.subscriber(), one_span);
    guard.flush(PATIENCE)
}

fn check(change: fn(&mut OtelConfig), judge: fn(Received)) {
    let (address, received) = serve(Server::builder(), || {
        Ok(ExportTraceServiceResponse::default())
    });
    let report = send(&format!("http://{address}"), change);
    assert_eq!((report.ended, report.exported), (1, 1));
    judge(received.recv_timeout(PATIENCE).expect("a request"));
}

fn check_dropped(answer: fn() -> Answer, reason: DropReason) {
    let (address, _received) = serve(Server::builder(), answer);
    let report = send(&format!("http://{address}"), |_| ());
    assert_eq!((report.exported, report.dropped.by_reason(reason)), (0, 1));
}

#[test]
fn spans_arrive() {
    check(
        |_| (),
        |request| {
            let spans = &request.get_ref().resource_spans[0].scope_spans[0].spans;
            assert_eq!(spans[0].name, "request");
        },
    );
}

#[test]
fn spans_can_be_compressed() {
    check(
        |config| config.compression = Compression::Gzip,
        |request| {
            let encoding = request
                .metadata()
                .get("grpc-encoding")
                .expect("an encoding");
            assert_eq!(encoding, "gzip");
        },
    );
}

#[test]
fn configured_headers_are_sent() {
    check(
        |config| config.headers.push("x-api-key", "s3cret"),
        |request| {
            let key = request.metadata().get("x-api-key").expect("a key");
            assert_eq!(key, "s3cret");
        },
    );
}

#[test]
fn rejected_spans_are_counted() {
    let partial = || {
        Ok(ExportTraceServiceResponse {
            partial_success: Some(ExportTracePartialSuccess {
                rejected_spans: 1,
                error_message: String::new(),
            }),
        })
    };
    check_dropped(partial, DropReason::Refused);
}

#[test]
fn a_refusal_is_final_and_a_busy_receiver_is_asked_again() {
    check_dropped(
        || Err(Status::new(Code::Unauthenticated, "")),
        DropReason::Refused,
    );
    check_dropped(
        || Err(Status::new(Code::ResourceExhausted, "")),
        DropReason::Refused,
    );
    check_dropped(
        || Err(Status::new(Code::Unavailable, "")),
        DropReason::Unavailable,
    );
}

#[test]
fn an_answer_that_is_too_late_is_none() {
    const ANSWER: std::time::Duration = std::time::Duration::from_millis(200);
    let late = || {
        std::thread::sleep(2 * ANSWER);
        Ok(ExportTraceServiceResponse::default())
    };
    let (address, _received) = serve(Server::builder(), late);
    let report = send(&format!("http://{address}"), |config| {
        config.batch.request_timeout = ANSWER;
    });
    assert_eq!(
        (
            report.exported,
            report.dropped.by_reason(DropReason::Timeout)
        ),
        (0, 1)
    );
}
