//! Every way in which a connection can end is counted once.

use super::Service;

const UNMATCHED: &str = "endpoint=\"_unmatched\"";
const OTHER: &str = "endpoint=\"_other\"";

/// Sends bytes, leaves when the answer has `stop` in it, and compares what was counted.
#[track_caller]
fn check(bytes: &[u8], stop: &str, expected: &[String]) {
    let service = Service::start();
    service.send(bytes, stop);
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    service.check_counts(&expected);
}

fn requests(method: &str, endpoint: &str, status: u16, count: usize) -> String {
    format!("requests_total{{method=\"{method}\",{endpoint},status=\"{status}\"}} {count}")
}

fn errors(method: &str, endpoint: &str, error: &str) -> String {
    format!("errors_total{{method=\"{method}\",{endpoint},error_type=\"{error}\"}} 1")
}

#[test]
fn a_client_that_leaves_amid_an_endless_body_is_canceled() {
    check(
        b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n",
        "xxx",
        &[
            errors("GET", OTHER, "canceled"),
            requests("GET", OTHER, 200, 1),
        ],
    );
}

#[test]
fn a_client_that_leaves_amid_its_own_body_is_counted_once() {
    let service = Service::start();
    let head = b"POST /things/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc";
    let mut connection = std::net::TcpStream::connect(service.address).unwrap();
    std::io::Write::write_all(&mut connection, head).unwrap();
    service.check_counts(&["requests_in_flight 1"]);
    drop(connection);
    let route = "endpoint=\"/things/{id}\"";
    // The handler is told that the body broke off, and its answer reaches nobody.
    service.check_counts(&[
        &errors("POST", route, "validation"),
        &requests("POST", route, 400, 1),
    ]);
}

#[test]
fn a_handler_that_panics_ends_its_connection_and_is_counted() {
    check(
        b"GET /panics HTTP/1.1\r\nHost: x\r\n\r\n",
        "",
        &[
            errors("GET", OTHER, "internal"),
            requests("GET", OTHER, 500, 1),
        ],
    );
}

#[test]
fn an_answer_that_is_shorter_than_it_says_is_a_fault_of_ours() {
    check(
        b"GET /short HTTP/1.1\r\nHost: x\r\n\r\n",
        "",
        &[
            errors("GET", OTHER, "internal"),
            requests("GET", OTHER, 200, 1),
        ],
    );
}

#[test]
fn a_connection_of_http_1_0_is_counted_and_closed() {
    check(
        b"GET /things/1 HTTP/1.0\r\n\r\n",
        "",
        &[requests("GET", "endpoint=\"/things/{id}\"", 200, 1)],
    );
}

#[test]
fn an_upgrade_is_counted_at_its_head() {
    check(
        b"GET /upgrade HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
        "101",
        &[requests("GET", OTHER, 101, 1)],
    );
}

#[test]
fn requests_without_waiting_are_all_counted() {
    let one = b"GET /things/1 HTTP/1.1\r\nHost: x\r\n\r\n".to_vec();
    let last = b"GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let bytes = [one.repeat(9), last.to_vec()].concat();
    check(
        &bytes,
        "",
        &[
            errors("GET", UNMATCHED, "not_found"),
            requests("GET", "endpoint=\"/things/{id}\"", 200, 9),
            requests("GET", UNMATCHED, 404, 1),
        ],
    );
}

#[test]
fn what_is_no_request_is_refused_by_the_server_and_not_counted() {
    check(b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", "", &[]);
    let large = format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(1 << 20));
    check(large.as_bytes(), "", &[]);
}
