//! What a destination over a network is: the [`RemoteSink`] trait and how its lane drives it. The
//! lanes of all remote sinks share one thread, so a call awaits and never blocks.

mod answer;
mod breaker;
mod driver;
mod hand;
mod lane;
mod pace;
mod race;
mod stock;
mod thread;

use std::time::Duration;

pub use answer::Answer;
pub(crate) use driver::Driver;
pub(crate) use hand::Hand;
pub(crate) use lane::RemoteLane;
pub(crate) use stock::{Stock, millis};
pub(crate) use thread::start;

use crate::sink::{Batch, DeliveryError};

/// A destination over a network.
///
/// Its lane gathers events into batches, tries again after failures, and lets what cannot be sent
/// wait in a spool. All lanes live on one background thread with a tokio runtime of their own, so a
/// remote sink works in any program, whatever runtime that has or has not. The runtime has every
/// driver that the program's tokio was built with.
///
/// A whole one, for a service that takes lines over HTTP:
///
/// ```
/// use std::io::{Read, Write};
/// use std::net::{TcpListener, TcpStream};
/// use std::time::Duration;
/// use rra_schema::Severity;
/// use rra_sink::{Answer, Batch, DeliveryError, Fault, Journal, RemoteSink};
///
/// struct Collector {
///     address: String,
/// }
///
/// impl RemoteSink for Collector {
///     fn name(&self) -> &str {
///         "collector"
///     }
///
///     async fn send(&mut self, batch: &Batch<'_>) -> Result<Answer, DeliveryError> {
///         match self.post(batch.bytes()).await?.as_str() {
///             "200" => Ok(Answer::taken()),
///             "429" => Err(DeliveryError::retryable("it is busy")
///                 .fault(Fault::Throttled)
///                 .retry_after(Duration::from_secs(5))),
///             "400" => Err(DeliveryError::fatal("it does not take these lines")),
///             status => Err(DeliveryError::retryable(format!("status {status}"))),
///         }
///     }
/// }
///
/// impl Collector {
///     /// Posts the lines and returns the status. An async HTTP client goes here; this one blocks,
///     /// which a thread for blocking work may.
///     async fn post(&self, lines: &[u8]) -> Result<String, DeliveryError> {
///         let head = format!("POST / HTTP/1.1\r\ncontent-length: {}\r\n\r\n", lines.len());
///         let request = [head.as_bytes(), lines].concat();
///         let address = self.address.clone();
///         let exchange = move || -> std::io::Result<String> {
///             let mut connection = TcpStream::connect(address)?;
///             connection.write_all(&request)?;
///             let mut status = [0; 12];
///             connection.read_exact(&mut status)?;
///             Ok(String::from_utf8_lossy(&status[9..]).into_owned())
///         };
///         let done = tokio::task::spawn_blocking(exchange).await;
///         let failed = |error: std::io::Error| {
///             DeliveryError::retryable(error.to_string()).fault(Fault::Connect)
///         };
///         done.map_err(std::io::Error::other).flatten().map_err(failed)
///     }
/// }
///
/// # let listener = TcpListener::bind("127.0.0.1:0")?;
/// # let address = listener.local_addr()?.to_string();
/// # let receiver = std::thread::spawn(move || {
/// #     let mut peer = listener.accept().unwrap().0;
/// #     let mut received = Vec::new();
/// #     while !received.ends_with(b"{}\n") {
/// #         let mut piece = [0; 100];
/// #         let length = peer.read(&mut piece).unwrap();
/// #         received.extend_from_slice(&piece[..length]);
/// #     }
/// #     peer.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
/// # });
/// let journal = Journal::builder().remote(Collector { address }).start()?;
/// journal.append(Severity::Info, |_, line| line.extend_from_slice(b"{}\n"))?;
/// assert!(journal.shutdown(Duration::from_secs(5)).is_complete());
/// # receiver.join().unwrap();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait RemoteSink: Send + 'static {
    /// The name in reports, metrics and `audit.gap`; unique among the sinks of one journal.
    fn name(&self) -> &str;

    /// Sends the batch and says what the destination made of it.
    ///
    /// The future is dropped where it is when it takes too long or the service ends, and the batch
    /// may have arrived by then: destinations tell doubles by `event_id`. A panic counts as a
    /// failure that may pass.
    ///
    /// Events come in the order of their threads. Those that an [`Answer`] puts off come again
    /// before any later one.
    ///
    /// # Errors
    /// A [`DeliveryError`] when the destination did not look at the events one by one.
    fn send(&mut self, batch: &Batch<'_>) -> impl Future<Output = Result<Answer, DeliveryError>>;

    /// How its lane drives it.
    fn settings(&self) -> RemoteSettings {
        RemoteSettings::default()
    }
}

/// How a lane drives a remote sink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemoteSettings {
    /// Largest batch in bytes; a single longer line still goes alone. Default 256 KiB.
    pub max_batch_bytes: usize,
    /// Largest batch in events. Default 1,000.
    pub max_batch_events: usize,
    /// How long the first event of a batch waits for company. Default 1 s.
    pub linger: Duration,
    /// How long one attempt may take. Default 30 s.
    pub send_timeout: Duration,
    /// Longest rest after the first failure; it doubles with each further one, and the rest is a
    /// random part of it. Default 200 ms.
    pub first_retry: Duration,
    /// Longest rest between two attempts, and between two probes of a destination that is away.
    /// Default 30 s.
    pub longest_retry: Duration,
    /// The bound of its spool in bytes, at least 256 KiB. Default 256 MiB. A journal without a
    /// directory keeps at most 1 MiB, in memory.
    pub spool_max_bytes: u64,
    /// How long an event may wait in the spool. Default 7 days.
    pub spool_max_age: Duration,
}

impl RemoteSettings {
    pub(crate) const DEFAULT: Self = Self {
        max_batch_bytes: 256 * 1024,
        max_batch_events: 1_000,
        linger: Duration::from_secs(1),
        send_timeout: Duration::from_secs(30),
        first_retry: Duration::from_millis(200),
        longest_retry: Duration::from_secs(30),
        spool_max_bytes: 256 * 1024 * 1024,
        spool_max_age: Duration::from_hours(7 * 24),
    };
}

impl Default for RemoteSettings {
    fn default() -> Self {
        Self::DEFAULT
    }
}
