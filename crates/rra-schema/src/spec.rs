//! The form of the catalogue: what a table row says about an event type, a field and an enum.
//!
//! Rows are written once, in [`events`](crate::events), and read by everything that renders:
//! JSON Schemas, reference pages, compatibility checks.

use crate::severity::Severity;

/// One event type of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventSpec {
    /// The name in the JSON line, such as `auth.failure`.
    pub name: &'static str,
    /// The severity an event has unless the caller raises it.
    pub severity: Severity,
    /// Who first documented the type.
    pub source: Source,
    /// Whether the type says that something succeeded or failed.
    pub outcome: Outcome,
    /// One sentence for the reference page.
    pub summary: &'static str,
    /// The message an event carries when its maker gives none.
    pub message: &'static str,
    /// The members from the type to the opening quote of the message, in the default severity, as
    /// they stand in a line.
    pub(crate) opening: &'static str,
    /// The message with its closing quote.
    pub(crate) message_end: &'static str,
    /// Where it stands in the catalogue.
    pub(crate) place: usize,
    /// The keys of `details`, in the order they are written.
    pub fields: &'static [FieldSpec],
    /// The schema version the type appeared in.
    pub since: &'static str,
}

/// One key of `details`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldSpec {
    /// The key.
    pub name: &'static str,
    /// Whether an event of the type can be without it.
    pub presence: Presence,
    /// What its value may be.
    pub kind: FieldKind,
    /// One sentence for the reference page.
    pub summary: &'static str,
    /// The schema version the field appeared in.
    pub since: &'static str,
}

/// Whether a field must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// The typed constructor takes it.
    Required,
    /// A setter adds it.
    Optional,
}

/// What the value of a field may be, and so how it is written, checked and redacted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldKind {
    /// Text for people: any characters, escaped, scanned for secrets, cut at the limit.
    Text {
        /// Longest value in characters.
        max_chars: usize,
    },
    /// A name given by a program: no control or direction-changing characters.
    Identifier {
        /// Longest value in characters.
        max_chars: usize,
    },
    /// A URL without user information, query and fragment.
    Url {
        /// Longest value in characters.
        max_chars: usize,
    },
    /// An IPv4 or IPv6 address.
    IpAddress,
    /// A whole number from `minimum` to 2^53 - 1, the largest that every JSON reader keeps exact.
    Integer {
        /// Smallest value.
        minimum: u64,
    },
    /// A number from 0 to 1.
    Ratio,
    /// `true` or `false`.
    Boolean,
    /// An RFC 3339 time in UTC with three fraction digits.
    Timestamp,
    /// A CAIP-2 chain id such as `eip155:1`.
    ChainId,
    /// A decimal number in text, so that no reader rounds it.
    Decimal,
    /// A whole number of up to 78 digits in text: what a uint256 can hold.
    TokenId,
    /// The hash of a transaction; the one place besides [`FieldKind::Sha256`] that keeps 64 hexadecimal digits.
    TransactionHash,
    /// A SHA-256 digest in lower-case hexadecimal digits.
    Sha256,
    /// One word of a fixed list.
    Enum(&'static EnumSpec),
}

/// A list of words a field may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EnumSpec {
    /// The name of the list, such as `auth_method`.
    pub name: &'static str,
    /// The words, in catalogue order.
    pub values: &'static [&'static str],
    /// Whether words may be added in a minor version.
    pub growth: Growth,
}

/// Whether a consumer may match an enum exhaustively.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Growth {
    /// New words may appear; consumers keep a default branch.
    Open,
    /// The list never changes within a major version.
    Closed,
}

/// Who first documented an event type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// The monitoring guide of the RRA Module.
    Guide,
    /// The RRA Module's own logger, beyond its guide.
    Module,
    /// This project: the log's statements about itself.
    Audit,
}

/// Whether the thing an event reports succeeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// What was asked for happened.
    Success,
    /// What was asked for was refused or failed.
    Failure,
    /// The event is not about one attempt.
    Unknown,
}

impl Outcome {
    /// All outcomes.
    pub const ALL: [Self; 3] = [Self::Success, Self::Failure, Self::Unknown];

    /// The word used in the JSON line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Unknown => "unknown",
        }
    }
}
