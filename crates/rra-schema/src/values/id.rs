//! Names of users, agents, requests and of the events themselves.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use crate::limits;
use crate::redaction::{self, Shown};
use crate::writer::digits::HEXADECIMAL;
use crate::writer::is_hidden;

macro_rules! id {
    ($(#[doc = $doc:literal])+ $name:ident, $field:literal) => {
        $(#[doc = $doc])+
        #[doc = ""]
        #[doc = "One to 128 characters, none of them a control character or one that changes the"]
        #[doc = "direction of text or takes no room."]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $name<'a>(Id<'a>);

        impl<'a> $name<'a> {
            /// Takes an id that came from a trusted place.
            ///
            /// # Errors
            /// [`Error::Invalid`] when it is empty, longer than 128 characters, or holds a
            /// character that cannot be seen.
            #[inline]
            pub fn new(id: &'a str) -> Result<Self, Error> {
                let checked = Id::of(id);
                if checked.is_clean() || is_plain_id(id) {
                    Ok(Self(checked))
                } else {
                    Err(Error::invalid($field, id, "1 to 128 visible characters"))
                }
            }

            /// Takes an id as a client sent it: none when it is empty; what must not stand in an
            /// id is replaced, and what is too long is cut and marked, when it is written.
            pub fn lossy(id: &'a str) -> Option<Self> {
                (!id.is_empty()).then(|| Self(Id::of(id)))
            }

            /// The id as it was given.
            pub fn as_str(&self) -> &'a str {
                self.0.text
            }

            pub(crate) fn id(&self) -> Id<'a> {
                self.0
            }
        }
    };
}

id! {
    /// The user an event is about.
    UserId, "user_id"
}
id! {
    /// The agent an event is about: a repository's negotiator, not the log shipper.
    AgentId, "agent_id"
}
id! {
    /// The request an event belongs to.
    RequestId, "request_id"
}

/// An id or a tag that remembers whether it can be written without a further look.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Id<'a> {
    pub(crate) text: &'a str,
    state: State,
}

/// What is known of a text. As wide as its neighbours, because a narrow field makes the compiler
/// copy the gap behind it, in pieces that cost more than all of the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(usize)]
enum State {
    /// Neither empty nor too long, nothing to escape or to replace, no secret.
    Clean,
    /// Nobody knows.
    Unknown,
}

impl<'a> Id<'a> {
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "an id that comes back by way of memory is waited for"
    )]
    pub(crate) fn of(text: &'a str) -> Self {
        Self::known(text, is_clean(text))
    }

    /// A text of which it is known.
    #[inline]
    pub(crate) fn known(text: &'a str, is_clean: bool) -> Self {
        let state = if is_clean {
            State::Clean
        } else {
            State::Unknown
        };
        Self { text, state }
    }

    #[inline]
    pub(crate) fn is_clean(self) -> bool {
        self.state == State::Clean
    }
}

impl fmt::Debug for Id<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&Shown(self.text), f)
    }
}

#[inline(never)]
fn is_clean(text: &str) -> bool {
    redaction::is_short_name(text) || is_clean_text(text)
}

/// Apart, because hardly any name gets here.
#[inline(never)]
fn is_clean_text(text: &str) -> bool {
    (1..=limits::ID_CHARS).contains(&text.len()) && redaction::glance(text).is_clean()
}

/// Whether `id` can be written as it is.
#[cold]
pub(crate) fn is_plain_id(id: &str) -> bool {
    !id.is_empty() && id.chars().count() <= limits::ID_CHARS && !id.chars().any(is_hidden)
}

/// One run of the process: 64 random bits, drawn once at its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Instance(u64);

impl Instance {
    /// Makes an instance of random bits.
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// The bits.
    pub const fn bits(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // By the table of the line: every event within a span has its id as text.
        let digits = self.0.to_be_bytes();
        let digits = digits.map(|byte| HEXADECIMAL[usize::from(byte)]);
        f.write_str(std::str::from_utf8(digits.as_flattened()).unwrap_or_default())
    }
}

/// The name of one event: `<instance>-<seq>`.
///
/// `seq` grows by one with every event the process accepts, so the id tells order, gaps and
/// duplicates without looking at a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EventId {
    /// The run of the process.
    pub instance: Instance,
    /// The number of the event in that run.
    pub seq: u64,
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.instance.fmt(f)?;
        f.write_str("-")?;
        write!(f, "{}", self.seq)
    }
}

impl FromStr for EventId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let parse = || {
            let (instance, seq) = text.split_once('-')?;
            let lower_hex = instance
                .bytes()
                .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
            let canonical = seq == "0" || !seq.starts_with(['0', '+']);
            (instance.len() == 16 && lower_hex && canonical).then_some(())?;
            let instance = Instance(u64::from_str_radix(instance, 16).ok()?);
            let seq = seq.parse().ok().filter(|seq| *seq <= limits::INTEGER_MAX)?;
            Some(Self { instance, seq })
        };
        parse().ok_or_else(|| {
            Error::invalid(
                "event_id",
                text,
                "16 hexadecimal digits, a hyphen and a number",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(id: &str, fits: bool) {
        assert_eq!(UserId::new(id).is_ok(), fits, "{id:?}");
    }

    #[test]
    fn an_id_is_short_and_visible() {
        check("user_abc123", true);
        check("Ünïcode 名", true);
        check(&"a".repeat(128), true);
    }

    #[test]
    fn an_id_that_could_mislead_a_reader_is_refused() {
        check("", false);
        check(&"a".repeat(129), false);
        check("a\nb", false);
        check("a\u{202e}b", false);
        check("a\u{200b}b", false);
        check("a\u{85}b", false);
    }

    #[test]
    fn an_event_id_reads_back_what_it_wrote() {
        let id = EventId {
            instance: Instance::from_bits(0x0123_4567_89ab_cdef),
            seq: 42,
        };
        assert_eq!(id.to_string(), "0123456789abcdef-42");
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(Instance::from_bits(10).to_string(), "000000000000000a");
        assert!("0123456789ABCDEF-1".parse::<EventId>().is_err());
        assert!("0123456789abcdef-01".parse::<EventId>().is_err());
        assert!("0123456789abcdef-+1".parse::<EventId>().is_err());
    }
}
