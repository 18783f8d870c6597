//! Events a service brings itself, named `x.<vendor>.<name>`.

use std::fmt;

use crate::error::Error;
use crate::event::{Details, EventName, sealed};
use crate::redaction::Shown;
use crate::severity::Severity;
use crate::values::Scalar;
use crate::writer::{MEMBERS_READ, Object, is_absent};

/// Details of a custom event: any keys and values, bounded when they are written.
///
/// Keys whose name says that they hold a secret are written without their value, like secrets
/// found in text.
///
/// ```
/// use rra_schema::events::custom::{Custom, CustomName, Value};
/// use rra_schema::{Event, Severity};
///
/// # fn main() -> Result<(), rra_schema::Error> {
/// let name = CustomName::new("x.acme.door_opened")?;
/// let members = [("door", Value::Text("north")), ("floor", Value::Integer(3))];
/// let event = Event::new(Custom::new(name, Severity::Warning, "Door opened").details(&members));
/// # let _ = event;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct Custom<'a> {
    name: CustomName<'a>,
    severity: Severity,
    message: &'a str,
    members: &'a [(&'a str, Value<'a>)],
}

impl<'a> Custom<'a> {
    /// A custom event without details. An empty message is written as the event's name.
    pub fn new(name: CustomName<'a>, severity: Severity, message: &'a str) -> Self {
        let message = if message.is_empty() { name.0 } else { message };
        Self {
            name,
            severity,
            message,
            members: &[],
        }
    }

    /// What else there is to say, in writing order. A key given twice is written once.
    pub fn details(mut self, members: &'a [(&'a str, Value<'a>)]) -> Self {
        self.members = members;
        self
    }
}

/// The keys without their values: one that is secret by its key does not show in itself.
impl fmt::Debug for Custom<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.members.iter().map(|(key, _)| Shown(key));
        f.debug_struct("Custom")
            .field("name", &self.name)
            .field("severity", &self.severity)
            .field("message", &Shown(self.message))
            .field("keys", &keys.collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// A value inside the details of a custom event.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// Text, escaped and scanned for secrets.
    Text(&'a str),
    /// A whole number; beyond 2^53 - 1 it is written as text, because many readers would round it.
    Integer(i64),
    /// A number; what JSON cannot hold (`NaN`, infinities) is written as text.
    Float(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// A list.
    List(&'a [Value<'a>]),
    /// An object.
    Map(&'a [(&'a str, Value<'a>)]),
}

/// The name of a custom event: `x.`, the vendor, and one to three words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CustomName<'a>(&'a str);

impl<'a> CustomName<'a> {
    /// Checks the grammar `x.<vendor>.<name>[.<name>[.<name>]]`, each part a lower-case letter
    /// followed by up to 31 lower-case letters, digits and underscores.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the refused name.
    pub fn new(name: &'a str) -> Result<Self, Error> {
        if Self::fits(name) {
            Ok(Self(name))
        } else {
            Err(Error::invalid(
                "event_type",
                name,
                "x.<vendor>.<name> in lower-case letters, digits and underscores",
            ))
        }
    }

    /// The name.
    pub fn as_str(&self) -> &'a str {
        self.0
    }

    pub(crate) fn fits(name: &str) -> bool {
        let mut parts = name.split('.');
        parts.next() == Some("x")
            && (2..=4).contains(&parts.clone().count())
            && parts.all(|part| {
                part.len() <= 32
                    && part.starts_with(|c: char| c.is_ascii_lowercase())
                    && part
                        .bytes()
                        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
            })
    }
}

impl sealed::Sealed for Custom<'_> {}

impl Details for Custom<'_> {
    fn event_name(&self) -> EventName<'_> {
        EventName::custom(self.name.0)
    }

    fn severity(&self) -> Severity {
        self.severity
    }

    fn message(&self) -> &str {
        self.message
    }

    fn detail(&self, key: &str) -> Option<Scalar<'_>> {
        let (_, value) = self.members.iter().find(|(name, _)| *name == key)?;
        match *value {
            Value::Text(text) => Some(Scalar::Text(text)),
            Value::Integer(number) => Some(u64::try_from(number).map_or_else(
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "a label or amount, not an identity"
                )]
                |_| Scalar::Float(number as f64),
                Scalar::Integer,
            )),
            Value::Float(number) => Some(Scalar::Float(number)),
            Value::Boolean(flag) => Some(Scalar::Boolean(flag)),
            Value::List(_) | Value::Map(_) => None,
        }
    }

    fn has_members(&self) -> bool {
        let mut read = self.members.iter().take(MEMBERS_READ);
        read.any(|(_, value)| !is_absent(value))
    }

    fn write_members<'e>(&'e self, object: &mut Object<'_, '_, 'e>) {
        object.free_members(self.members);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, fits: bool) {
        assert_eq!(CustomName::new(name).is_ok(), fits, "{name}");
    }

    #[test]
    fn a_name_has_a_vendor_and_one_to_three_words() {
        check("x.acme.door_opened", true);
        check("x.acme.door.north.opened", true);
        check("x.acme", false);
        check("x.acme.a.b.c.d", false);
    }

    #[test]
    fn a_name_outside_the_grammar_is_refused() {
        check("acme.door", false);
        check("x.Acme.door", false);
        check("x.acme.1door", false);
        check("x.acme.", false);
        check("x.acme.\u{202e}door", false);
    }
}
