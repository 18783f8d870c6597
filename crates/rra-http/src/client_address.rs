//! Who sent a request, seen through the proxies in front of the service.
//!
//! Anyone can write any address into `X-Forwarded-For`; only what the service's own proxies added
//! at its end can be believed.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::HeaderName;
use axum::http::request::Parts;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address of the client that sent a request, for the `source_ip` of events.
/// [`ApiLayer`](crate::ApiLayer) puts it among the request's extensions when it is known.
///
/// The peer's address comes from axum's `ConnectInfo`, so serve the router with
/// `into_make_service_with_connect_info::<SocketAddr>()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// The address; one of IPv4 mapped into IPv6 is given as IPv4.
    pub fn ip(self) -> IpAddr {
        self.0
    }

    /// The address that the outermost of `proxies` trusted proxies saw. A part that is no address
    /// ends the search: what stands before it was not written by a proxy of ours.
    pub(crate) fn of(parts: &Parts, proxies: usize) -> Option<Self> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let forwarded = parts.headers.get_all(FORWARDED_FOR).iter().rev();
        let address = forwarded
            .flat_map(|value| value.to_str().unwrap_or("unreadable").rsplit(','))
            .take(proxies)
            .map_while(parse)
            .last()
            .or(peer.map(|peer| peer.0.ip()))?;
        Some(Self(address.to_canonical()))
    }
}

/// Reads an address, with a port or without.
fn parse(part: &str) -> Option<IpAddr> {
    let part = part.trim();
    let bare = part
        .strip_prefix('[')
        .and_then(|part| part.strip_suffix(']'));
    bare.unwrap_or(part)
        .parse()
        .or_else(|_| part.parse().map(|address: SocketAddr| address.ip()))
        .ok()
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    /// The client of a request from 192.0.2.1 with these `X-Forwarded-For` headers.
    fn check(proxies: usize, forwarded: &[&str], expected: &str) {
        let mut request = Request::builder();
        for value in forwarded {
            request = request.header(FORWARDED_FOR, *value);
        }
        let peer = ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 4711)));
        let request = request.extension(peer).body(()).expect("a request");
        let address = ClientAddress::of(&request.into_parts().0, proxies).expect("a peer");
        assert_eq!(
            address.ip().to_string(),
            expected,
            "{proxies} {forwarded:?}"
        );
    }

    #[test]
    fn without_proxies_the_peer_is_the_client() {
        check(0, &[], "192.0.2.1");
        check(0, &["203.0.113.9"], "192.0.2.1");
    }

    #[test]
    fn a_proxy_tells_whom_it_saw() {
        check(1, &["203.0.113.9"], "203.0.113.9");
        check(2, &["203.0.113.9, 198.51.100.2"], "203.0.113.9");
    }

    #[test]
    fn what_a_client_wrote_itself_is_not_believed() {
        check(1, &["10.0.0.1, 203.0.113.9"], "203.0.113.9");
        check(1, &["10.0.0.1", "203.0.113.9"], "203.0.113.9");
    }

    #[test]
    fn a_part_that_is_no_address_ends_the_search() {
        check(1, &["nonsense"], "192.0.2.1");
        check(2, &["unknown, 203.0.113.9"], "203.0.113.9");
        check(2, &["10.0.0.1, , 203.0.113.9"], "203.0.113.9");
    }

    #[test]
    fn fewer_proxies_than_expected_give_the_farthest_that_was_seen() {
        check(3, &["203.0.113.9"], "203.0.113.9");
        check(3, &[], "192.0.2.1");
    }

    #[test]
    fn ports_brackets_and_mapped_addresses_are_understood() {
        check(1, &["203.0.113.9:55000"], "203.0.113.9");
        check(1, &["[2001:db8::1]:55000"], "2001:db8::1");
        check(1, &["[2001:db8::1]"], "2001:db8::1");
        check(1, &["::ffff:203.0.113.9"], "203.0.113.9");
    }

    #[test]
    fn a_request_of_nobody_known_has_no_client() {
        let parts = Request::new(()).into_parts().0;
        assert_eq!(ClientAddress::of(&parts, 1), None);
    }
}
