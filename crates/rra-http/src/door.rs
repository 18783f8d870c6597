//! How a connection to the admin listener is opened, in the clear or encrypted: the feature `tls`
//! swaps the whole part.

#[cfg(not(feature = "tls"))]
mod disabled;
#[cfg(feature = "tls")]
mod enabled;

#[cfg(not(feature = "tls"))]
pub(crate) use disabled::Door;
#[cfg(feature = "tls")]
pub(crate) use enabled::Door;
#[cfg(feature = "tls")]
pub use enabled::Tls;

use tokio::io::{AsyncRead, AsyncWrite};

/// An open connection of either kind.
pub(crate) trait Connection: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Connection for S {}
