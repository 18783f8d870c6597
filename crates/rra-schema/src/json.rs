//! JSON as it was read: keys in their order, numbers digit for digit.

use std::fmt::{self, Write as _};

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::limits;
use crate::writer::{Tree, View};

/// A JSON value that writes back as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number, digit for digit.
    Number(String),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// An object, its keys in the order they were read.
    Map(Vec<(String, Json)>),
}

impl Json {
    /// Reads one value.
    pub(crate) fn parse(text: &str) -> Result<Self, serde_json::Error> {
        let raw: &RawValue = serde_json::from_str(text)?;
        Self::from_raw(raw, 1)
    }

    fn from_raw(raw: &RawValue, depth: usize) -> Result<Self, serde_json::Error> {
        let text = raw.get();
        if depth > limits::READ_DEPTH {
            return Err(serde_json::Error::custom(format!(
                "it is nested deeper than {} levels",
                limits::READ_DEPTH
            )));
        }
        Ok(match text.as_bytes().first() {
            Some(b'n') => Self::Null,
            Some(b't') => Self::Boolean(true),
            Some(b'f') => Self::Boolean(false),
            Some(b'"') => {
                let Unpaired(text) = serde_json::from_str(text)?;
                Self::Text(text)
            }
            Some(b'[') => {
                let Items(items) = serde_json::from_str(text)?;
                Self::List(
                    items
                        .into_iter()
                        .map(|raw| Self::from_raw(raw, depth + 1))
                        .collect::<Result<_, _>>()?,
                )
            }
            Some(b'{') => {
                let Members(members) = serde_json::from_str(text)?;
                let read = |(Unpaired(key), raw): (Unpaired, &RawValue)| {
                    Self::from_raw(raw, depth + 1).map(|value| (key, value))
                };
                Self::Map(members.into_iter().map(read).collect::<Result<_, _>>()?)
            }
            _ => Self::Number(text.to_owned()),
        })
    }

    /// The text, if it is text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is a whole one that fits.
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Self::Number(digits) => digits.parse().ok(),
            _ => None,
        }
    }

    /// The number, if it is one.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Number(digits) => digits.parse().ok(),
            _ => None,
        }
    }

    /// The value of a key, if it is an object that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(members) => members
                .iter()
                .find(|(name, _)| name == key)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    /// Whether the value says nothing: `null` or empty text.
    pub(crate) fn is_absent(&self) -> bool {
        matches!(self, Self::Null) || self.as_str() == Some("")
    }
}

impl Tree for Json {
    type Key = String;

    fn view(&self) -> View<'_, String, Self> {
        match self {
            Self::Null => View::Null,
            Self::Boolean(flag) => View::Boolean(*flag),
            Self::Number(digits) => View::Number(digits),
            Self::Text(text) => View::Text(text),
            Self::List(items) => View::List(items),
            Self::Map(members) => View::Map(members),
        }
    }
}

struct Items<'t>(Vec<&'t RawValue>);

impl<'t> Deserialize<'t> for Items<'t> {
    fn deserialize<D: Deserializer<'t>>(deserializer: D) -> Result<Self, D::Error> {
        struct ItemsVisitor;
        impl<'t> Visitor<'t> for ItemsVisitor {
            type Value = Items<'t>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'t>>(self, mut list: A) -> Result<Items<'t>, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = list.next_element()? {
                    items.push(item);
                }
                Ok(Items(items))
            }
        }
        deserializer.deserialize_seq(ItemsVisitor)
    }
}

/// Text that may hold half of a surrogate pair, as Python writes it where bytes were no UTF-8 or a client
/// sent one. The half is kept as its escape, in letters.
struct Unpaired(String);

impl<'t> Deserialize<'t> for Unpaired {
    fn deserialize<D: Deserializer<'t>>(deserializer: D) -> Result<Self, D::Error> {
        struct UnpairedVisitor;
        impl Visitor<'_> for UnpairedVisitor {
            type Value = Unpaired;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text")
            }

            fn visit_str<E>(self, text: &str) -> Result<Unpaired, E> {
                Ok(Unpaired(text.to_owned()))
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Unpaired, E> {
                Ok(Unpaired(text_of(bytes)))
            }
        }
        // As bytes, halves come in the form that UTF-8 would give them if it could.
        deserializer.deserialize_bytes(UnpairedVisitor)
    }
}

fn text_of(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    let mut rest = bytes;
    loop {
        let valid = match std::str::from_utf8(rest) {
            Ok(valid) => return text + valid,
            Err(error) => error.valid_up_to(),
        };
        text.push_str(&String::from_utf8_lossy(&rest[..valid]));
        let half = &rest[valid..];
        let [0xED, second, third, ..] = half else {
            return text + &String::from_utf8_lossy(half);
        };
        let unit = 0xD000 | u32::from(second & 0x3F) << 6 | u32::from(third & 0x3F);
        // Writing into text cannot fail.
        let _ = write!(text, "\\u{unit:04x}");
        rest = &half[3..];
    }
}

struct Members<'t>(Vec<(Unpaired, &'t RawValue)>);

impl<'t> Deserialize<'t> for Members<'t> {
    fn deserialize<D: Deserializer<'t>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;
        impl<'t> Visitor<'t> for MembersVisitor {
            type Value = Members<'t>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<Members<'t>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(MembersVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_key_order_survive() {
        let value = Json::parse(r#"{"b":1e400,"a":0.10,"b":123456789012345678901234567890}"#)
            .expect("valid");
        let Json::Map(members) = value else {
            panic!("an object")
        };
        let shown: Vec<_> = members
            .iter()
            .map(|(key, value)| format!("{key}={value:?}"))
            .collect();
        assert_eq!(
            shown,
            [
                "b=Number(\"1e400\")",
                "a=Number(\"0.10\")",
                "b=Number(\"123456789012345678901234567890\")"
            ]
        );
    }

    #[test]
    fn half_of_a_surrogate_pair_is_kept_as_its_escape() {
        let value = Json::parse(r#"{"\udcffk":"a\ud800b\uDBFF","ok":"\ud83d\ude00"}"#);
        let expected = [(r"\udcffk", r"a\ud800b\udbff"), ("ok", "\u{1f600}")];
        let expected = expected.map(|(key, text)| (key.to_owned(), Json::Text(text.to_owned())));
        assert_eq!(value.expect("valid"), Json::Map(expected.into()));
    }

    #[test]
    fn hostile_nesting_is_refused_and_not_followed() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(Json::parse(&deep).is_err());
    }
}
