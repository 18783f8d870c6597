//! The listener of the admin routes: small, bounded, on a thread of its own.
//!
//! A thread of its own answers even while the service's runtime is busy, and works without one.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};
use tower_service::Service;

use crate::admin::Access;
use crate::door::Door;
use crate::error::Error;

/// Where the admin routes are served unless told otherwise: the address that the monitoring guide
/// of the RRA Module gives, reachable from this machine only.
pub const DEFAULT_ADMIN_ADDRESS: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8000);

/// Most connections at once. The oldest makes room for the next: a scrape takes milliseconds, so
/// whoever has been there longest is a slow client or a hostile one.
const MAX_CONNECTIONS: usize = 64;
/// Longest time one connection may take. A scrape takes 10 seconds at most by Prometheus' default.
const CONNECTION_DEADLINE: Duration = Duration::from_secs(30);
/// Longest time a client may take to agree on encryption, and then to send the head of its request.
const HEAD_DEADLINE: Duration = Duration::from_secs(2);
/// Largest head of a request, in bytes.
const HEAD_BYTES: usize = 16 * 1024;
/// How long to wait when a connection cannot be accepted, as when the process has no file
/// descriptor left; without a pause the thread would spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// How long the end of the thread is waited for: an answer that hangs, as on a file system that is
/// gone, must not hold up the end of the service beyond its deadline.
const PATIENCE: Duration = Duration::from_millis(100);

/// The admin listener, until it is dropped.
#[derive(Debug)]
#[must_use = "the admin listener ends when this is dropped"]
pub struct AdminServer {
    address: SocketAddr,
    stop: Option<oneshot::Sender<Infallible>>,
    /// Closed by the end of the thread.
    ended: Mutex<Receiver<()>>,
}

impl AdminServer {
    /// The address it listens on, with the port that the system chose for port 0.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for AdminServer {
    /// Ends the listener and its connections at once; waits for the thread, which does not wait
    /// for clients. One that hangs is left behind.
    fn drop(&mut self) {
        drop(self.stop.take());
        // Nothing is ever sent: this returns when the thread has ended, or when it is late.
        let ended = self.ended.get_mut().unwrap_or_else(PoisonError::into_inner);
        let _ = ended.recv_timeout(PATIENCE);
    }
}

pub(crate) fn start(
    address: SocketAddr,
    routes: Router,
    access: Arc<Access>,
    door: Door,
) -> Result<AdminServer, Error> {
    let (listener, address) = bind(address)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build()
        .map_err(|source| Error::Start { source })?;
    let (stop, stopped) = oneshot::channel();
    let house = House {
        routes,
        access,
        door,
    };
    let (running, ended) = mpsc::channel::<()>();
    let listen = move || {
        let _running = running;
        run(runtime, listener, house, stopped);
    };
    thread::Builder::new()
        .name("rra-admin".to_owned())
        .spawn(listen)
        .map_err(|source| Error::Start { source })?;
    Ok(AdminServer {
        address,
        stop: Some(stop),
        ended: Mutex::new(ended),
    })
}

/// What clients come for, who may come in, and through which door.
#[derive(Clone)]
struct House {
    routes: Router,
    access: Arc<Access>,
    door: Door,
}

fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Error> {
    let listen = || -> io::Result<_> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let actual = listener.local_addr()?;
        Ok((listener, actual))
    };
    listen().map_err(|source| Error::Bind { address, source })
}

fn run(
    runtime: Runtime,
    listener: TcpListener,
    house: House,
    stopped: oneshot::Receiver<Infallible>,
) {
    runtime.spawn(accept(listener, house));
    // Nothing is ever sent: the sender is dropped when it is time to stop.
    let _ = runtime.block_on(stopped);
    // A rendering that is under way must not hold up the end of the service.
    runtime.shutdown_background();
}

async fn accept(listener: TcpListener, house: House) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    let mut visits = Visits::default();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) if house.access.admits(Some(peer.ip())) => {
                visits.make_room();
                let House { routes, door, .. } = house.clone();
                let opened = async move { door.open(stream).await };
                let visit = tokio::spawn(visit(opened, peer, routes));
                visits.0.push_back(visit.abort_handle());
            }
            Ok(_) => {}
            Err(_) => sleep(ACCEPT_PAUSE).await,
        }
    }
}

/// The connections that are open, oldest first.
#[derive(Default)]
struct Visits(VecDeque<AbortHandle>);

impl Visits {
    /// Ends the oldest connection if there are as many as may be.
    fn make_room(&mut self) {
        self.0.retain(|visit| !visit.is_finished());
        if self.0.len() >= MAX_CONNECTIONS
            && let Some(oldest) = self.0.pop_front()
        {
            oldest.abort();
        }
    }
}

async fn visit<C>(opened: impl Future<Output = Option<C>>, peer: SocketAddr, routes: Router)
where
    C: AsyncRead + AsyncWrite + Unpin,
{
    let visit = async {
        // What a client does wrong is its own business: there is nobody to tell.
        if let Ok(Some(stream)) = timeout(HEAD_DEADLINE, opened).await {
            serve(stream, peer, routes).await;
        }
    };
    let _ = timeout(CONNECTION_DEADLINE, visit).await;
}

/// Answers one request; a scraper opens a new connection for the next.
async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, peer: SocketAddr, routes: Router) {
    let answer = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        routes.clone().call(request)
    });
    let connection = http1::Builder::new()
        .keep_alive(false)
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_DEADLINE)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), answer);
    let _ = connection.await;
}

#[cfg(test)]
mod tests;
