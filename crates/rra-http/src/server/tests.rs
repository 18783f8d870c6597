//! The admin listener over real sockets: with and without a runtime, and with rude clients.

use std::io::{Read, Write};
use std::net::Shutdown;

use rra_metrics::{Exposition, MetricsConfig};
use tokio::io::AsyncWriteExt;

use super::*;
use crate::admin::Admin;
use crate::readiness::Report;

fn admin() -> Admin {
    let (_, exposition) = Exposition::new(&MetricsConfig::default()).expect("valid");
    Admin::new(exposition, Report::ready)
}

fn any_port() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

fn start_any() -> AdminServer {
    admin().serve(any_port()).expect("a free port")
}

/// Sends these bytes and gives what comes back until the server closes.
fn send(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = std::net::TcpStream::connect(address).expect("a listener");
    // The other side may have refused already and closed.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn get(address: SocketAddr, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    send(address, request.as_bytes())
}

/// Sends these bytes and compares the start of the answer; then asks for health.
fn check(bytes: &[u8], expected: &str) {
    let server = start_any();
    let answer = send(server.address(), bytes);
    assert!(answer.starts_with(expected), "{answer}");
    assert!(get(server.address(), "/health").starts_with("HTTP/1.1 200"));
}

#[test]
fn it_serves_without_a_runtime() {
    let server = start_any();
    let answer = get(server.address(), "/metrics");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("rra_build_info"));
}

#[tokio::test(flavor = "current_thread")]
async fn it_serves_inside_a_runtime_that_is_busy() {
    let server = start_any();
    // The runtime's only thread blocks here, and the answer comes all the same.
    assert!(get(server.address(), "/ready").starts_with("HTTP/1.1 200"));
}

#[test]
fn a_port_in_use_is_an_error_that_names_it() {
    let server = start_any();
    let error = admin()
        .serve(server.address())
        .expect_err("the port is taken");
    let text = error.to_string();
    assert!(text.contains(&server.address().to_string()), "{text}");
    assert!(text.contains("listens there already"), "{text}");
}

#[test]
fn the_port_is_free_again_when_the_server_is_dropped() {
    let server = start_any();
    let address = server.address();
    drop(server);
    let again = admin().serve(address).expect("the port is free");
    assert!(get(again.address(), "/health").starts_with("HTTP/1.1 200"));
}

#[test]
fn dropping_it_does_not_wait_for_a_silent_client() {
    let server = start_any();
    let silent = std::net::TcpStream::connect(server.address()).expect("a listener");
    assert!(get(server.address(), "/health").starts_with("HTTP/1.1 200"));
    let start = std::time::Instant::now();
    drop(server);
    assert!(start.elapsed() < HEAD_DEADLINE / 2);
    drop(silent);
}

#[test]
fn dropping_it_does_not_wait_for_an_answer_that_hangs() {
    let (asked, is_asked) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let released = Mutex::new(released);
    let hang = move || {
        let _ = asked.send(());
        let _ = released.lock().expect("sound").recv();
        Report::ready()
    };
    let (_, exposition) = Exposition::new(&MetricsConfig::default()).expect("valid");
    let server = Admin::new(exposition, hang).serve(any_port());
    let server = server.expect("a free port");
    let address = server.address();
    let client = thread::spawn(move || get(address, "/ready"));
    is_asked.recv().expect("a request");
    let (dropped, is_dropped) = mpsc::channel();
    thread::spawn(move || {
        drop(server);
        dropped.send(())
    });
    let is_dropped = is_dropped.recv_timeout(HEAD_DEADLINE);
    drop(release);
    assert_eq!(is_dropped, Ok(()));
    client.join().expect("no panic");
}

#[test]
fn a_connection_serves_one_request() {
    check(
        b"GET /health HTTP/1.1\r\nHost: x\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n",
        "HTTP/1.1 200",
    );
    let server = start_any();
    assert!(
        get(server.address(), "/health")
            .to_lowercase()
            .contains("connection: close")
    );
}

#[test]
fn what_is_not_http_is_refused() {
    check(
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        "HTTP/1.1 400",
    );
    check(b"GET\r\n\r\n", "HTTP/1.1 400");
    check(b"GET /metrics HTTP/9.9\r\n\r\n", "HTTP/1.1 400");
    check(
        b"GET /metrics HTTP/1.1\r\nBad Header: 1\r\n\r\n",
        "HTTP/1.1 400",
    );
    check(&[0; 100], "HTTP/1.1 400");
}

#[test]
fn smuggled_lengths_are_refused() {
    check(
        b"GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "HTTP/1.1 400",
    );
}

#[test]
fn a_head_that_is_too_large_is_refused() {
    let mut request = b"GET /health HTTP/1.1\r\nHost: x\r\n".to_vec();
    for n in 0..1_000 {
        request.extend_from_slice(format!("X-{n}: {}\r\n", "y".repeat(100)).as_bytes());
    }
    request.extend_from_slice(b"\r\n");
    check_refused(&request);
    let of_bytes = |bytes: usize| {
        let long = "y".repeat(bytes);
        format!("GET /health HTTP/1.1\r\nHost: x\r\nX: {long}\r\n\r\n")
    };
    check_refused(of_bytes(2 * HEAD_BYTES).as_bytes());
    check(of_bytes(HEAD_BYTES / 2).as_bytes(), "HTTP/1.1 200");
}

/// A head that is too large; the connection may break before its answer is read.
fn check_refused(request: &[u8]) {
    let server = start_any();
    let answer = send(server.address(), request);
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 431"),
        "{answer}"
    );
    assert!(get(server.address(), "/health").starts_with("HTTP/1.1 200"));
}

#[test]
fn a_client_that_leaves_early_harms_nobody() {
    let server = start_any();
    for part in [
        &b""[..],
        b"GET /metrics HTT",
        b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n",
    ] {
        let mut stream = std::net::TcpStream::connect(server.address()).expect("a listener");
        stream.write_all(part).expect("room for a few bytes");
        stream.shutdown(Shutdown::Both).expect("an open connection");
    }
    assert!(get(server.address(), "/health").starts_with("HTTP/1.1 200"));
}

/// Sends these bytes, then nothing, reads nothing, and gives how long the server puts up with it.
async fn patience(sent: &[u8]) -> Duration {
    // The clock stands still but for waiting, and a long answer does not fit the pipe.
    let (mut client, server) = tokio::io::duplex(64);
    let opened = async { Some(server) };
    let visiting = tokio::spawn(visit(opened, any_port(), admin().routes()));
    client.write_all(sent).await.expect("a server");
    let start = tokio::time::Instant::now();
    let visited = timeout(2 * CONNECTION_DEADLINE, visiting).await;
    visited.expect("an end").expect("no panic");
    start.elapsed()
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_come_in_is_let_go_after_the_deadline_for_heads() {
    let start = tokio::time::Instant::now();
    let never = std::future::pending::<Option<tokio::io::DuplexStream>>();
    visit(never, any_port(), admin().routes()).await;
    assert_eq!(start.elapsed(), HEAD_DEADLINE);
}

#[tokio::test(start_paused = true)]
async fn a_silent_client_is_let_go_after_the_deadline_for_heads() {
    assert_eq!(patience(b"GET /metrics HTT").await, HEAD_DEADLINE);
    assert_eq!(patience(b"").await, HEAD_DEADLINE);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_sends_one_byte_at_a_time_gains_nothing() {
    let (mut client, server) = tokio::io::duplex(64);
    let serving = tokio::spawn(serve(server, any_port(), admin().routes()));
    let start = tokio::time::Instant::now();
    while client.write_all(b"x").await.is_ok() {
        sleep(HEAD_DEADLINE / 20).await;
    }
    serving.await.expect("no panic");
    assert!(start.elapsed() <= HEAD_DEADLINE + HEAD_DEADLINE / 10);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_nothing_is_let_go_after_the_deadline_for_connections() {
    let sent = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
    assert_eq!(patience(sent).await, CONNECTION_DEADLINE);
}

#[test]
fn clients_that_do_nothing_do_not_keep_others_out() {
    let server = start_any();
    let address = server.address();
    let idle: Vec<_> = (0..4 * MAX_CONNECTIONS)
        .map(|_| std::net::TcpStream::connect(address).expect("a listener"))
        .collect();
    let start = std::time::Instant::now();
    assert!(get(address, "/metrics").starts_with("HTTP/1.1 200"));
    // Were it to wait until they are let go, it would be the deadline three times over.
    assert!(start.elapsed() < 2 * HEAD_DEADLINE);
    drop(idle);
}

#[test]
fn the_oldest_connection_makes_room_for_one_too_many() {
    let server = start_any();
    let start = std::time::Instant::now();
    let connect = |_| std::net::TcpStream::connect(server.address()).expect("a listener");
    let mut clients: Vec<_> = (0..=MAX_CONNECTIONS).map(connect).collect();
    // It is closed, and sooner than for its silence.
    let read = clients[0].read(&mut [0]);
    assert_eq!(read.expect("the end of the connection"), 0);
    assert!(start.elapsed() < HEAD_DEADLINE);
}

#[test]
fn more_clients_than_connections_are_all_served() {
    let server = start_any();
    let address = server.address();
    // Each new one would end the oldest if that were slow; none of these is.
    for _ in 0..3 {
        let clients: Vec<_> = (0..MAX_CONNECTIONS)
            .map(|_| thread::spawn(move || get(address, "/metrics")))
            .collect();
        for client in clients {
            let answer = client.join().expect("no panic");
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        }
    }
}

#[test]
fn an_address_that_is_not_listed_is_closed_unread() {
    let elsewhere = "10.0.0.0/8".parse().expect("a network");
    let server = admin().only_for([elsewhere]).serve(any_port());
    let server = server.expect("a free port");
    assert_eq!(get(server.address(), "/health"), "");
}

/// Bytes that are no request, made from one by a number.
fn malformed(number: u64) -> Vec<u8> {
    let heads: [&[u8]; 8] = [
        b"GET /metrics HTTP/9.9\r\n\r\n",
        b"GET /metrics\r\n\r\n",
        b"\0\0\0\0\r\n\r\n",
        b"GET /metrics HTTP/1.1\r\nBad Header: 1\r\n\r\n",
        b"GET http://[ HTTP/1.1\r\n\r\n",
        b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /metrics HTTP/1.1\r\n: empty\r\n\r\n",
    ];
    let mut bytes = heads[usize::try_from(number % 8).expect("small")].to_vec();
    // A different byte goes wrong each time.
    let at = usize::try_from(number / 8).expect("small") % bytes.len();
    bytes[at] ^= u8::try_from(number % 127 + 1).expect("small");
    bytes
}

#[tokio::test]
async fn ten_thousand_malformed_requests_hurt_nobody() {
    let routes = admin().routes();
    for number in 0..10_000 {
        let (mut client, server) = tokio::io::duplex(1 << 16);
        client.write_all(&malformed(number)).await.expect("room");
        client.shutdown().await.expect("an open pipe");
        // Returns, whatever the bytes are, and does not panic.
        serve(server, any_port(), routes.clone()).await;
    }
}

#[test]
fn after_malformed_requests_the_listener_answers_as_before() {
    let server = start_any();
    for number in 0..400 {
        send(server.address(), &malformed(number));
    }
    assert!(get(server.address(), "/metrics").starts_with("HTTP/1.1 200"));
}

#[test]
fn the_default_address_is_the_guide_s_and_local() {
    assert_eq!(DEFAULT_ADMIN_ADDRESS.to_string(), "127.0.0.1:8000");
    assert!(DEFAULT_ADMIN_ADDRESS.ip().is_loopback());
}
