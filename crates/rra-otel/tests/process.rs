//! What only a whole process can show: with everything in it traced, the export makes no span of
//! its own. One test, because tests of one file share a process.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use rra_otel::{OtelConfig, OtelGuard, Protocol};
use tracing::{Level, trace_span};

/// Longer than any test takes, so that only a hang reaches it.
const PATIENCE: Duration = Duration::from_secs(20);
const SPANS: u64 = 50;

#[test]
fn an_export_makes_no_spans() {
    let protocols: &[Protocol] = if cfg!(feature = "grpc") {
        &[Protocol::Grpc, Protocol::HttpProtobuf]
    } else {
        &[Protocol::HttpProtobuf]
    };
    let guards: Vec<OtelGuard> = protocols.iter().map(|protocol| start(*protocol)).collect();
    // The whole process, so that the threads that export have it too.
    let subscriber = guards[0].subscriber();
    tracing::subscriber::set_global_default(subscriber).expect("the first");
    for guard in &guards {
        tracing::subscriber::with_default(guard.subscriber(), || {
            for _ in 0..SPANS {
                trace_span!("request").in_scope(|| tracing::trace!("event"));
                guard.flush(Duration::from_millis(20));
            }
        });
    }
    for guard in guards {
        assert_eq!(guard.shutdown(PATIENCE).ended, SPANS);
    }
}

/// A guard that traces everything and exports to somebody who answers in plain HTTP.
fn start(protocol: Protocol) -> OtelGuard {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port on loopback");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut some = [0; 1024];
            let _ = stream.read(&mut some);
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
        }
    });
    let mut config = OtelConfig::new(endpoint);
    config.protocol = protocol;
    config.max_level = Level::TRACE;
    config.batch.export_timeout = Duration::from_millis(50);
    OtelGuard::start(&config).expect("a guard")
}
