//! The trace an event happened in, by the ids of W3C Trace Context.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;

macro_rules! hex_id {
    ($(#[doc = $doc:literal])+ $name:ident, $bytes:literal, $field:literal, $expected:literal) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $name([u8; $bytes]);

        impl $name {
            /// Takes the bytes; none when they are all zero, which the standard reserves for "no id".
            pub fn from_bytes(bytes: [u8; $bytes]) -> Option<Self> {
                (bytes != [0; $bytes]).then_some(Self(bytes))
            }

            /// The bytes.
            pub const fn to_bytes(self) -> [u8; $bytes] {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self, Error> {
                let refused = || Error::invalid($field, text, $expected);
                let lower_hex = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
                if text.len() != 2 * $bytes || !text.bytes().all(lower_hex) {
                    return Err(refused());
                }
                let mut bytes = [0; $bytes];
                for (at, byte) in bytes.iter_mut().enumerate() {
                    *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).map_err(|_| refused())?;
                }
                Self::from_bytes(bytes).ok_or_else(refused)
            }
        }
    };
}

hex_id! {
    /// The id of a trace.
    TraceId, 16, "trace_id", "32 lower-case hexadecimal digits, not all zero"
}
hex_id! {
    /// The id of a span.
    SpanId, 8, "span_id", "16 lower-case hexadecimal digits, not all zero"
}

/// Where in a trace an event happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TraceContext {
    /// The trace.
    pub trace_id: TraceId,
    /// The span.
    pub span_id: SpanId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_what_it_wrote() {
        let id = TraceId::from_bytes([7; 16]).expect("not zero");
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn zero_and_upper_case_are_no_ids() {
        assert!("0".repeat(16).parse::<SpanId>().is_err());
        assert!("ABCDEF0123456789".parse::<SpanId>().is_err());
        assert!(SpanId::from_bytes([0; 8]).is_none());
    }
}
