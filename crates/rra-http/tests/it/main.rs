//! The layer on a real server, asked byte by byte by clients that are rude, broken or hostile.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod endings;
mod requests;

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, HeaderName};
use axum::routing::{get, post};
use hyper::body::Frame;
use rra_http::{ApiLayer, RequestContext};
use rra_metrics::{Exposition, MetricsConfig, Route};
use tokio::runtime::Runtime;

/// Longer than anything takes, so that only a hang reaches it.
const LONG: Duration = Duration::from_secs(20);

/// A service on a port of its own.
struct Service {
    address: SocketAddr,
    exposition: Exposition,
    _runtime: Runtime,
}

impl Service {
    fn start() -> Self {
        let config = MetricsConfig {
            routes: vec![
                Route::new("GET", "/things/{id}"),
                Route::new("POST", "/things/{id}"),
            ],
            ..MetricsConfig::default()
        };
        let (metrics, exposition) = Exposition::new(&config).unwrap();
        let service = routes()
            .layer(ApiLayer::new(metrics))
            .into_make_service_with_connect_info::<SocketAddr>();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_io()
            .build()
            .unwrap();
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move { axum::serve(listener, service).await });
        Self {
            address,
            exposition,
            _runtime: runtime,
        }
    }

    /// Sends bytes and leaves when the answer has `stop` in it, or when the server closes.
    fn send(&self, bytes: &[u8], stop: &str) -> String {
        let mut connection = TcpStream::connect(self.address).unwrap();
        // The server may have refused and closed already.
        let _ = connection.write_all(bytes);
        let (mut answer, mut chunk) = (Vec::new(), [0; 4096]);
        while let Ok(read @ 1..) = connection.read(&mut chunk) {
            answer.extend_from_slice(&chunk[..read]);
            if !stop.is_empty() && String::from_utf8_lossy(&answer).contains(stop) {
                let _ = connection.shutdown(Shutdown::Both);
                break;
            }
        }
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Waits until these are the counts of requests and errors, without their common start.
    #[track_caller]
    fn check_counts(&self, expected: &[&str]) {
        let deadline = Instant::now() + LONG;
        let mut counts = self.counts();
        while counts != expected && Instant::now() < deadline {
            std::thread::yield_now();
            counts = self.counts();
        }
        assert_eq!(counts, expected);
    }

    /// What is not zero among requests, errors and requests in flight.
    fn counts(&self) -> Vec<String> {
        let page = self.exposition.render();
        let counts = page
            .lines()
            .filter(|line| !line.ends_with(" 0"))
            .filter_map(|line| {
                let line = line.strip_prefix("rra_api_")?;
                let counted = ["requests_total", "errors_total", "requests_in_flight"];
                counted
                    .iter()
                    .any(|name| line.starts_with(name))
                    .then(|| line.to_owned())
            });
        counts.collect()
    }
}

fn routes() -> Router {
    Router::new()
        .route("/things/{id}", get(|| async { "a thing" }))
        .route("/things/{id}", post(|body: String| async move { body }))
        .route("/id", get(request_id))
        .route(
            "/endless",
            get(|| async { Body::new(Chunks { left: usize::MAX }) }),
        )
        .route("/panics", get(panics))
        .route("/short", get(short))
        .route(
            "/upgrade",
            get(|| async { StatusCode::SWITCHING_PROTOCOLS }),
        )
}

async fn request_id() -> String {
    RequestContext::current().unwrap().request_id().to_string()
}

async fn panics() -> StatusCode {
    panic!("a fault of the handler")
}

/// Announces more than there is.
async fn short() -> ([(HeaderName, &'static str); 1], Body) {
    ([(CONTENT_LENGTH, "4096")], Body::new(Chunks { left: 3 }))
}

/// A body of so many KiB that does not say how many.
struct Chunks {
    left: usize,
}

impl hyper::body::Body for Chunks {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let Some(left) = self.left.checked_sub(1) else {
            return Poll::Ready(None);
        };
        self.left = left;
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b'x'; 1024])))))
    }
}
