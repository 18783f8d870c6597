//! Through proxies that can be believed, and past everything else that a header may say.

use axum::http::{HeaderValue, Request};
use proptest::prelude::*;

use super::*;

/// Proxies in `10.0.0.0/8` and `2001:db8:1::/48`.
fn proxies(header: ProxyHeader) -> Proxies {
    let networks = ["10.0.0.0/8", "2001:db8:1::/48"];
    Proxies::new(networks.map(|text| text.parse().expect("a network"))).header(header)
}

fn client(header: ProxyHeader, peer: &str, lines: &[&[u8]]) -> Option<IpAddr> {
    let name = match header {
        ProxyHeader::XForwardedFor => X_FORWARDED_FOR,
        ProxyHeader::Forwarded => axum::http::header::FORWARDED,
    };
    let peer: IpAddr = peer.parse().expect("an address");
    let peer = ConnectInfo(SocketAddr::from((peer, 4711)));
    let mut request = Request::builder().extension(peer);
    for line in lines {
        request = request.header(&name, HeaderValue::from_bytes(line).expect("a value"));
    }
    let request = request.body(()).expect("a request");
    proxies(header).client(&request.into_parts().0)
}

/// The client of a request from `peer` with these `X-Forwarded-For` lines.
#[track_caller]
fn check(peer: &str, lines: &[&str], expected: &str) {
    let bytes: Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
    let found = client(ProxyHeader::XForwardedFor, peer, &bytes).expect("a peer");
    assert_eq!(found.to_string(), expected, "{peer} {lines:?}");
}

/// The same with `Forwarded` lines.
#[track_caller]
fn check_forwarded(lines: &[&str], expected: &str) {
    let bytes: Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
    let found = client(ProxyHeader::Forwarded, "10.0.0.1", &bytes).expect("a peer");
    assert_eq!(found.to_string(), expected, "{lines:?}");
}

#[test]
fn whoever_is_no_proxy_is_the_client_whatever_it_says() {
    check("203.0.113.9", &[], "203.0.113.9");
    check("203.0.113.9", &["198.51.100.1"], "203.0.113.9");
    check("203.0.113.9", &["10.0.0.5"], "203.0.113.9");
}

#[test]
fn a_proxy_tells_whom_it_saw() {
    check("10.0.0.1", &["203.0.113.9"], "203.0.113.9");
    check("10.0.0.1", &["203.0.113.9, 10.0.0.2"], "203.0.113.9");
    check("10.0.0.1", &["203.0.113.9", "10.0.0.2"], "203.0.113.9");
    check("2001:db8:1::5", &["2001:db8:2::9"], "2001:db8:2::9");
}

#[test]
fn what_a_client_wrote_itself_is_not_believed() {
    check("10.0.0.1", &["198.51.100.1, 203.0.113.9"], "203.0.113.9");
    check(
        "10.0.0.1",
        &["10.0.0.9, 203.0.113.9, 10.0.0.2"],
        "203.0.113.9",
    );
    check("10.0.0.1", &["198.51.100.1", "203.0.113.9"], "203.0.113.9");
}

#[test]
fn a_part_that_is_no_address_ends_the_search() {
    check("10.0.0.1", &["nonsense"], "10.0.0.1");
    check("10.0.0.1", &["203.0.113.9, unknown, 10.0.0.2"], "10.0.0.2");
    check("10.0.0.1", &["203.0.113.9, , 10.0.0.2"], "10.0.0.2");
    check("10.0.0.1", &["010.0.0.1"], "10.0.0.1");
}

#[test]
fn when_all_are_proxies_the_farthest_is_the_client() {
    check("10.0.0.1", &[], "10.0.0.1");
    check("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3");
}

#[test]
fn ports_brackets_zones_and_mapped_addresses_are_understood() {
    check("10.0.0.1", &["203.0.113.9:55000"], "203.0.113.9");
    check("10.0.0.1", &["[2001:db8::1]:55000"], "2001:db8::1");
    check("10.0.0.1", &["[2001:db8::1]"], "2001:db8::1");
    check("10.0.0.1", &["fe80::1%eth0"], "fe80::1");
    check("10.0.0.1", &["[fe80::1%25eth0]:80"], "fe80::1");
    check("::ffff:10.0.0.1", &["::ffff:203.0.113.9"], "203.0.113.9");
}

#[test]
fn a_mapped_peer_is_the_address_it_maps_without_proxies_too() {
    let peer: SocketAddr = "[::ffff:203.0.113.9]:4711".parse().expect("an address");
    let request = Request::builder().extension(peer).body(());
    let parts = request.expect("a request").into_parts().0;
    let found = Proxies::default().client(&parts).expect("a peer");
    assert_eq!(found.to_string(), "203.0.113.9");
}

#[test]
fn a_chain_without_end_is_given_up() {
    let chain = vec!["10.0.0.9"; 10_000].join(",");
    check("10.0.0.1", &[&format!("203.0.113.9,{chain}")], "10.0.0.9");
    let chain = vec!["for=10.0.0.9"; 10_000].join(",");
    check_forwarded(&[&format!("for=203.0.113.9,{chain}")], "10.0.0.9");
}

#[test]
fn a_byte_that_is_no_text_hides_nothing_a_proxy_added() {
    let line: &[u8] = b"\xff\xfe, 203.0.113.9";
    let found = client(ProxyHeader::XForwardedFor, "10.0.0.1", &[line]);
    assert_eq!(found, Some(IpAddr::from([203, 0, 113, 9])));
}

#[test]
fn the_standard_s_header_is_read_when_proxies_write_it() {
    check_forwarded(&["for=203.0.113.9"], "203.0.113.9");
    check_forwarded(
        &["for=198.51.100.1, for=203.0.113.9;proto=https"],
        "203.0.113.9",
    );
    check_forwarded(
        &[r#"for="[2001:db8:2::9]:4711";by=10.0.0.1"#],
        "2001:db8:2::9",
    );
    check_forwarded(&[r#"for="[2001:db8:2::9]:_port""#], "2001:db8:2::9");
    check_forwarded(&[r#"for="203.0.113.9:_port""#], "203.0.113.9");
    check_forwarded(&["for=198.51.100.1", "for=203.0.113.9"], "203.0.113.9");
    check_forwarded(&["for=unknown"], "10.0.0.1");
    check_forwarded(&["for=_hidden, for=10.0.0.2"], "10.0.0.2");
}

#[test]
fn only_the_header_that_proxies_write_is_read() {
    let found = client(ProxyHeader::Forwarded, "10.0.0.1", &[]);
    let request = Request::builder()
        .header(X_FORWARDED_FOR, "198.51.100.1")
        .extension(SocketAddr::from(([10, 0, 0, 1], 1)));
    let request = request.body(()).expect("a request");
    let other = proxies(ProxyHeader::Forwarded).client(&request.into_parts().0);
    assert_eq!(found, other);
}

#[test]
fn a_request_of_nobody_known_has_no_client() {
    let request = Request::builder().header(X_FORWARDED_FOR, "203.0.113.9");
    let parts = request.body(()).expect("a request").into_parts().0;
    assert_eq!(proxies(ProxyHeader::XForwardedFor).client(&parts), None);
}

proptest! {
    /// Whatever a client writes first, what the proxy adds behind it is what counts.
    #[test]
    fn nothing_a_client_writes_changes_who_it_is(
        // Every byte that a header value may have.
        written in proptest::collection::vec(prop_oneof![Just(9_u8), 32_u8..=126, 128_u8..=255], 0..60),
        bits: u32,
        is_one_line: bool,
    ) {
        let real = IpAddr::V4(bits.into());
        prop_assume!(!proxies(ProxyHeader::Forwarded).trusts(real));
        for (header, prefix) in [(ProxyHeader::XForwardedFor, ""), (ProxyHeader::Forwarded, "for=")] {
            let added = format!("{prefix}{real}");
            let joined = [&written[..], b", ", added.as_bytes()].concat();
            let lines: [&[u8]; 2] = [&written, added.as_bytes()];
            let found = if is_one_line {
                client(header, "10.0.0.1", &[&joined])
            } else {
                client(header, "10.0.0.1", &lines)
            };
            prop_assert_eq!(found, Some(real));
        }
    }
}
