//! What a blockchain speaks of: chains, amounts and token numbers.

use super::{DetailValue, Scalar};
use crate::error::Error;
use crate::spec::FieldKind;
use crate::writer::Member;

macro_rules! checked_text {
    (
        $(#[doc = $doc:literal])+
        $name:ident, $field:literal, $kind:ident, $fits:path, $expected:literal
    ) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $name<'a>(&'a str);

        impl<'a> $name<'a> {
            /// Checks the form.
            ///
            /// # Errors
            /// [`Error::Invalid`] with the refused text and the form it should have.
            pub fn new(text: &'a str) -> Result<Self, Error> {
                if $fits(text) {
                    Ok(Self(text))
                } else {
                    Err(Error::invalid($field, text, $expected))
                }
            }

            /// The checked text.
            pub fn as_str(&self) -> &'a str {
                self.0
            }
        }

        impl DetailValue for $name<'_> {
            const KIND: FieldKind = FieldKind::$kind;

            fn write(&self, member: &mut Member<'_, '_, '_>) {
                member.plain(self.0);
            }

            fn scalar(&self) -> Scalar<'_> {
                Scalar::Text(self.0)
            }
        }
    };
}

checked_text! {
    /// A chain by its CAIP-2 id, such as `eip155:1` (Chain Agnostic Improvement Proposal 2).
    ChainId, "chain", ChainId, is_chain_id, "a CAIP-2 id such as eip155:1"
}
checked_text! {
    /// A decimal number as text: no sign, no exponent, up to 60 digits before and 30 after the
    /// point, so that no reader rounds an amount.
    Decimal, "amount", Decimal, is_decimal, "decimal digits such as 12.50, without sign or exponent"
}
checked_text! {
    /// A token's number: up to 78 digits, what a uint256 can hold.
    TokenId, "token_id", TokenId, is_token_id, "1 to 78 decimal digits"
}

pub(crate) fn is_chain_id(text: &str) -> bool {
    let Some((namespace, reference)) = halves(text, b':') else {
        return false;
    };
    let is_namespace = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let is_reference = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    (3..=8).contains(&namespace.len())
        && namespace.bytes().all(is_namespace)
        && (1..=32).contains(&reference.len())
        && reference.bytes().all(is_reference)
}

pub(crate) fn is_decimal(text: &str) -> bool {
    let (whole, fraction) = halves(text, b'.').map_or((text, None), |(w, f)| (w, Some(f)));
    let digits = |part: &str, longest| {
        (1..=longest).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
    };
    digits(whole, 60)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(|fraction| digits(fraction, 30))
}

/// What stands before and behind the first such byte. The texts are too short for a search to be worth
/// its preparation.
fn halves(text: &str, sign: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == sign)?;
    Some((&text[..at], &text[at + 1..]))
}

pub(crate) fn is_token_id(text: &str) -> bool {
    (1..=78).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(fits: fn(&str) -> bool, good: &[&str], bad: &[&str]) {
        for text in good {
            assert!(fits(text), "{text}");
        }
        for text in bad {
            assert!(!fits(text), "{text}");
        }
    }

    #[test]
    fn a_chain_is_named_the_caip_2_way() {
        check(
            is_chain_id,
            &[
                "eip155:1",
                "cosmos:hub_4",
                "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp",
            ],
            &["eip155", "e:1", "EIP155:1", "eip155:", "eip155:1 "],
        );
    }

    #[test]
    fn an_amount_has_no_sign_exponent_or_leading_zero() {
        check(
            is_decimal,
            &["0", "0.1", "11.465585", "1"],
            &["", ".5", "5.", "01", "-1", "1e9", "1,5", "NaN"],
        );
        assert!(is_decimal(&"9".repeat(60)) && !is_decimal(&"9".repeat(61)));
    }

    #[test]
    fn a_token_number_is_all_digits() {
        check(is_token_id, &["0", "007"], &["", "1.0", "0x1", "-1"]);
        assert!(is_token_id(&"9".repeat(78)) && !is_token_id(&"9".repeat(79)));
    }
}
