//! Failed attempts in a row, by client address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// Addresses that are remembered. A flood of addresses makes the service forget, not grow.
const MAX_ADDRESSES: usize = 10_000;
/// So many failures in a row are no slip of the hand.
pub(crate) const GUESSES: u64 = 20;
/// A row ends when it is as old as this.
pub(crate) const FORGOTTEN_AFTER: Duration = Duration::from_mins(5);

/// The counts, and when each row began.
#[derive(Debug, Default)]
pub(crate) struct Attempts(HashMap<IpAddr, (u64, Instant)>);

impl Attempts {
    /// Counts a failure and returns how many there have been in a row.
    pub(crate) fn fail(&mut self, address: IpAddr, now: Instant) -> u64 {
        if self.0.len() >= MAX_ADDRESSES {
            self.0.clear();
        }
        let (count, since) = self.0.entry(address).or_insert((0, now));
        if now.duration_since(*since) > FORGOTTEN_AFTER {
            (*count, *since) = (0, now);
        }
        *count += 1;
        *count
    }

    /// Ends the row.
    pub(crate) fn succeed(&mut self, address: IpAddr) {
        self.0.remove(&address);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> IpAddr {
        IpAddr::from([192, 0, 2, 1])
    }

    #[test]
    fn a_success_ends_the_row() {
        let (mut attempts, now) = (Attempts::default(), Instant::now());
        let both = [0, 1].map(|_| attempts.fail(address(), now));
        assert_eq!(both, [1, 2]);
        attempts.succeed(address());
        assert_eq!(attempts.fail(address(), now), 1);
    }

    #[test]
    fn a_row_is_forgotten() {
        let (mut attempts, now) = (Attempts::default(), Instant::now());
        attempts.fail(address(), now);
        let later = now + FORGOTTEN_AFTER;
        assert_eq!(attempts.fail(address(), later), 2);
        assert_eq!(attempts.fail(address(), later + Duration::from_secs(1)), 1);
    }

    #[test]
    fn many_addresses_do_not_make_it_grow() {
        let (mut attempts, now) = (Attempts::default(), Instant::now());
        for bits in 0..20_000_u32 {
            attempts.fail(IpAddr::V4(bits.into()), now);
        }
        assert!(attempts.0.len() <= MAX_ADDRESSES);
    }
}
