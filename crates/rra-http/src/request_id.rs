//! One id for a request, from its client or our own, in the request, the answer and the log.

use std::fmt::{self, Write as _};
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// The header that carries the id.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// Longest id taken from a client, in bytes: what an event's `request_id` holds.
const MAX_BYTES: usize = 128;

/// The id of a request: that of its [context](crate::RequestContext::request_id), and of the
/// `x-request-id` header of request and answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// The id, letters, digits and `._:+/=@-` only.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The client's id if it is fit to be written everywhere, else a new one.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        headers
            .get(HEADER)
            .and_then(|value| value.to_str().ok())
            .filter(|id| is_fit(id))
            .map_or_else(Self::new, |id| Self(id.into()))
    }

    /// The id as a header.
    pub(crate) fn header(&self) -> HeaderValue {
        // Only visible ASCII gets into an id, and every such text is a header value.
        HeaderValue::from_str(&self.0).unwrap_or(HeaderValue::from_static("unknown"))
    }

    /// An id that no other request of any process has: 128 bits of two keyed hashes of a counter,
    /// with keys that the standard library draws at random for each process.
    fn new() -> Self {
        static KEYS: LazyLock<[RandomState; 2]> =
            LazyLock::new(|| [RandomState::new(), RandomState::new()]);
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut id = String::with_capacity("req_".len() + 32);
        id.push_str("req_");
        for key in &*KEYS {
            // Writing to a string cannot fail.
            let _ = write!(id, "{:016x}", key.hash_one(number));
        }
        Self(id.into())
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_fit(id: &str) -> bool {
    let is_fit_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"._:+/=@-".contains(&byte);
    (1..=MAX_BYTES).contains(&id.len()) && id.bytes().all(is_fit_byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the id of a client is kept.
    fn check(sent: &str, kept: bool) {
        let mut headers = HeaderMap::new();
        headers.insert(
            HEADER,
            HeaderValue::from_bytes(sent.as_bytes()).expect("a header"),
        );
        let id = RequestId::of(&headers);
        assert_eq!(id.as_str() == sent, kept, "{sent}");
        assert!(is_fit(id.as_str()));
    }

    #[test]
    fn a_plain_id_is_kept() {
        check("req_868523", true);
        check("0af7651916cd43dd8448eb211c80319c", true);
        check(&"x".repeat(128), true);
    }

    #[test]
    fn an_id_that_is_unfit_to_be_written_is_replaced() {
        for unfit in [
            "",
            " ",
            "a b",
            "a\"b",
            "<script>",
            "ü",
            "{}",
            &"x".repeat(129),
        ] {
            check(unfit, false);
        }
    }

    #[test]
    fn a_request_without_an_id_gets_one() {
        let (first, second) = (
            RequestId::of(&HeaderMap::new()),
            RequestId::of(&HeaderMap::new()),
        );
        assert!(first.as_str().starts_with("req_"));
        assert_ne!(first, second);
    }

    #[test]
    fn an_id_is_its_own_header() {
        let id = RequestId::new();
        assert_eq!(id.header(), id.as_str());
    }
}
