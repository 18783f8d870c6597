//! JSON with its keys in the order of the text, so that a line can be changed in one place only.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    /// Anything but an object.
    Plain(Value),
    Object(Vec<(String, Node)>),
}

impl Node {
    /// Reads one value.
    pub(crate) fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The value of a key, if this is an object that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        let (_, node) = self.members().iter().find(|(name, _)| name == key)?;
        Some(node)
    }

    /// The text, if it is text.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Plain(value) => value.as_str(),
            Self::Object(_) => None,
        }
    }

    /// The members of an object; none of anything else.
    pub(crate) fn members(&self) -> &[(String, Node)] {
        match self {
            Self::Object(members) => members,
            Self::Plain(_) => &[],
        }
    }

    /// The same object with another value for a key; a new key comes last.
    pub(crate) fn with(&self, key: &str, value: impl Into<Node>) -> Self {
        let mut members = self.members().to_vec();
        match members.iter_mut().find(|(name, _)| name == key) {
            Some((_, node)) => *node = value.into(),
            None => members.push((key.to_owned(), value.into())),
        }
        Self::Object(members)
    }

    /// The same object without a key.
    pub(crate) fn without(&self, key: &str) -> Self {
        let kept = self.members().iter().filter(|(name, _)| name != key);
        Self::Object(kept.cloned().collect())
    }
}

impl From<Value> for Node {
    fn from(value: Value) -> Self {
        match value {
            Value::Object(members) => Self::Object(
                members
                    .into_iter()
                    .map(|(key, value)| (key, value.into()))
                    .collect(),
            ),
            plain => Self::Plain(plain),
        }
    }
}

/// The text without spaces, as the writer has it.
impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Object(members) = self else {
            let Self::Plain(value) = self else {
                return Ok(());
            };
            return write!(f, "{value}");
        };
        f.write_str("{")?;
        for (at, (key, node)) in members.iter().enumerate() {
            let comma = if at > 0 { "," } else { "" };
            write!(f, "{comma}{}:{node}", Value::from(key.as_str()))?;
        }
        f.write_str("}")
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Node::Object(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element::<Value>()? {
            items.push(item);
        }
        Ok(Node::Plain(items.into()))
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Plain(Value::Null))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Node, E> {
        Ok(Node::Plain(flag.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node, E> {
        Ok(Node::Plain(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node, E> {
        Ok(Node::Plain(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Node, E> {
        Ok(Node::Plain(number.into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Plain(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Node;

    const LINE: &str = r#"{"b":1,"a":{"d":[1,{"e":null}],"c":"x"}}"#;

    #[test]
    fn a_line_reads_back_with_its_keys_in_order() {
        let node = Node::parse(LINE).expect("the line is JSON");
        assert_eq!(node.to_string(), LINE);
    }

    #[test]
    fn a_change_leaves_the_rest_as_it_was() {
        let node = Node::parse(LINE).expect("the line is JSON");
        assert_eq!(
            node.without("a")
                .with("b", json!(2))
                .with("z", json!(3))
                .to_string(),
            r#"{"b":2,"z":3}"#
        );
    }
}
