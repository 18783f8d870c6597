//! A receiver for OTLP over HTTP: takes requests on loopback, decodes them, keeps them, and answers
//! as it is told.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;

use flate2::read::GzDecoder;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

use crate::PATIENCE;

/// What a receiver says to each request, by the number of the request from 0; `None` hangs up.
pub(crate) type Script = fn(usize) -> Option<Vec<u8>>;

pub(crate) struct Receiver {
    pub(crate) endpoint: String,
    requests: mpsc::Receiver<Request>,
}

pub(crate) struct Request {
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

/// A listener that is never asked for its connections: the system takes them and nobody answers.
pub(crate) struct SilentReceiver {
    pub(crate) endpoint: String,
    _listener: TcpListener,
}

impl Receiver {
    pub(crate) fn start() -> Self {
        Self::saying(|_| Some(head(200, "")))
    }

    pub(crate) fn saying(script: Script) -> Self {
        Self::behind(script, |stream| stream)
    }

    /// A receiver whose connections are wrapped, such as in encryption.
    pub(crate) fn behind<S>(script: Script, wrap: impl Fn(TcpStream) -> S + Send + 'static) -> Self
    where
        S: Read + Write + Send + 'static,
    {
        let (listener, endpoint) = listen();
        let (sender, requests) = mpsc::channel();
        thread::spawn(move || {
            let mut served = 0;
            // One connection after the other: the exporter has one at a time.
            for stream in listener.incoming().map_while(Result::ok) {
                serve(wrap(stream), &sender, script, &mut served);
            }
        });
        Self { endpoint, requests }
    }

    pub(crate) fn next(&self) -> Request {
        self.requests.recv_timeout(PATIENCE).expect("a request")
    }

    /// The number of requests that came and were not taken with [`next`](Self::next).
    pub(crate) fn count(&self) -> usize {
        self.requests.try_iter().count()
    }
}

impl SilentReceiver {
    pub(crate) fn start() -> Self {
        let (listener, endpoint) = listen();
        Self {
            endpoint,
            _listener: listener,
        }
    }
}

impl Request {
    pub(crate) fn spans(&self) -> Vec<Span> {
        let scopes = self.decode().resource_spans.into_iter();
        let spans = scopes.flat_map(|resource| resource.scope_spans);
        spans.flat_map(|scope| scope.spans).collect()
    }

    pub(crate) fn span(&self, name: &str) -> Span {
        let found = self.spans().into_iter().find(|span| span.name == name);
        found.unwrap_or_else(|| panic!("no span {name}"))
    }

    pub(crate) fn resource(&self, key: &str) -> Option<String> {
        let resource = self.decode().resource_spans.into_iter().next()?.resource?;
        text(&resource.attributes, key)
    }

    fn decode(&self) -> ExportTraceServiceRequest {
        ExportTraceServiceRequest::decode(self.body.as_slice()).expect("a trace request")
    }
}

/// An attribute as text.
pub(crate) fn text(attributes: &[KeyValue], key: &str) -> Option<String> {
    let attribute = attributes.iter().find(|attribute| attribute.key == key)?;
    match attribute.value.clone()?.value? {
        Value::StringValue(text) => Some(text),
        Value::IntValue(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The head of an answer without a body.
pub(crate) fn head(status: u16, headers: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} Status\r\n{headers}content-length: 0\r\n\r\n").into_bytes()
}

/// An address on loopback where nobody listens any more.
pub(crate) fn gone() -> String {
    listen().1
}

fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port on loopback");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    (listener, endpoint)
}

fn serve<S: Read + Write>(
    stream: S,
    sender: &mpsc::Sender<Request>,
    script: Script,
    served: &mut usize,
) {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read_request(&mut stream) {
        // The test may have seen enough and gone.
        let _ = sender.send(request);
        let answer = script(*served);
        *served += 1;
        let Some(answer) = answer else {
            return;
        };
        let stream = stream.get_mut();
        if stream
            .write_all(&answer)
            .and_then(|()| stream.flush())
            .is_err()
        {
            return;
        }
    }
}

fn read_request(reader: &mut impl BufRead) -> Option<Request> {
    let first = read_line(reader)?;
    let path = first.split(' ').nth(1)?.to_owned();
    let mut headers = BTreeMap::new();
    while let Some((name, value)) = read_line(reader)?.split_once(": ") {
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    if headers
        .get("content-encoding")
        .is_some_and(|encoding| encoding == "gzip")
    {
        let mut plain = Vec::new();
        GzDecoder::new(body.as_slice())
            .read_to_end(&mut plain)
            .ok()?;
        body = plain;
    }
    Some(Request {
        path,
        headers,
        body,
    })
}

fn read_line(reader: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    let bytes = reader.read_line(&mut line).ok()?;
    (bytes > 0).then(|| line.trim_end().to_owned())
}
