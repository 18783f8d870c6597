//! Counts the open connections of a service.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::serve::Listener;
use pin_project_lite::pin_project;
use rra_metrics::Metrics;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A listener whose open connections are `rra_api_active_connections`.
///
/// ```no_run
/// use axum::Router;
/// use axum::serve::ListenerExt;
/// use rra_http::CountedListener;
///
/// # async fn run(service: Router, metrics: rra_metrics::Metrics) -> std::io::Result<()> {
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
/// axum::serve(CountedListener::new(listener, metrics), service).await
/// # }
/// ```
///
/// axum knows the client's address only of its own listeners; put `.tap_io(|_| {})` behind
/// `CountedListener::new(…)` where handlers ask for `ConnectInfo`.
#[derive(Debug)]
pub struct CountedListener<L> {
    inner: L,
    metrics: Metrics,
}

impl<L> CountedListener<L> {
    /// Counts the connections of `inner`.
    pub fn new(inner: L, metrics: Metrics) -> Self {
        Self { inner, metrics }
    }
}

impl<L: Listener> Listener for CountedListener<L> {
    type Io = CountedConnection<L::Io>;
    type Addr = L::Addr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (inner, address) = self.inner.accept().await;
        let connection = CountedConnection::new(inner, self.metrics.clone());
        (connection, address)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.inner.local_addr()
    }
}

pin_project! {
    /// An open connection that is counted.
    #[derive(Debug)]
    pub struct CountedConnection<C> {
        #[pin]
        inner: C,
        open: Open,
    }
}

impl<C> CountedConnection<C> {
    /// Counts an open connection, for servers that accept them in a way of their own.
    pub fn new(inner: C, metrics: Metrics) -> Self {
        Self {
            inner,
            open: Open::new(metrics),
        }
    }
}

/// One open connection; no longer counted when dropped.
#[derive(Debug)]
struct Open(Metrics);

impl Open {
    fn new(metrics: Metrics) -> Self {
        metrics.api().active_connections().up();
        Self(metrics)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.api().active_connections().down();
    }
}

impl<C: AsyncRead> AsyncRead for CountedConnection<C> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.project().inner.poll_read(cx, buffer)
    }
}

impl<C: AsyncWrite> AsyncWrite for CountedConnection<C> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.project().inner.poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.project().inner.poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.project().inner.poll_shutdown(cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.project().inner.poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use rra_metrics::{Exposition, MetricsConfig};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    fn check(exposition: &Exposition, open: usize) {
        let line = format!("rra_api_active_connections {open}\n");
        assert!(exposition.render().contains(&line), "{line}");
    }

    #[tokio::test]
    async fn a_connection_is_counted_while_it_is_open() {
        let (metrics, exposition) = Exposition::new(&MetricsConfig::default()).expect("valid");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let mut listener = CountedListener::new(listener, metrics);
        let address = listener.local_addr().expect("bound");

        check(&exposition, 0);
        let _first_client = TcpStream::connect(address).await.expect("a listener");
        let (first, _) = listener.accept().await;
        let _second_client = TcpStream::connect(address).await.expect("a listener");
        let (second, _) = listener.accept().await;
        check(&exposition, 2);
        drop(first);
        check(&exposition, 1);
        drop(second);
        check(&exposition, 0);
    }
}
