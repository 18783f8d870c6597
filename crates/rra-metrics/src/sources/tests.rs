//! Which networks are told apart, for how long, and what happens when there are too many.

use super::*;

/// Notes each address at its second and compares the busiest two at the last second.
fn check(notes: &[(&str, u64)], at: u64, expected: &[(&str, u64)], others: u64) {
    let start = Instant::now();
    let sources = Sources::new(start);
    for (address, second) in notes {
        let address = address.parse().expect("an address");
        sources.note(address, start + Duration::from_secs(*second));
    }
    let busiest = sources.busiest(2, start + Duration::from_secs(at));
    let networks: Vec<(String, u64)> = busiest
        .networks
        .iter()
        .map(|(network, count)| (network.to_string(), *count))
        .collect();
    let networks: Vec<(&str, u64)> = networks
        .iter()
        .map(|(network, count)| (network.as_str(), *count))
        .collect();
    assert_eq!((networks.as_slice(), busiest.others), (expected, others));
}

#[test]
fn addresses_of_one_network_count_together() {
    let notes = [("192.0.2.1", 0), ("192.0.2.77", 1), ("192.0.3.1", 1)];
    check(&notes, 1, &[("192.0.2.0/24", 2), ("192.0.3.0/24", 1)], 0);
}

#[test]
fn an_address_of_ipv6_is_cut_to_48_bits_and_a_mapped_one_is_ipv4() {
    let notes = [("2001:db8:1:2::3", 0), ("::ffff:192.0.2.9", 0)];
    check(&notes, 0, &[("192.0.2.0/24", 1), ("2001:db8:1::/48", 1)], 0);
}

#[test]
fn the_rest_is_counted_together() {
    let notes = [
        ("10.0.1.1", 0),
        ("10.0.1.1", 0),
        ("10.0.2.1", 0),
        ("10.0.2.1", 0),
        ("10.0.3.1", 0),
        ("10.0.4.1", 0),
    ];
    check(&notes, 0, &[("10.0.1.0/24", 2), ("10.0.2.0/24", 2)], 2);
}

#[test]
fn what_is_older_than_the_window_is_forgotten() {
    let notes = [("10.0.1.1", 0), ("10.0.1.1", 59), ("10.0.1.1", 60)];
    check(&notes, 899, &[("10.0.1.0/24", 3)], 0);
    check(&notes, 900, &[("10.0.1.0/24", 1)], 0);
    check(&notes, 960, &[], 0);
}

#[test]
fn a_minute_comes_back_empty_after_the_window() {
    let notes = [("10.0.1.1", 0), ("10.0.2.1", 900)];
    check(&notes, 900, &[("10.0.2.0/24", 1)], 0);
}

#[test]
fn nothing_is_busiest_before_anything_happened() {
    check(&[], 0, &[], 0);
    check(&[], 10_000, &[], 0);
}

#[test]
fn a_flood_of_networks_hides_no_busy_one_and_loses_no_event() {
    let start = Instant::now();
    let sources = Sources::new(start);
    for n in 0..10_000_u32 {
        sources.note(Ipv4Addr::from(n << 8).into(), start);
        if n % 50 == 0 {
            sources.note(Ipv4Addr::new(192, 0, 2, 1).into(), start);
        }
    }
    let busiest = sources.busiest(1, start);
    assert_eq!(busiest.networks[0].0.to_string(), "192.0.2.0/24");
    assert!(busiest.networks[0].1 >= 200);
    assert_eq!(busiest.networks[0].1 + busiest.others, 10_200);
    assert!(sources.sums(start).len() <= MAX_NETWORKS);
}
