//! The closed labels as types, so that a call site cannot invent a word.
//!
//! Each type takes its words from the catalogue's list, variant by variant in the same order.

use rra_schema::metrics::labels as lists;
use rra_schema::spec::EnumSpec;

/// Declares an enum whose variants are the words of a list, in the same order.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident of $list:path { $($variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #[allow(missing_docs, reason = "a variant is its word; the list of words is documented")]
        pub enum $name { $($variant),+ }

        impl $name {
            /// All words, in catalogue order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The label value.
            pub const fn as_str(self) -> &'static str {
                Self::LIST.values[self as usize]
            }

            const LIST: &'static EnumSpec = &$list;

            pub(crate) const fn place(self) -> usize {
                self as usize
            }
        }
    };
}

words! {
    /// Why an answer was an error.
    ErrorType of lists::ERROR_TYPE {
        Validation, Auth, Forbidden, NotFound, Conflict, RateLimited, TooLarge, Timeout, Upstream,
        Blockchain, Storage, Internal, Canceled, Other,
    }
}
words! {
    /// What happened to a token.
    TokenAction of lists::TOKEN_ACTION { Issued, Accepted, Refreshed, Expired, Revoked, Rejected }
}
words! {
    /// What a token is for.
    TokenType of lists::TOKEN_TYPE { Access, Refresh, ApiKey, Unknown }
}
words! {
    /// How a transaction ended.
    TransactionOutcome of lists::TRANSACTION_OUTCOME {
        Confirmed, Reverted, Dropped, Timeout, Rejected,
    }
}
words! {
    /// How a call to a chain's node ended.
    RpcOutcome of lists::RPC_OUTCOME { Ok, Error, Timeout }
}
words! {
    /// How a negotiation ended.
    NegotiationOutcome of lists::NEGOTIATION_OUTCOME {
        Accepted, Rejected, Expired, Abandoned, Error,
    }
}
words! {
    /// Why an event was lost.
    DropReason of lists::DROP_REASON {
        QueueFull, Oversize, Serialize, RetriesExhausted, SpoolFull, Shutdown, Closed,
        Rejected, Damaged, Expired,
    }
}
words! {
    /// Why a span was lost.
    SpanDropReason of lists::SPAN_DROP_REASON {
        QueueFull, Refused, Unavailable, Timeout, Closed,
    }
}
words! {
    /// Why an event was left out on purpose.
    DiscardReason of lists::DISCARD_REASON { Sampled, Filtered, Deduplicated }
}
words! {
    /// Why a sink could not write.
    SinkErrorType of lists::SINK_ERROR_TYPE {
        Io, Timeout, Auth, Throttled, Rejected, Connect, Other,
    }
}
words! {
    /// What an alerting service was told.
    AlertAction of lists::ALERT_ACTION { Trigger, Acknowledge, Resolve }
}
words! {
    /// How an alerting service took it.
    AlertOutcome of lists::ALERT_OUTCOME { Accepted, Rejected, Undelivered }
}
words! {
    /// What a file system holds.
    FilesystemRole of lists::FILESYSTEM_ROLE { Log, Spool }
}
words! {
    /// A part of an event that was absent or unusable.
    EventField of lists::EVENT_FIELD {
        Timestamp, Service, Environment, EventType, Severity, Message, SourceIp, UserId, AgentId,
        RequestId, Details, Tags, Method, Chain, Token, LicenseType, Amount, Other,
    }
}

/// How much of its limit an agent has used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum LimitBand {
    /// Less than half.
    UnderHalf,
    /// Half or more, less than four fifths.
    HalfTo80,
    /// Four fifths or more, not all.
    From80,
    /// All of it.
    Exceeded,
}

impl LimitBand {
    /// How many there are.
    pub(crate) const COUNT: usize = lists::LIMIT_BAND.values.len();

    /// The band of a share from 0 to 1.
    pub(crate) fn of(share: f64) -> Self {
        if share >= 1.0 {
            Self::Exceeded
        } else if share >= 0.8 {
            Self::From80
        } else if share >= 0.5 {
            Self::HalfTo80
        } else {
            Self::UnderHalf
        }
    }

    pub(crate) const fn place(self) -> usize {
        self as usize
    }
}

/// The place of a status code in the catalogue's list. A code that is not there has the place of
/// its class, as RFC 9110, section 15, has clients read it; one outside 100 to 599 that of 500.
pub(crate) fn status_place(status: u16) -> usize {
    usize::from(
        STATUS_PLACES
            .get(usize::from(status))
            .copied()
            .unwrap_or(STATUS_PLACES[500]),
    )
}

static STATUS_PLACES: [u8; 600] = status_places();

const fn status_places() -> [u8; 600] {
    let mut places = [0; 600];
    let mut status = 0;
    while status < places.len() {
        places[status] = match (listed(status), listed(status / 100 * 100), listed(500)) {
            (Some(own), ..) => own,
            (None, Some(class), _) => class,
            (None, None, Some(server_error)) => server_error,
            (None, None, None) => panic!("500 is in the list"),
        };
        status += 1;
    }
    places
}

const fn listed(status: usize) -> Option<u8> {
    let words = lists::HTTP_STATUS.values;
    let mut place: u8 = 0;
    while (place as usize) < words.len() {
        let word = words[place as usize].as_bytes();
        let value = (word[0] - b'0') as usize * 100
            + (word[1] - b'0') as usize * 10
            + (word[2] - b'0') as usize;
        if value == status {
            return Some(place);
        }
        place += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A variant's name in the form of a word.
    fn snake_case(variant: &str) -> String {
        let mut word = String::new();
        for c in variant.chars() {
            if c.is_ascii_uppercase() && !word.is_empty() {
                word.push('_');
            }
            word.push(c.to_ascii_lowercase());
        }
        word
    }

    macro_rules! check {
        ($($name:ident),+ $(,)?) => {$(
            assert_eq!($name::ALL.len(), $name::LIST.values.len(), stringify!($name));
            for word in $name::ALL {
                assert_eq!(word.as_str(), snake_case(&format!("{word:?}")));
            }
        )+};
    }

    #[test]
    fn every_variant_is_its_word_in_the_catalogue() {
        check!(
            ErrorType,
            TokenAction,
            TokenType,
            TransactionOutcome,
            RpcOutcome,
            NegotiationOutcome,
            DropReason,
            SpanDropReason,
            DiscardReason,
            SinkErrorType,
            AlertAction,
            AlertOutcome,
            FilesystemRole,
            EventField,
        );
    }

    fn check_status(status: u16, expected: &str) {
        assert_eq!(lists::HTTP_STATUS.values[status_place(status)], expected);
    }

    #[test]
    fn a_listed_status_is_itself() {
        check_status(404, "404");
        check_status(511, "511");
    }

    #[test]
    fn an_unlisted_status_is_the_first_of_its_class() {
        check_status(299, "200");
        check_status(418, "400");
        check_status(599, "500");
    }

    #[test]
    fn a_status_outside_the_range_is_a_server_error() {
        check_status(99, "500");
        check_status(600, "500");
        check_status(u16::MAX, "500");
    }

    #[test]
    fn bands_meet_without_a_gap() {
        let shares = [0.0, 0.5, 0.8, 1.0, 3.0, f64::NAN];
        let places = shares.map(|share| LimitBand::of(share).place());
        assert_eq!(places, [0, 1, 2, 3, 3, 0]);
    }
}
