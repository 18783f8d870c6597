//! Connections in the clear only.

use tokio::net::TcpStream;

use super::Connection;

/// Open to everyone.
#[derive(Clone)]
pub(crate) struct Door;

impl Door {
    pub(crate) fn plain() -> Self {
        Self
    }

    #[expect(clippy::unused_async, reason = "the same form with the feature")]
    pub(crate) async fn open(&self, stream: TcpStream) -> Option<Box<dyn Connection>> {
        Some(Box::new(stream))
    }
}
