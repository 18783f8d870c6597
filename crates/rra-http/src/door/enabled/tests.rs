//! The admin listener behind TLS, asked by a client that checks who answers.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use rra_metrics::{Exposition, MetricsConfig};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use tempfile::TempDir;

use super::*;
use crate::readiness::Report;
use crate::server::AdminServer;

/// A listener with a certificate of its own, which its clients know.
struct Served {
    server: AdminServer,
    roots: RootCertStore,
    _folder: TempDir,
}

fn serve() -> Served {
    let folder = tempfile::tempdir().expect("a folder");
    let pair = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a pair");
    let (cert, key) = (folder.path().join("c.pem"), folder.path().join("k.pem"));
    std::fs::write(&cert, pair.cert.pem()).expect("room");
    std::fs::write(&key, pair.signing_key.serialize_pem()).expect("room");
    let (_, exposition) = Exposition::new(&MetricsConfig::default()).expect("valid");
    let admin = Admin::new(exposition, Report::ready);
    let admin = admin.tls(Tls::from_files(cert, key).expect("a pair that fits"));
    let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
    let mut roots = RootCertStore::empty();
    roots.add(pair.cert.der().clone()).expect("a certificate");
    Served {
        server: admin.serve(any_port).expect("a free port"),
        roots,
        _folder: folder,
    }
}

/// The answer to a request over TLS of these versions.
fn get(served: &Served, versions: &[&'static rustls::SupportedProtocolVersion]) -> String {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)
        .expect("versions")
        .with_root_certificates(served.roots.clone())
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").expect("a name");
    let client = ClientConnection::new(Arc::new(config), name).expect("a client");
    let tcp = TcpStream::connect(served.server.address()).expect("a listener");
    let mut stream = StreamOwned::new(client, tcp);
    let request = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
    stream.write_all(request).expect("an open connection");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("a whole answer");
    answer
}

#[test]
fn it_answers_over_both_versions_of_tls_in_use() {
    let served = serve();
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let answer = get(&served, &[version]);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}

#[test]
fn a_client_that_does_not_encrypt_gets_nothing_of_the_service() {
    let served = serve();
    let mut stream = TcpStream::connect(served.server.address()).expect("a listener");
    let request = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
    stream.write_all(request).expect("an open connection");
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    assert!(!String::from_utf8_lossy(&answer).contains("HTTP"));
    assert!(get(&served, &[&rustls::version::TLS13]).starts_with("HTTP/1.1 200"));
}
