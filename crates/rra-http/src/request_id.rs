//! One id for a request, from its client or our own, in the request, the answer and the log.

use std::cell::Cell;
use std::fmt;
use std::hash::{BuildHasher, RandomState};

use axum::http::HeaderValue;

/// Longest id taken from a client, in bytes: what an event's `request_id` holds.
const MAX_BYTES: usize = 128;
/// A UUID in its usual form: 32 digits, and hyphens between.
const UUID_BYTES: usize = 36;

/// The id of a request: that of its [context](crate::RequestContext::request_id), and of the
/// `x-request-id` header of its answer.
#[derive(Clone, Debug)]
pub struct RequestId(Form);

/// Bytes that are a header value and text, and cost no allocation until a header is made of them.
#[derive(Clone, Debug)]
enum Form {
    Given(HeaderValue),
    Made(Uuid),
}

/// Aligned, since text is checked eight bytes at a time where it is, and else byte by byte.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(align(8))]
struct Uuid([u8; UUID_BYTES]);

impl RequestId {
    /// The id, letters, digits and `._:+/=@-` only.
    pub fn as_str(&self) -> &str {
        // Nothing else is taken or made, so that this is always text.
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// The client's id if it gave one that is fit to be written everywhere, else a new one.
    pub(crate) fn of(given: Option<&HeaderValue>) -> Self {
        match given {
            Some(id) if is_fit(id.as_bytes()) => Self(Form::Given(id.clone())),
            _ => Self::new(),
        }
    }

    /// The id as a header.
    pub(crate) fn header(&self) -> HeaderValue {
        match &self.0 {
            Form::Given(value) => value.clone(),
            // Hexadecimal digits and hyphens are a header value.
            Form::Made(Uuid(uuid)) => {
                HeaderValue::from_bytes(uuid).unwrap_or(HeaderValue::from_static("unknown"))
            }
        }
    }

    /// An id that no other request of any process has: a UUID of version 4 (RFC 9562, section 5.4).
    fn new() -> Self {
        Self(Form::Made(uuid(random())))
    }

    fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Form::Given(value) => value.as_bytes(),
            Form::Made(Uuid(uuid)) => uuid,
        }
    }
}

impl PartialEq for RequestId {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for RequestId {}

impl std::hash::Hash for RequestId {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn is_fit(id: &[u8]) -> bool {
    let is_fit_byte = |byte: &u8| byte.is_ascii_alphanumeric() || b"._:+/=@-".contains(byte);
    (1..=MAX_BYTES).contains(&id.len()) && id.iter().all(is_fit_byte)
}

/// Different bits every time: two counters with starts that are random for each thread, mixed. An id
/// says which request it is and proves nothing, so that nobody needs to be kept from guessing one.
fn random() -> u128 {
    thread_local! {
        static NEXT: Cell<[u64; 2]> = Cell::new([(); 2].map(|()| RandomState::new().hash_one(0)));
    }
    let next = NEXT.get();
    NEXT.set(next.map(|bits| bits.wrapping_add(1)));
    let [high, low] = next.map(|bits| u128::from(mixed(bits)));
    high << 64 | low
}

/// The mixing of `SplitMix64`, which gives different bits for different ones.
fn mixed(bits: u64) -> u64 {
    let bits = bits.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// Writes random bits as a UUID, with the digits for its version and variant.
fn uuid(bits: u128) -> Uuid {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    /// Where the two digits of each byte go: hyphens stand between groups of 4, 2, 2, 2, 6 bytes.
    const PLACES: [usize; 16] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
    let bits = bits & !(0xF << 76) | 0x4 << 76;
    let bits = bits & !(0x3 << 62) | 0x2 << 62;
    let mut text = [b'-'; UUID_BYTES];
    for (place, byte) in PLACES.into_iter().zip(bits.to_be_bytes()) {
        text[place] = DIGITS[usize::from(byte >> 4)];
        text[place + 1] = DIGITS[usize::from(byte & 0xF)];
    }
    Uuid(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the id of a client is kept.
    fn check(sent: &str, kept: bool) {
        let sent_id = HeaderValue::from_bytes(sent.as_bytes()).expect("a header");
        let id = RequestId::of(Some(&sent_id));
        assert_eq!(id.as_str() == sent, kept, "{sent}");
        assert!(is_fit(id.as_str().as_bytes()));
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
        let (first, second) = (RequestId::of(None), RequestId::of(None));
        assert_eq!(first.as_str().len(), UUID_BYTES);
        assert_ne!(first, second);
    }

    #[test]
    fn a_new_id_is_a_uuid_of_version_4() {
        let text = |bits| String::from_utf8(uuid(bits).0.to_vec()).expect("text");
        assert_eq!(text(0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(text(u128::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        let bits = 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef;
        assert_eq!(text(bits), "01234567-89ab-4def-8123-456789abcdef");
    }

    #[test]
    fn a_hundred_thousand_ids_are_all_different() {
        let ids: std::collections::HashSet<u128> = (0..100_000).map(|_| random()).collect();
        assert_eq!(ids.len(), 100_000);
    }

    #[test]
    fn an_id_is_its_own_header() {
        let id = RequestId::new();
        assert_eq!(id.header(), id.as_str());
    }
}
