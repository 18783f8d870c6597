//! Encrypted export: who is trusted, who is not, and who we are to the receiver.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rra_otel::{Error, OtelConfig, OtelGuard, Protocol, TraceReport};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use tempfile::TempDir;

use crate::receiver::{Receiver, head};
use crate::{PATIENCE, config, one_span};

/// An authority, what it signed, and the files of all that.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    directory: TempDir,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("a certificate");
        let directory = tempfile::tempdir().expect("a directory");
        fs::write(directory.path().join("ca.pem"), issuer.pem()).expect("a file");
        Self { issuer, directory }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// A certificate for this name and its key, as PEM.
    fn sign(&self, name: &str) -> (String, String) {
        let params = CertificateParams::new([name.to_owned()]).expect("a name");
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a signature");
        let pair = (certificate.pem(), key.serialize_pem());
        fs::write(self.path(&format!("{name}.pem")), &pair.0).expect("a file");
        fs::write(self.path(&format!("{name}.key")), &pair.1).expect("a file");
        pair
    }

    /// A receiver that proves to be this name, and asks for proof if told to.
    fn receiver(&self, name: &str, asks_clients: bool) -> Receiver {
        let (certificate, key) = self.sign(name);
        let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).expect("PEM")];
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).expect("PEM");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .expect("versions");
        let builder = if asks_clients {
            let mut roots = RootCertStore::empty();
            roots.add(self.issuer.der().clone()).expect("a root");
            let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider);
            builder.with_client_cert_verifier(verifier.build().expect("a verifier"))
        } else {
            builder.with_no_client_auth()
        };
        let server = Arc::new(builder.with_single_cert(chain, key).expect("a server"));
        Receiver::behind(
            |_| Some(head(200, "")),
            move |stream| {
                let connection = ServerConnection::new(Arc::clone(&server)).expect("a connection");
                StreamOwned::new(connection, stream)
            },
        )
    }
}

fn encrypted(receiver: &Receiver, authority: &Authority) -> OtelConfig {
    let address = receiver
        .endpoint
        .replace("http://127.0.0.1", "https://localhost");
    let mut config = config(&address);
    config.tls.certificate = Some(authority.path("ca.pem"));
    config.batch.export_timeout = std::time::Duration::from_millis(500);
    config
}

fn send(config: &OtelConfig) -> TraceReport {
    let guard = OtelGuard::start(config).expect("a guard");
    tracing::subscriber::with_default(guard.subscriber(), one_span);
    guard.flush(PATIENCE)
}

#[test]
fn a_receiver_that_proves_its_name_gets_spans() {
    let authority = Authority::new();
    let receiver = authority.receiver("localhost", false);
    assert_eq!(send(&encrypted(&receiver, &authority)).exported, 1);
    assert_eq!(receiver.next().spans().len(), 1);
}

#[test]
fn a_receiver_with_another_name_gets_nothing() {
    let authority = Authority::new();
    let receiver = authority.receiver("elsewhere", false);
    let report = send(&encrypted(&receiver, &authority));
    // On a busy machine there may be no time for a handshake.
    assert_eq!(report.dropped.total(), 1);
    assert_eq!(receiver.count(), 0);
}

#[test]
fn a_receiver_that_nobody_trusted_signed_gets_nothing() {
    let (authority, other) = (Authority::new(), Authority::new());
    let receiver = authority.receiver("localhost", false);
    assert_eq!(send(&encrypted(&receiver, &other)).dropped.total(), 1);
    // Those whom the system trusts did not sign it either.
    let mut config = encrypted(&receiver, &authority);
    config.tls.certificate = None;
    assert_eq!(send(&config).dropped.total(), 1);
    assert_eq!(receiver.count(), 0);
}

#[test]
fn a_receiver_may_ask_who_we_are() {
    let authority = Authority::new();
    let receiver = authority.receiver("localhost", true);
    let mut config = encrypted(&receiver, &authority);
    assert_eq!(send(&config).dropped.total(), 1);
    authority.sign("shop");
    config.tls.client_certificate = Some(authority.path("shop.pem"));
    config.tls.client_key = Some(authority.path("shop.key"));
    assert_eq!(send(&config).exported, 1);
}

#[cfg(feature = "grpc")]
#[test]
fn grpc_proves_the_same() {
    use crate::grpc::{send, serve};
    use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
    use tonic::transport::{Certificate, Identity, Server, ServerTlsConfig};

    let authority = Authority::new();
    let (certificate, key) = authority.sign("localhost");
    let tls = ServerTlsConfig::new()
        .identity(Identity::from_pem(certificate, key))
        .client_ca_root(Certificate::from_pem(authority.issuer.pem()));
    let server = Server::builder().tls_config(tls).expect("a server");
    let (address, _received) = serve(server, || Ok(ExportTraceServiceResponse::default()));
    let endpoint = address.replace("127.0.0.1", "https://localhost");
    authority.sign("shop");
    let trusted = |config: &mut OtelConfig| {
        config.tls.certificate = Some(authority.path("ca.pem"));
        config.tls.client_certificate = Some(authority.path("shop.pem"));
        config.tls.client_key = Some(authority.path("shop.key"));
    };
    assert_eq!(send(&endpoint, trusted).exported, 1);
    assert_eq!(send(&endpoint, |_| ()).dropped.total(), 1);
    let other = Authority::new();
    let untrusted = |config: &mut OtelConfig| {
        config.tls.certificate = Some(other.path("ca.pem"));
    };
    assert_eq!(send(&endpoint, untrusted).dropped.total(), 1);
}

/// A configuration with these files is refused at the start, whatever the protocol.
#[track_caller]
fn check_refused(files: fn(&Authority, &mut OtelConfig), expected: &str) {
    let authority = Authority::new();
    authority.sign("shop");
    fs::write(authority.path("empty.pem"), "").expect("a file");
    for protocol in [Protocol::HttpProtobuf, Protocol::Grpc] {
        if protocol == Protocol::Grpc && cfg!(not(feature = "grpc")) {
            continue;
        }
        let mut config = config("https://localhost:9");
        config.protocol = protocol;
        files(&authority, &mut config);
        let error = OtelGuard::start(&config).expect_err("a refusal");
        assert!(matches!(error, Error::TlsFile { .. }), "{error:?}");
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn a_file_that_is_not_there_or_holds_nothing_is_refused() {
    check_refused(
        |authority, config| config.tls.certificate = Some(authority.path("nowhere.pem")),
        "No such file",
    );
    check_refused(
        |authority, config| config.tls.certificate = Some(authority.path("empty.pem")),
        "it holds no PEM certificate",
    );
}

#[test]
fn a_certificate_without_its_key_is_refused() {
    check_refused(
        |authority, config| {
            config.tls.certificate = Some(authority.path("ca.pem"));
            config.tls.client_certificate = Some(authority.path("shop.pem"));
        },
        "needs a client key too",
    );
}
