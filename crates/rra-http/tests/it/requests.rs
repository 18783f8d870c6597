//! Requests that mean something else than they seem to.

use super::Service;

/// The last line of the answer to these bytes, the server's connection closed after it.
fn ask(bytes: &str) -> String {
    let answer = Service::start().send(bytes.as_bytes(), "");
    answer.rsplit("\r\n").next().unwrap_or_default().to_owned()
}

/// Sends a request with these headers and compares the id its handler sees with this one; an empty
/// one must have been replaced by a new one.
#[track_caller]
fn check_id(headers: &str, expected: &str) {
    let seen = ask(&format!(
        "GET /id HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n"
    ));
    if expected.is_empty() {
        assert_eq!(seen.len(), 36, "{headers}: {seen}");
    } else {
        assert_eq!(seen, expected, "{headers}");
    }
}

#[test]
fn an_id_is_taken_if_there_is_one_and_it_is_fit() {
    check_id("X-Request-Id: abc-123\r\n", "abc-123");
    check_id("x-REQUEST-id:abc-123 \r\n", "abc-123");
    check_id("", "");
    check_id("X-Request-Id: \r\n", "");
    check_id("X-Request-Id: a b\r\n", "");
    check_id("X-Request-Id: a\tb\r\n", "");
    check_id("X-Request-Id: ${jndi:ldap://x}\r\n", "");
    check_id(&format!("X-Request-Id: {}\r\n", "a".repeat(129)), "");
}

#[test]
fn an_id_that_is_given_twice_is_nobody_s() {
    check_id("X-Request-Id: one\r\nX-Request-Id: two\r\n", "");
    check_id("X-Request-Id: one\r\nX-Request-Id: one\r\n", "");
}

/// Sends bytes and compares the counts of requests, without their common start.
#[track_caller]
fn check_counted(bytes: &str, expected: &[&str]) {
    let service = Service::start();
    service.send(bytes.as_bytes(), "");
    let expected: Vec<String> = expected
        .iter()
        .map(|labels| format!("requests_total{{{labels}}} 1"))
        .collect();
    let requests = |counts: Vec<String>| -> Vec<String> {
        let is_request = |line: &String| line.starts_with("requests_total");
        counts.into_iter().filter(is_request).collect()
    };
    let deadline = std::time::Instant::now() + super::LONG;
    while requests(service.counts()) != expected && std::time::Instant::now() < deadline {
        std::thread::yield_now();
    }
    assert_eq!(requests(service.counts()), expected, "{bytes}");
}

const THING: &str = "method=\"GET\",endpoint=\"/things/{id}\",status=\"200\"";

#[test]
fn the_absolute_form_is_the_same_route() {
    let head = "HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    check_counted(
        &format!("GET http://other.example/things/1 {head}"),
        &[THING],
    );
    check_counted(&format!("GET http://u:p@x:1/things/1?q#f {head}"), &[THING]);
}

#[test]
fn a_request_about_the_server_itself_is_on_no_route() {
    let head = "HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let of = |method: &str, status: u16| {
        format!("method=\"{method}\",endpoint=\"_unmatched\",status=\"{status}\"")
    };
    check_counted(&format!("OPTIONS * {head}"), &[&of("OPTIONS", 404)]);
    check_counted(&format!("CONNECT x:443 {head}"), &[&of("CONNECT", 404)]);
}

#[test]
fn paths_that_hide_something_are_in_no_label() {
    let head = "HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    for path in [
        "/things/%0a%0dSet-Cookie:x",
        "/things/%00",
        "/things/..%2f..%2fetc%2fpasswd",
        "/things/\"}{x=\"",
    ] {
        check_counted(&format!("GET {path} {head}"), &[THING]);
    }
}

#[test]
fn a_request_with_two_lengths_hides_no_other() {
    let hidden = "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n";
    let length = hidden.len() + 5;
    // The chunked body ends at once; by the length, the second request would be its rest.
    let bytes = format!(
        "POST /things/1 HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\
         Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}"
    );
    let service = Service::start();
    let answer = service.send(bytes.as_bytes(), "404");
    let answers = answer.matches("HTTP/1.1 ").count();
    let counts = service.counts();
    let counted = counts
        .iter()
        .filter(|line| line.starts_with("requests_total"))
        .count();
    // Refused as a whole, or read by its chunks: each request that was answered was counted.
    let refused = usize::from(answer.contains("HTTP/1.1 400"));
    assert_eq!(answers - refused, counted, "{answer} {counts:?}");
}

#[test]
fn an_expectation_is_met_once_and_counted_once() {
    let service = Service::start();
    let head = "POST /things/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\
                Expect: 100-continue\r\n\r\nok";
    let answer = service.send(head.as_bytes(), "");
    assert!(answer.contains("HTTP/1.1 200"), "{answer}");
    let route = "method=\"POST\",endpoint=\"/things/{id}\"";
    service.check_counts(&[&format!("requests_total{{{route},status=\"200\"}} 1")]);
}
