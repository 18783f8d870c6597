//! Network addresses in text, and which of them may stand in an example.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The addresses that may belong to somebody, each with its line counted from 1.
pub(super) fn foreign(text: &str) -> Vec<(usize, IpAddr)> {
    text.lines()
        .enumerate()
        .flat_map(|(at, line)| words(line).filter_map(move |word| Some((at + 1, parse(word)?))))
        .filter(|(_, address)| !is_harmless(*address))
        .collect()
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    let is_part = |byte: &u8| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':');
    let words = line.as_bytes().split(move |byte| !is_part(byte));
    // The shortest address anybody would write has six characters: `2001::`.
    words
        .filter(|word| word.len() >= 6)
        .filter_map(|word| std::str::from_utf8(word).ok())
        .map(|word| word.trim_matches(['.', ':']))
}

/// An address. `a::b` is a path of Rust and `1::` no address that anybody writes, so a word with
/// colons must have a digit and a group that is longer than two.
fn parse(word: &str) -> Option<IpAddr> {
    let host = match word.rsplit_once(':') {
        Some((host, _)) if host.parse::<Ipv4Addr>().is_ok() => host,
        _ => word,
    };
    let is_meant = !host.contains(':')
        || host
            .split(':')
            .any(|group| group.len() > 2 && group.contains(|c: char| c.is_ascii_digit()));
    host.parse().ok().filter(|_| is_meant)
}

fn is_harmless(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => is_harmless_v4(v4),
        IpAddr::V6(v6) => is_harmless_v6(v6),
    }
}

/// Documentation (RFC 5737), and addresses that mean the same everywhere: loopback, private,
/// link-local, unspecified, broadcast.
fn is_harmless_v4(address: Ipv4Addr) -> bool {
    address.is_documentation()
        || address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_unspecified()
        || address.is_broadcast()
}

/// Documentation (RFC 3849), loopback, unspecified, unique local, link-local.
fn is_harmless_v6(address: Ipv6Addr) -> bool {
    address.segments()[..2] == [0x2001, 0xdb8]
        || address.is_loopback()
        || address.is_unspecified()
        || address.is_unique_local()
        || address.is_unicast_link_local()
}

#[cfg(test)]
mod tests {
    use super::foreign;

    #[track_caller]
    fn check(text: &str, addresses: &[&str]) {
        let found: Vec<String> = foreign(text)
            .into_iter()
            .map(|(_, address)| address.to_string())
            .collect();
        assert_eq!(found, addresses, "{text}");
    }

    #[test]
    fn addresses_for_documentation_may_stand_in_examples() {
        check("from 192.0.2.7, 198.51.100.1:443 and 2001:db8::1", &[]);
        check("http://169.254.169.254/ 127.0.0.1:8000 10.0.0.1 [::1]", &[]);
    }

    #[test]
    fn addresses_of_others_may_not() {
        check("from 8.8.8.8.", &["8.8.8.8"]);
        check("to 93.184.216.34:80", &["93.184.216.34"]);
        check("\"2606:2800:220:1::1\"", &["2606:2800:220:1::1"]);
    }

    #[test]
    fn what_only_looks_like_an_address_is_none() {
        check(
            "at 10:30:00.000Z version 0.23.1, `add::be`, 1.2.3.4.5, 300.1.1.1",
            &[],
        );
    }
}
