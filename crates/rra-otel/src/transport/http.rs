//! OTLP over HTTP/1.1 with a blocking client, on the exporting thread: no async runtime is needed
//! (OTLP specification, "OTLP/HTTP").

use std::io::Write;
use std::time::Duration;

use flate2::Compression as Level;
use flate2::write::GzEncoder;
use jiff::fmt::rfc2822;
use ureq::http::header::{CONTENT_ENCODING, CONTENT_TYPE, DATE, RETRY_AFTER, USER_AGENT};
use ureq::http::{HeaderMap, HeaderValue, Response, StatusCode};
use ureq::{Agent, Body};

use super::{Answer, Transport, rejected, tls};
use crate::config::{Compression, OtelConfig};
use crate::endpoint::Address;
use crate::error::Error;

/// Largest answer that is read. What a receiver has to say fits into far less.
const MAX_ANSWER_BYTES: u64 = 64 * 1024;

/// One receiver over HTTP.
pub(crate) struct Http {
    agent: Agent,
    url: String,
    headers: HeaderMap,
    compression: Compression,
}

impl Http {
    pub(crate) fn connect(config: &OtelConfig, address: &Address) -> Result<Self, Error> {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            // A redirect would carry the headers, keys among them, to a place nobody configured.
            .max_redirects(0)
            .max_redirects_will_error(false)
            // Proxy variables are the environment too, and only the program may read that.
            .proxy(None);
        let agent = if address.is_encrypted {
            tls::encrypt(agent, &config.tls)?
        } else {
            agent
        };
        let mut headers = super::headers(&config.headers)?;
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/x-protobuf"),
        );
        headers.insert(USER_AGENT, HeaderValue::from_static(super::USER_AGENT));
        if config.compression == Compression::Gzip {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        Ok(Self {
            agent: agent.build().new_agent(),
            url: address.url.clone(),
            headers,
            compression: config.compression,
        })
    }
}

impl Transport for Http {
    type Request = Vec<u8>;

    fn prepare(&self, request: Vec<u8>) -> Vec<u8> {
        match self.compression {
            Compression::None => request,
            Compression::Gzip => gzip(&request),
        }
    }

    fn send(&mut self, request: &Vec<u8>, timeout: Duration) -> Answer {
        let mut post = self.agent.post(&self.url);
        for (name, value) in &self.headers {
            post = post.header(name, value);
        }
        let post = post.config().timeout_global(Some(timeout)).build();
        match post.send(request.as_slice()) {
            Ok(response) => read(response),
            Err(ureq::Error::Timeout(_)) => Answer::Late,
            Err(_) => Answer::Away,
        }
    }
}

/// What the receiver says, by the rules of the specification: four codes ask to come again, every
/// other one that is no success is final.
fn read(response: Response<Body>) -> Answer {
    let (head, mut body) = response.into_parts();
    // Read even if it says nothing, so that the connection can be used again.
    let body = body.with_config().limit(MAX_ANSWER_BYTES).read_to_vec();
    match head.status {
        status if status.is_success() => Answer::Taken {
            rejected: rejected(&body.unwrap_or_default()),
        },
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => Answer::Busy {
            after: retry_after(&head.headers),
        },
        _ => Answer::Refused,
    }
}

/// How long a receiver asks us to wait (RFC 9110, section 10.2.3): seconds, or a date, which is seen
/// from the date of the answer, so that no clock of ours needs to agree with the receiver's.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| Some(headers.get(name)?.to_str().ok()?.trim());
    let asked = text(RETRY_AFTER)?;
    if let Ok(seconds) = asked.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let parser = rfc2822::DateTimeParser::new();
    let (until, now) = (
        parser.parse_timestamp(asked),
        parser.parse_timestamp(text(DATE)?),
    );
    // A date that has passed asks for nothing.
    until.ok()?.duration_since(now.ok()?).try_into().ok()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 4), Level::fast());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.expect("writing to memory cannot fail")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: &str = "Fri, 13 Feb 2026 12:00:00 GMT";

    fn check(retry_after_header: &str, date: Option<&str>, expected_seconds: Option<u64>) {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, retry_after_header.parse().expect("a header"));
        if let Some(date) = date {
            headers.insert(DATE, date.parse().expect("a header"));
        }
        let expected = expected_seconds.map(Duration::from_secs);
        assert_eq!(retry_after(&headers), expected, "{retry_after_header}");
    }

    #[test]
    fn seconds_are_seconds() {
        check("7", None, Some(7));
        check(" 0 ", Some(NOON), Some(0));
    }

    #[test]
    fn a_date_is_seen_from_the_date_of_the_answer() {
        check("Fri, 13 Feb 2026 12:01:30 GMT", Some(NOON), Some(90));
        check(NOON, Some(NOON), Some(0));
    }

    #[test]
    fn what_is_past_or_cannot_be_read_asks_for_nothing() {
        check("Fri, 13 Feb 2026 11:59:59 GMT", Some(NOON), None);
        check("Fri, 13 Feb 2026 12:01:30 GMT", None, None);
        check("Fri, 13 Feb 2026 12:01:30 GMT", Some("noon"), None);
        check("soon", Some(NOON), None);
        check("-1", Some(NOON), None);
    }
}
