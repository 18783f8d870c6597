//! A range of addresses, as operators write it: `10.0.0.0/8`.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use crate::error::Error;

/// The bits of an IPv6 address before an IPv4 address that is mapped into it.
const MAPPED_BITS: u8 = 96;

/// A network in CIDR notation, or one address. An IPv4 address mapped into IPv6 counts as the IPv4
/// address that it is.
///
/// ```
/// use rra_http::Network;
///
/// # fn main() -> Result<(), rra_http::Error> {
/// let network: Network = "10.0.0.0/8".parse()?;
/// assert!(network.contains("10.1.2.3".parse().unwrap()));
/// assert!(network.contains("::ffff:10.1.2.3".parse().unwrap()));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    /// Whether the address is in this network.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let differ = network.to_bits() ^ address.to_bits();
                differ.leading_zeros() >= u32::from(self.bits)
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let differ = network.to_bits() ^ address.to_bits();
                differ.leading_zeros() >= u32::from(self.bits)
            }
            _ => false,
        }
    }

    /// The network of an address with so many leading bits; none when it has fewer.
    fn new(address: IpAddr, bits: u8) -> Option<Self> {
        if bits > width(address) {
            return None;
        }
        if let IpAddr::V6(v6) = address
            && is_mapped(v6)
            && bits >= MAPPED_BITS
        {
            let address = address.to_canonical();
            let bits = bits - MAPPED_BITS;
            return Some(Self { address, bits });
        }
        Some(Self { address, bits })
    }
}

impl FromStr for Network {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let parse = || {
            if let Some((address, bits)) = text.split_once('/') {
                return Self::new(address.parse().ok()?, bits.parse().ok()?);
            }
            let address = text.parse().ok()?;
            Self::new(address, width(address))
        };
        parse().ok_or_else(|| Error::Network {
            text: text.to_owned(),
        })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn is_mapped(address: Ipv6Addr) -> bool {
    address.to_ipv4_mapped().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(network: &str, address: &str, expected: bool) {
        let network: Network = network.parse().expect("a network");
        let address = address.parse().expect("an address");
        assert_eq!(network.contains(address), expected, "{network} {address}");
    }

    #[test]
    fn a_network_has_the_addresses_that_share_its_bits() {
        check("10.0.0.0/8", "10.255.0.1", true);
        check("10.0.0.0/8", "11.0.0.1", false);
        check("192.0.2.128/25", "192.0.2.127", false);
        check("2001:db8::/32", "2001:db8:ffff::1", true);
        check("2001:db8::/32", "2001:db9::1", false);
    }

    #[test]
    fn one_address_is_a_network_of_itself() {
        check("192.0.2.1", "192.0.2.1", true);
        check("192.0.2.1", "192.0.2.2", false);
        check("::1", "::1", true);
        check("::1/128", "::2", false);
    }

    #[test]
    fn no_bits_are_every_address_of_the_family() {
        check("0.0.0.0/0", "203.0.113.9", true);
        check("0.0.0.0/0", "2001:db8::1", false);
        check("::/0", "2001:db8::1", true);
    }

    #[test]
    fn bits_behind_the_prefix_do_not_matter() {
        check("10.1.2.3/8", "10.9.9.9", true);
    }

    #[test]
    fn a_mapped_address_is_the_one_it_maps() {
        check("10.0.0.0/8", "::ffff:10.1.2.3", true);
        check("::ffff:10.0.0.0/104", "10.1.2.3", true);
        check("::ffff:10.0.0.0/104", "11.1.2.3", false);
        check("::ffff:10.0.0.0/64", "::1", true);
        check("::ffff:10.0.0.0/64", "10.0.0.1", false);
    }

    #[test]
    fn what_is_no_network_is_refused_with_an_example() {
        for text in [
            "",
            "10.0.0.0/33",
            "::/129",
            "10.0.0.0/-1",
            "10.0.0/8",
            "all",
        ] {
            let error = text.parse::<Network>().expect_err(text).to_string();
            assert!(error.contains("10.0.0.0/8"), "{error}");
        }
    }
}
