//! Where the demo's traces go: to the endpoint in the environment, or else to a receiver of our own
//! on loopback, so that a newcomer sees that spans arrive. It counts spans and traces and keeps
//! nothing else.
//!
//! OTLP/HTTP carries protobuf. Counting needs three nested field numbers and one id, which the wire
//! format gives away without generated code, so the code generator and its crates stay out.

mod wire;

use std::collections::HashSet;
use std::fmt;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::last_words;
use crate::failure::Failure;

/// The variable of the OpenTelemetry specification for where telemetry goes.
const ENDPOINT_VARIABLE: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
/// Largest request that is read: far above a full batch of the demo.
const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;

/// Where traces go and, if to us, what has come.
pub(crate) struct Traces {
    endpoint: String,
    seen: Option<Arc<Mutex<Seen>>>,
}

#[derive(Debug, Default)]
struct Seen {
    spans: u64,
    traces: HashSet<Vec<u8>>,
}

impl Traces {
    /// Takes the endpoint of the environment, or listens on a free port of loopback.
    ///
    /// # Errors
    /// When loopback gives no port.
    #[expect(
        clippy::disallowed_methods,
        reason = "a program asks its environment; libraries do not"
    )]
    pub(crate) fn start() -> Result<Self, Failure> {
        match std::env::var(ENDPOINT_VARIABLE) {
            Ok(endpoint) if !endpoint.is_empty() => Ok(Self {
                endpoint,
                seen: None,
            }),
            _ => Self::listen().map_err(|error| {
                Failure::Broken(format!("no port for the trace receiver: {error}"))
            }),
        }
    }

    /// The endpoint for the service.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Whether they come here.
    pub(crate) fn is_ours(&self) -> bool {
        self.seen.is_some()
    }

    /// What to add while more may come: how to send traces elsewhere, for those who have not.
    pub(crate) fn hint(&self) -> &'static str {
        match self.seen {
            Some(_) => " so far; set OTEL_EXPORTER_OTLP_ENDPOINT to send them elsewhere",
            None => "",
        }
    }

    /// Compares what arrived here with what the service says it exported, in its last words.
    ///
    /// # Errors
    /// [`Failure::Found`] when the two differ.
    pub(crate) fn close(&self, last_words: &str) -> Result<(), Failure> {
        let Some(seen) = &self.seen else {
            return Ok(());
        };
        let arrived = lock(seen).spans;
        match last_words::number(last_words, "exported=") {
            Some(exported) if exported == arrived => Ok(()),
            exported => Err(Failure::Found(format!(
                "{arrived} spans arrived, and the service exported {exported:?}"
            ))),
        }
    }

    fn listen() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let seen = Arc::default();
        let shared = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let seen = Arc::clone(&shared);
                thread::spawn(move || serve(stream, &seen));
            }
        });
        Ok(Self {
            endpoint,
            seen: Some(seen),
        })
    }
}

impl fmt::Display for Traces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(seen) = &self.seen else {
            return write!(f, "sent to {}", self.endpoint);
        };
        let seen = lock(seen);
        let (spans, traces) = (seen.spans, seen.traces.len());
        write!(f, "{spans} spans of {traces} traces arrived at this demo")
    }
}

/// Answers one connection until the client closes it or sends what is no request.
fn serve(stream: TcpStream, seen: &Mutex<Seen>) {
    let Ok(mut answer) = stream.try_clone() else {
        return;
    };
    let mut reader = BufReader::new(stream);
    while let Some(body) = read_body(&mut reader) {
        let status = match wire::trace_ids(&body) {
            Some(ids) => {
                let mut seen = lock(seen);
                seen.spans += ids.len() as u64;
                seen.traces.extend(ids.into_iter().map(<[u8]>::to_vec));
                "200 OK"
            }
            None => "400 Bad Request",
        };
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n"
        );
        if answer.write_all(head.as_bytes()).is_err() {
            return;
        }
    }
}

/// The body of the next request; the receiver asks nothing of path and headers but the length.
fn read_body(reader: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; Some(length).filter(|length| *length <= MAX_BODY_BYTES)?];
    reader.read_exact(&mut body).ok()?;
    Some(body)
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    // Counts stay true even if a thread died between two of them.
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}
