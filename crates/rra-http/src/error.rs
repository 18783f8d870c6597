//! The one error of this crate: what cannot be set up.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

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
    /// The address is all of the machine's, and nobody said that this is meant.
    EveryInterface {
        /// The address asked for.
        address: SocketAddr,
    },
    /// The token of the metrics is too short or holds what no header can carry. The error does not
    /// repeat it.
    Token,
    /// Certificate or key of the admin listener cannot be used.
    Tls {
        /// The file that is to blame.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
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
            Self::EveryInterface { address } => write!(
                f,
                "the admin listener would be open on every interface at {address}: name one address \
                 of the machine, or set metrics.every_interface (RRA_METRICS_EVERY_INTERFACE) to true"
            ),
            Self::Token => f.write_str(
                "the token of the metrics cannot be used: take at least 16 visible ASCII characters",
            ),
            Self::Tls { path, reason } => write!(
                f,
                "the admin listener cannot use {}: {reason}; it takes a certificate chain and its \
                 private key, both in PEM",
                path.display()
            ),
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
            Self::EveryInterface { .. } | Self::Token | Self::Tls { .. } | Self::Network { .. } => {
                None
            }
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
            "this machine does not have the address: use 127.0.0.1 or one that it has"
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
