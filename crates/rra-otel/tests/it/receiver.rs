//! A receiver for OTLP over HTTP: takes requests on loopback, decodes them and keeps them.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

/// Longest wait for a request: far above what any test needs, so that only a fault meets it.
const PATIENCE: Duration = Duration::from_secs(20);

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
        let (listener, endpoint) = listen();
        let (sender, requests) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let sender = sender.clone();
                thread::spawn(move || serve(stream, &sender));
            }
        });
        Self { endpoint, requests }
    }

    pub(crate) fn next(&self) -> Request {
        self.requests.recv_timeout(PATIENCE).expect("a request")
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
        let attribute = resource.attributes.into_iter().find(|kv| kv.key == key)?;
        match attribute.value?.value? {
            Value::StringValue(text) => Some(text),
            _ => None,
        }
    }

    fn decode(&self) -> ExportTraceServiceRequest {
        ExportTraceServiceRequest::decode(self.body.as_slice()).expect("a trace request")
    }
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

fn serve(stream: TcpStream, sender: &mpsc::Sender<Request>) {
    let mut answer = stream.try_clone().expect("a second handle");
    let mut reader = BufReader::new(stream);
    while let Some(request) = read_request(&mut reader) {
        // The test may have seen enough and gone.
        let _ = sender.send(request);
        let _ = answer.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
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
