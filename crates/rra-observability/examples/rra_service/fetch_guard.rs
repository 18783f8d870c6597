//! Decides whether the service may fetch an address somebody gave it. Pure: it reads the text and
//! resolves no name. A service checks the resolved address again when it connects, since a name may
//! point anywhere.

use std::net::{IpAddr, Ipv4Addr};

/// Why an address must not be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Forbidden {
    /// It is not a plain web address.
    Scheme,
    /// It leads to the service's own host.
    Localhost,
    /// It leads into a private network.
    Private(IpAddr),
    /// It leads to an address that serves one link or none, such as the metadata of a cloud.
    LinkLocal(IpAddr),
}

/// The host of `url` if the service may fetch it.
pub(crate) fn check(url: &str) -> Result<&str, Forbidden> {
    let host = host_of(url).ok_or(Forbidden::Scheme)?;
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    if name == "localhost" || name.ends_with(".localhost") {
        return Err(Forbidden::Localhost);
    }
    address_of(&name).map_or(Ok(host), |address| check_address(address).map(|()| host))
}

/// The host between scheme and path, without user information, port and brackets.
pub(crate) fn host_of(url: &str) -> Option<&str> {
    let rest = url
        .strip_prefix("https://")
        .or(url.strip_prefix("http://"))?;
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit('@').next()?;
    let host = match host.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next()?,
        None => host.split(':').next()?,
    };
    Some(host).filter(|host| !host.is_empty())
}

/// The address a host is, in the forms that resolvers accept: dotted, IPv6, and one whole number.
fn address_of(host: &str) -> Option<IpAddr> {
    if let Ok(address) = host.parse() {
        return Some(address);
    }
    let number = match host.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => host.parse(),
    };
    number.ok().map(|bits| Ipv4Addr::from_bits(bits).into())
}

fn check_address(address: IpAddr) -> Result<(), Forbidden> {
    let (loopback, private, link_local) = match address.to_canonical() {
        IpAddr::V4(v4) => (
            v4.is_loopback(),
            v4.is_private(),
            v4.is_link_local() || v4.is_unspecified() || v4.is_multicast(),
        ),
        IpAddr::V6(v6) => (
            v6.is_loopback(),
            v6.is_unique_local(),
            v6.is_unicast_link_local() || v6.is_unspecified() || v6.is_multicast(),
        ),
    };
    match () {
        () if loopback => Err(Forbidden::Localhost),
        () if private => Err(Forbidden::Private(address.to_canonical())),
        () if link_local => Err(Forbidden::LinkLocal(address.to_canonical())),
        () => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(url: &str, expected: &Forbidden) {
        assert_eq!(check(url).as_ref(), Err(expected), "{url}");
    }

    #[test]
    fn a_public_address_is_allowed() {
        assert_eq!(check("https://example.com/terms?x=1"), Ok("example.com"));
        assert_eq!(check("http://[2001:db8::1]:8080/"), Ok("2001:db8::1"));
    }

    #[test]
    fn the_own_host_is_refused_in_every_spelling() {
        for url in [
            "http://localhost:8000/metrics",
            "http://LOCALHOST./",
            "http://127.0.0.1/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://example.com@127.0.0.1/",
        ] {
            refused(url, &Forbidden::Localhost);
        }
    }

    #[test]
    fn private_networks_are_refused() {
        let address = Ipv4Addr::new(10, 0, 0, 5).into();
        refused("http://10.0.0.5/admin", &Forbidden::Private(address));
    }

    #[test]
    fn the_metadata_of_a_cloud_is_refused() {
        let address = Ipv4Addr::new(169, 254, 169, 254).into();
        refused(
            "http://169.254.169.254/latest/",
            &Forbidden::LinkLocal(address),
        );
    }

    #[test]
    fn other_schemes_are_refused() {
        refused("file:///etc/passwd", &Forbidden::Scheme);
        refused("gopher://example.com/", &Forbidden::Scheme);
        refused("http:///nowhere", &Forbidden::Scheme);
    }
}
