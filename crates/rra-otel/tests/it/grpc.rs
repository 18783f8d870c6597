//! What arrives over gRPC, at a server on a runtime of its own.

use std::net::TcpListener;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use rra_otel::{OtelConfig, OtelGuard, Protocol, TraceReport};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};
use tracing::info_span;
use tracing_subscriber::layer::SubscriberExt;

const PATIENCE: Duration = Duration::from_secs(20);

type Received = Request<ExportTraceServiceRequest>;

struct Collector(mpsc::Sender<Received>);

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Received,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        // The test may have seen enough and gone.
        let _ = self.0.send(request);
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

fn start_collector() -> (String, mpsc::Receiver<Received>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port on loopback");
    listener
        .set_nonblocking(true)
        .expect("a listener for tokio");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    let (sender, requests) = mpsc::channel();
    thread::spawn(move || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
            Server::builder()
                .add_service(TraceServiceServer::new(Collector(sender)))
                .serve_with_incoming(TcpIncoming::from(listener))
                .await
        })
    });
    (endpoint, requests)
}

fn export_one_span(endpoint: &str) -> TraceReport {
    let mut config = OtelConfig::new(endpoint, "shop");
    config.protocol = Protocol::Grpc;
    config.headers = vec![("x-api-key".to_owned(), "s3cret".to_owned())];
    let guard = OtelGuard::start(&config).expect("a guard");
    let subscriber = tracing_subscriber::registry().with(guard.layer());
    tracing::subscriber::with_default(subscriber, || info_span!("request").in_scope(|| ()));
    guard.shutdown(PATIENCE)
}

fn check(run: fn(&dyn Fn() -> TraceReport) -> TraceReport) {
    let (endpoint, requests) = start_collector();
    let report = run(&|| export_one_span(&endpoint));
    assert!(report.finished);
    assert_eq!((report.ended, report.exported), (1, 1));
    let request = requests.recv_timeout(PATIENCE).expect("a request");
    assert_eq!(
        request.metadata().get("x-api-key").expect("a key"),
        "s3cret"
    );
    let spans = &request.get_ref().resource_spans[0].scope_spans[0].spans;
    assert_eq!(spans[0].name, "request");
}

#[test]
fn spans_arrive_without_a_runtime() {
    check(|work| work());
}

#[test]
fn spans_arrive_from_a_current_thread_runtime() {
    check(|work| {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.expect("a runtime").block_on(async { work() })
    });
}

#[test]
fn spans_arrive_from_a_multi_thread_runtime() {
    check(|work| {
        let runtime = tokio::runtime::Builder::new_multi_thread().build();
        runtime.expect("a runtime").block_on(async { work() })
    });
}
