//! From which networks most events of a type came lately. Personal data even when cut to a network,
//! so a service must ask for it.

use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long ago an event may be.
const WINDOW_MINUTES: u64 = 15;
/// Most networks told apart in one minute. Whoever sends more than one in so many of the events of
/// a minute is among them, however many others there are.
const MAX_NETWORKS: usize = 256;

/// How many events came from where, minute by minute.
#[derive(Debug)]
pub(crate) struct Sources {
    started: Instant,
    minutes: Mutex<Box<[Minute]>>,
}

/// The events of one minute. When it is full, a new network takes the place of the one with the
/// fewest, and its count: the Space-Saving algorithm, which keeps the sum exact and the busiest in.
#[derive(Debug, Default)]
struct Minute {
    number: u64,
    counts: HashMap<Network, u64>,
}

/// An address cut to its network: /24 of IPv4, /48 of IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Network(IpAddr);

/// The busiest networks, and how many events came from all others.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Busiest {
    pub(crate) networks: Vec<(Network, u64)>,
    pub(crate) others: u64,
}

impl Sources {
    /// Nothing yet.
    pub(crate) fn new(now: Instant) -> Self {
        let minutes = (0..WINDOW_MINUTES).map(|_| Minute::default()).collect();
        Self {
            started: now,
            minutes: Mutex::new(minutes),
        }
    }

    /// Counts an event.
    pub(crate) fn note(&self, address: IpAddr, now: Instant) {
        let number = self.minute(now);
        let mut minutes = self.minutes.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = &mut minutes[place(number)];
        if minute.number != number {
            minute.number = number;
            minute.counts.clear();
        }
        minute.add(Network::of(address));
    }

    /// The networks with the most events within the window before `now`, at most so many.
    pub(crate) fn busiest(&self, at_most: usize, now: Instant) -> Busiest {
        let mut networks: Vec<(Network, u64)> = self.sums(now).into_iter().collect();
        networks.sort_unstable_by_key(|(network, count)| (std::cmp::Reverse(*count), *network));
        let others = networks.iter().skip(at_most).map(|(_, count)| count).sum();
        networks.truncate(at_most);
        Busiest { networks, others }
    }

    fn sums(&self, now: Instant) -> HashMap<Network, u64> {
        let number = self.minute(now);
        // A panic inside this lock leaves whole numbers, so a poisoned lock is usable.
        let minutes = self.minutes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sums = HashMap::new();
        let current = minutes
            .iter()
            .filter(|minute| minute.number + WINDOW_MINUTES > number);
        for (network, count) in current.flat_map(|minute| &minute.counts) {
            *sums.entry(*network).or_default() += count;
        }
        sums
    }

    /// Minutes since the start, counted from one so that an unused minute is of no window.
    fn minute(&self, now: Instant) -> u64 {
        let since = now.saturating_duration_since(self.started);
        WINDOW_MINUTES + since.as_secs() / Duration::from_mins(1).as_secs()
    }
}

/// Where in the ring a minute is.
fn place(number: u64) -> usize {
    // The remainder is below 15, so the conversion cannot cut anything off.
    usize::try_from(number % WINDOW_MINUTES).unwrap_or(0)
}

impl Minute {
    fn add(&mut self, network: Network) {
        if self.counts.len() < MAX_NETWORKS || self.counts.contains_key(&network) {
            *self.counts.entry(network).or_default() += 1;
            return;
        }
        let fewest = self.counts.iter().min_by_key(|(_, count)| **count);
        if let Some((fewest, count)) = fewest.map(|(network, count)| (*network, *count)) {
            self.counts.remove(&fewest);
            self.counts.insert(network, count + 1);
        }
    }
}

impl Network {
    /// The network of an address; an IPv4 address mapped into IPv6 is one of IPv4.
    fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(four) => {
                let [a, b, c, _] = four.octets();
                Ipv4Addr::new(a, b, c, 0).into()
            }
            IpAddr::V6(six) => {
                let [a, b, c, ..] = six.segments();
                Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0).into()
            }
        })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = if self.0.is_ipv4() { 24 } else { 48 };
        write!(f, "{}/{bits}", self.0)
    }
}

#[cfg(test)]
mod tests;
