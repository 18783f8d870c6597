//! The one error of this crate: what cannot be set up.

use std::fmt;
use std::io;
use std::net::SocketAddr;

/// What could not be set up, and why.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The address cannot be used.
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The system gave no thread or no event queue.
    Start {
        /// What the system said.
        source: io::Error,
    },
    /// A text is no network.
    Network {
        /// The text.
        text: String,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bind { address, source } => {
                write!(
                    f,
                    "the admin listener cannot use {address}: {}",
                    mend(source)
                )
            }
            Self::Start { .. } => f.write_str("the admin listener could not start its thread"),
            Self::Network { text } => write!(
                f,
                "{text:?} is no network: write an address, or one with its leading bits such as \
                 10.0.0.0/8"
            ),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Bind { source, .. } | Self::Start { source } => Some(source),
            Self::Network { .. } => None,
        }
    }
}

/// What is wrong with an address and what to change.
fn mend(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            "something listens there already, perhaps another copy of this service: stop it, or \
             give the admin listener another port (0 takes any free one)"
        }
        io::ErrorKind::AddrNotAvailable => {
            "this machine does not have the address: use 127.0.0.1, or 0.0.0.0 for every interface"
        }
        io::ErrorKind::PermissionDenied => "the process may not use the port: take one above 1023",
        _ => "the system refuses it: check address and port",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: io::ErrorKind, expected: &str) {
        let address = SocketAddr::from(([127, 0, 0, 1], 8000));
        let source = kind.into();
        let text = Error::Bind { address, source }.to_string();
        assert!(
            text.contains("127.0.0.1:8000") && text.contains(expected),
            "{text}"
        );
    }

    #[test]
    fn a_taken_port_says_what_to_change() {
        check(
            io::ErrorKind::AddrInUse,
            "give the admin listener another port",
        );
    }

    #[test]
    fn a_foreign_address_says_which_ones_work() {
        check(io::ErrorKind::AddrNotAvailable, "use 127.0.0.1");
    }

    #[test]
    fn a_low_port_says_which_ones_are_free_to_use() {
        check(io::ErrorKind::PermissionDenied, "above 1023");
    }
}
