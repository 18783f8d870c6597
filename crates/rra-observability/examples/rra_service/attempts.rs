//! Failed attempts in a row, by client address.

use std::collections::HashMap;
use std::net::IpAddr;

/// Addresses that are remembered. A flood of addresses makes the service forget, not grow.
const MAX_ADDRESSES: usize = 10_000;

/// The counts.
#[derive(Debug, Default)]
pub(crate) struct Attempts(HashMap<IpAddr, u64>);

impl Attempts {
    /// Counts a failure and returns how many there have been in a row.
    pub(crate) fn fail(&mut self, address: IpAddr) -> u64 {
        if self.0.len() >= MAX_ADDRESSES {
            self.0.clear();
        }
        let count = self.0.entry(address).or_default();
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

    #[test]
    fn a_success_ends_the_row() {
        let (mut attempts, address) = (Attempts::default(), IpAddr::from([192, 0, 2, 1]));
        assert_eq!((attempts.fail(address), attempts.fail(address)), (1, 2));
        attempts.succeed(address);
        assert_eq!(attempts.fail(address), 1);
    }

    #[test]
    fn many_addresses_do_not_make_it_grow() {
        let mut attempts = Attempts::default();
        for bits in 0..20_000_u32 {
            attempts.fail(IpAddr::V4(bits.into()));
        }
        assert!(attempts.0.len() <= MAX_ADDRESSES);
    }
}
