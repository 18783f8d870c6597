//! Who sent a request, seen through the proxies in front of the service.
//!
//! Anyone can write any address into a header. What the service's own proxies added at its end can
//! be believed, so the walk goes from the right and stops at the first address that is none of them.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};

use crate::forwarded;
use crate::network::Network;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// Most proxies that are looked through; the rest of a header is not even read.
const MAX_HOPS: usize = 32;

/// The proxies of the service's own, and the header they write. Without any, a client is whoever
/// the connection comes from.
///
/// ```
/// use rra_http::{Proxies, ProxyHeader};
///
/// # fn main() -> Result<(), rra_http::Error> {
/// let proxies = Proxies::new(["10.0.0.0/8".parse()?, "2001:db8:1::/48".parse()?])
///     .header(ProxyHeader::Forwarded);
/// # let _ = proxies;
/// # Ok(())
/// # }
/// ```
///
/// A server that takes PROXY protocol puts the address it was told where the peer's would be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies {
    networks: Vec<Network>,
    header: ProxyHeader,
}

/// The header in which proxies say for whom they ask. Only one is read: a proxy that writes the one
/// passes on whatever a client put into the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProxyHeader {
    /// `X-Forwarded-For: 203.0.113.9, 10.0.0.7`, by custom.
    #[default]
    XForwardedFor,
    /// `Forwarded: for=203.0.113.9, for="[2001:db8::7]"` (RFC 7239).
    Forwarded,
}

impl Proxies {
    /// Proxies in these networks, which should hold nothing else: a client inside of one can claim
    /// any address.
    pub fn new(networks: impl IntoIterator<Item = Network>) -> Self {
        Self {
            networks: networks.into_iter().collect(),
            header: ProxyHeader::default(),
        }
    }

    /// The header they write.
    pub fn header(mut self, header: ProxyHeader) -> Self {
        self.header = header;
        self
    }

    /// The client of a request: the peer, or the last address that proxies of ours vouch for. A part
    /// that is no address ends the search, since what stands before it was not written by them.
    pub(crate) fn client(&self, parts: &Parts) -> Option<IpAddr> {
        let mut client = peer(parts)?.to_canonical();
        if self.networks.is_empty() {
            return Some(client);
        }
        let mut hops = self.hops(&parts.headers);
        while self.trusts(client) {
            match hops.next() {
                Some(Some(address)) => client = address.to_canonical(),
                _ => break,
            }
        }
        Some(client)
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.networks
            .iter()
            .any(|network| network.contains(address))
    }

    /// What the header says, nearest first.
    fn hops<'h>(&self, headers: &'h HeaderMap) -> Box<dyn Iterator<Item = Option<IpAddr>> + 'h> {
        match self.header {
            ProxyHeader::XForwardedFor => {
                let values = headers.get_all(X_FORWARDED_FOR).iter().rev();
                let parts = values.flat_map(|value| value.as_bytes().rsplit(|byte| *byte == b','));
                Box::new(parts.take(MAX_HOPS).map(address))
            }
            ProxyHeader::Forwarded => {
                let values = headers.get_all(axum::http::header::FORWARDED).iter().rev();
                let elements = values.flat_map(|value| forwarded::elements(value.as_bytes()));
                Box::new(
                    elements
                        .take(MAX_HOPS)
                        .map(|element| address(&forwarded::parameter(element, "for")?)),
                )
            }
        }
    }
}

/// Who opened the connection, as axum's `ConnectInfo` or a bare `SocketAddr` among the extensions.
fn peer(parts: &Parts) -> Option<IpAddr> {
    let told = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let told = told.map(|info| &info.0).or_else(|| parts.extensions.get());
    told.map(SocketAddr::ip)
}

/// Reads an address, with a port or without, in brackets or without. The zone of a link-local
/// address names an interface of another machine and is left out.
fn address(part: &[u8]) -> Option<IpAddr> {
    let part = std::str::from_utf8(part).ok()?.trim_matches([' ', '\t']);
    if let Ok(address) = part.parse::<SocketAddr>() {
        return Some(address.ip());
    }
    let (bare, after) = match (part.strip_prefix('['), part.find(':')) {
        (Some(rest), _) => rest.split_once(']')?,
        // One colon alone stands in no address of IPv6.
        (None, Some(colon)) if part.rfind(':') == Some(colon) => part.split_at(colon),
        _ => (part, ""),
    };
    if !is_port(after) {
        return None;
    }
    let zoneless = bare.split_once('%').map_or(bare, |(address, _)| address);
    zoneless.parse().ok()
}

/// Nothing, or a colon and a port, which RFC 7239 lets a proxy disguise.
fn is_port(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    text.is_empty()
        || text
            .strip_prefix(':')
            .is_some_and(|port| port.bytes().all(allowed))
}

#[cfg(test)]
mod tests;
