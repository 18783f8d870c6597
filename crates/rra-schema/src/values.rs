//! Checked values: what may stand in a field, one idea to a file.

mod address;
mod chain;
mod hash;
mod id;
mod number;
mod tag;
mod text;
mod time;
mod trace;

pub use chain::{ChainId, Decimal, TokenId};
pub use hash::{Sha256, TransactionHash};
pub use id::{AgentId, EventId, Instance, RequestId, UserId};
pub use number::Ratio;
pub use tag::Tag;
pub use text::{CleanUrl, Name, Text};
pub use time::Timestamp;
pub use trace::{SpanId, TraceContext, TraceId};

pub(crate) use chain::{is_chain_id, is_decimal, is_token_id};
pub(crate) use hash::{is_sha256, is_transaction_hash};
pub(crate) use id::{Id, is_plain_id};
pub(crate) use tag::is_tag;

use crate::spec::FieldKind;
use crate::writer::Member;

/// A value of `details` as a label, a rule or a filter sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Scalar<'a> {
    /// Text, not yet redacted: never write it anywhere but into a bounded label.
    Text(&'a str),
    /// A whole number.
    Integer(u64),
    /// A number with a fraction, or below zero.
    Float(f64),
    /// `true` or `false`.
    Boolean(bool),
}

/// A type that a field of `details` can have.
pub trait DetailValue {
    /// What the catalogue says of such a field.
    const KIND: FieldKind;

    /// Writes the value after its key.
    #[doc(hidden)]
    fn write(&self, member: &mut Member<'_, '_, '_>);

    /// The value as a label or filter sees it.
    fn scalar(&self) -> Scalar<'_>;
}
