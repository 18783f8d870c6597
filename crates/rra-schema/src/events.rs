//! Every event type with its typed details, one family to a file, and the catalogue of them all.
//!
//! ```
//! use rra_schema::Event;
//! use rra_schema::events::auth::{AuthFailureReason, Failure};
//!
//! let event = Event::new(Failure::new(AuthFailureReason::InvalidKey).attempts(3_u64))
//!     .message("Authentication failed: Invalid API key");
//! assert_eq!(event.severity(), rra_schema::Severity::Warning);
//! ```
//!
//! What a type requires is an argument of its constructor, so leaving it out does not compile:
//!
//! ```compile_fail
//! use rra_schema::events::auth::Failure;
//! let details = Failure::new();
//! ```

pub mod attack;
pub mod audit;
pub mod auth;
pub mod contract;
pub mod custom;
pub mod rate_limit;
pub mod settings;
pub mod suspicious;
pub mod webhook;

mod declare;

use crate::spec::{EventSpec, FieldSpec};

/// All event types, family by family.
pub static CATALOGUE: &[EventSpec] = &flatten::<{ count() }>();

/// The row of an event type, if the catalogue has it.
pub fn find(name: &str) -> Option<&'static EventSpec> {
    CATALOGUE.iter().find(|row| row.name == name)
}

/// The row of the catalogue that an event type's own row became.
pub(crate) const fn row_of(own: &EventSpec) -> &'static EventSpec {
    let mut at = 0;
    while at < CATALOGUE.len() {
        if is_same(CATALOGUE[at].name.as_bytes(), own.name.as_bytes()) {
            return &CATALOGUE[at];
        }
        at += 1;
    }
    panic!("every family is in the list")
}

const fn is_same(one: &[u8], other: &[u8]) -> bool {
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

impl EventSpec {
    /// Where it stands in [`CATALOGUE`].
    pub const fn place(&self) -> usize {
        self.place
    }

    /// The row of one key of `details`, if the type has it.
    pub fn field(&self, name: &str) -> Option<&'static FieldSpec> {
        self.fields.iter().find(|field| field.name == name)
    }
}

const FAMILIES: &[&[EventSpec]] = &[
    auth::SPECS,
    rate_limit::SPECS,
    webhook::SPECS,
    attack::SPECS,
    suspicious::SPECS,
    contract::SPECS,
    settings::SPECS,
    audit::SPECS,
];

const fn count() -> usize {
    let mut total = 0;
    let mut family = 0;
    while family < FAMILIES.len() {
        total += FAMILIES[family].len();
        family += 1;
    }
    total
}

const fn flatten<const N: usize>() -> [EventSpec; N] {
    let mut rows = [auth::Success::SPEC; N];
    let (mut at, mut family) = (0, 0);
    while family < FAMILIES.len() {
        let mut row = 0;
        while row < FAMILIES[family].len() {
            rows[at] = FAMILIES[family][row];
            rows[at].place = at;
            at += 1;
            row += 1;
        }
        family += 1;
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Source;

    #[test]
    fn the_catalogue_has_every_type_of_the_contract() {
        let of = |source| CATALOGUE.iter().filter(|row| row.source == source).count();
        assert_eq!(
            (of(Source::Guide), of(Source::Module), of(Source::Audit)),
            (11, 19, 6)
        );
    }

    #[test]
    fn a_row_knows_its_place() {
        for (at, row) in CATALOGUE.iter().enumerate() {
            assert_eq!((row.place(), row_of(row).name), (at, row.name));
        }
    }

    #[test]
    fn the_catalogues_own_messages_need_no_look() {
        for row in CATALOGUE {
            assert!(
                crate::redaction::glance(row.message).is_clean(),
                "{}",
                row.name
            );
            assert!((1..=crate::limits::MESSAGE_CHARS).contains(&row.message.len()));
            assert_eq!(row.message_end, format!("{}\"", row.message));
        }
    }

    #[test]
    fn no_name_stands_twice() {
        let mut names: Vec<_> = CATALOGUE.iter().map(|row| row.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CATALOGUE.len());
    }
}
