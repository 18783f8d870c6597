//! How a demo client speaks to the service: one request, one answer, and a note when the answer is
//! not the expected one.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use ureq::http::Request;

use super::Tally;

/// Surprises that are kept; a broken service would otherwise fill the screen.
const MAX_SURPRISES: usize = 8;

/// The service as clients see it.
pub(crate) struct Api {
    pub(crate) base: String,
    agent: ureq::Agent,
    requests: AtomicUsize,
    surprises: Mutex<Vec<String>>,
}

/// One client: where it calls from and how it proves who it is.
pub(crate) struct Client<'a> {
    api: &'a Api,
    address: String,
    headers: Vec<(&'static str, String)>,
}

impl Api {
    pub(crate) fn new(base: &str) -> Self {
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(30)))
            .http_status_as_error(false)
            // A connection of its own for each request: a server may close one that is kept, just
            // when the next request is on its way, and a POST must not be sent twice.
            .max_idle_connections(0)
            .proxy(None)
            .build()
            .new_agent();
        Self {
            base: base.to_owned(),
            agent,
            requests: AtomicUsize::new(0),
            surprises: Mutex::default(),
        }
    }

    /// A client that calls from `address`, as the proxy in front of the service reports it.
    pub(crate) fn client(&self, address: String) -> Client<'_> {
        Client {
            api: self,
            address,
            headers: Vec::new(),
        }
    }

    pub(crate) fn into_tally(self) -> Tally {
        let surprises = self.surprises.into_inner();
        Tally {
            requests: self.requests.into_inner(),
            surprises: surprises.unwrap_or_else(PoisonError::into_inner),
        }
    }

    fn surprise(&self, what: String) {
        let mut surprises = self
            .surprises
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if surprises.len() < MAX_SURPRISES {
            surprises.push(what);
        }
    }
}

impl Client<'_> {
    /// Sends this header with every request from now on.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Gets `path` and expects one of `statuses`.
    pub(crate) fn get(&self, path: &str, statuses: &[u16]) -> Value {
        self.send("GET", path, String::new(), statuses)
    }

    /// Posts `body` to `path` and expects one of `statuses`.
    pub(crate) fn post(&self, path: &str, body: &Value, statuses: &[u16]) -> Value {
        self.send("POST", path, body.to_string(), statuses)
    }

    /// The body of the answer, or nothing when there is none.
    pub(crate) fn send(&self, method: &str, path: &str, body: String, statuses: &[u16]) -> Value {
        match self.try_send(method, path, body) {
            Ok((status, answer)) => {
                self.api.requests.fetch_add(1, Ordering::Relaxed);
                if !statuses.contains(&status) {
                    let what = format!("{method} {path} answered {status}, expected {statuses:?}");
                    self.api.surprise(what);
                }
                answer
            }
            Err(error) => {
                self.api
                    .surprise(format!("{method} {path} got no answer: {error}"));
                Value::Null
            }
        }
    }

    /// Posts `body` with a pause between head and body, and expects `status`.
    pub(crate) fn send_slowly(&self, path: &str, body: &str, pause: Duration, status: u16) {
        let answer = self.try_send_slowly(path, body, pause);
        self.api.requests.fetch_add(1, Ordering::Relaxed);
        let expected = format!("HTTP/1.1 {status} ");
        if !answer
            .as_ref()
            .is_ok_and(|answer| answer.starts_with(&expected))
        {
            self.api
                .surprise(format!("POST {path} sent slowly: {answer:?}"));
        }
    }

    fn try_send_slowly(&self, path: &str, body: &str, pause: Duration) -> io::Result<String> {
        let host = self.api.base.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host)?;
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\
             x-forwarded-for: {}\r\ncontent-length: {}\r\n",
            self.address,
            body.len()
        )?;
        for (name, value) in &self.headers {
            write!(stream, "{name}: {value}\r\n")?;
        }
        stream.write_all(b"\r\n")?;
        thread::sleep(pause);
        stream.write_all(body.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }

    fn try_send(
        &self,
        method: &str,
        path: &str,
        body: String,
    ) -> Result<(u16, Value), ureq::Error> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.api.base))
            .header("content-type", "application/json")
            .header("x-forwarded-for", &self.address);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let mut answer = self.api.agent.run(request.body(body)?)?;
        let text = answer.body_mut().read_to_string()?;
        Ok((
            answer.status().as_u16(),
            serde_json::from_str(&text).unwrap_or_default(),
        ))
    }
}
