//! The two table macros: `words!` declares a list of words a field may hold, `events!` declares
//! event types. A row is the only place that knows a name; the typed struct, its constructor, the
//! catalogue row and the writing order all come from it.

/// Declares an enum whose variants are words of the JSON line.
macro_rules! words {
    (
        $(#[doc = $doc:literal])+
        pub enum $name:ident($spec_name:literal, $growth:ident) {
            $($(#[doc = $variant_doc:literal])+ $variant:ident => $word:literal,)+
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[doc = $variant_doc])+ $variant,)+
        }

        impl $name {
            /// All words, in catalogue order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The list as the catalogue describes it.
            pub const SPEC: $crate::spec::EnumSpec = $crate::spec::EnumSpec {
                name: $spec_name,
                values: &[$($word),+],
                growth: $crate::spec::Growth::$growth,
            };

            /// The word used in the JSON line.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::Error;

            fn from_str(text: &str) -> Result<Self, $crate::Error> {
                Self::ALL
                    .iter()
                    .copied()
                    .find(|word| word.as_str() == text)
                    .ok_or_else(|| {
                        $crate::Error::invalid($spec_name, text, concat!("one of" $(, " ", $word)+))
                    })
            }
        }

        impl $crate::values::DetailValue for $name {
            const KIND: $crate::spec::FieldKind = $crate::spec::FieldKind::Enum(&Self::SPEC);

            #[inline]
            fn write(&self, member: &mut $crate::writer::Member<'_, '_, '_>) {
                member.plain(self.as_str());
            }

            fn scalar(&self) -> $crate::Scalar<'_> {
                $crate::Scalar::Text(self.as_str())
            }
        }
    };
}

/// Declares event types: one struct of typed details for each.
///
/// The struct's `new` takes what the type requires, so an event that lacks it does not compile.
macro_rules! events {
    ($(
        $(#[doc = $doc:literal])+
        $event:literal, $severity:ident, $outcome:ident, $source:ident, $message:literal;
        pub struct $name:ident $(<$life:lifetime>)? {
            required { $($(#[doc = $required_doc:literal])+ $required:ident: $required_type:ty,)* }
            optional { $($(#[doc = $optional_doc:literal])+ $optional:ident: $optional_type:ty,)* }
        }
    )+) => {
        /// The rows of this family, in catalogue order.
        pub(super) const SPECS: &[$crate::spec::EventSpec] =
            &[$($name::SPEC),+];

        $(
            $(#[doc = $doc])+
            #[doc = concat!("\n\nWritten as `", $event, "`.")]
            #[derive(Clone, Copy, Debug)]
            #[allow(clippy::struct_field_names, reason = "a field is named as the JSON line names it")]
            pub struct $name $(<$life>)? {
                $($required: $required_type,)*
                $($optional: Option<$optional_type>,)*
            }

            impl $(<$life>)? $name $(<$life>)? {
                /// The row of the catalogue.
                pub const SPEC: $crate::spec::EventSpec = $crate::spec::EventSpec {
                    name: $event,
                    severity: $crate::Severity::$severity,
                    source: $crate::spec::Source::$source,
                    outcome: $crate::spec::Outcome::$outcome,
                    summary: concat!($($doc),+).trim_ascii(),
                    message: $message,
                    opening: concat!(
                        ",\"event_type\":\"", $event,
                        "\",\"severity\":\"", $crate::events::declare::severity_word!($severity),
                        "\",\"message\":\"",
                    ),
                    message_end: concat!($message, "\""),
                    place: 0,
                    fields: &[
                        $($crate::spec::FieldSpec {
                            name: stringify!($required),
                            presence: $crate::spec::Presence::Required,
                            kind: <$required_type as $crate::values::DetailValue>::KIND,
                            summary: concat!($($required_doc),+).trim_ascii(),
                            since: "1.0",
                        },)*
                        $($crate::spec::FieldSpec {
                            name: stringify!($optional),
                            presence: $crate::spec::Presence::Optional,
                            kind: <$optional_type as $crate::values::DetailValue>::KIND,
                            summary: concat!($($optional_doc),+).trim_ascii(),
                            since: "1.0",
                        },)*
                    ],
                    since: "1.0",
                };

                /// Details with everything the type requires.
                #[allow(clippy::new_without_default, reason = "a type with no required field is still made on purpose")]
                pub fn new($($required: impl Into<$required_type>),*) -> Self {
                    Self {
                        $($required: $required.into(),)*
                        $($optional: None,)*
                    }
                }

                $(
                    $(#[doc = $optional_doc])+
                    pub fn $optional(mut self, $optional: impl Into<$optional_type>) -> Self {
                        self.$optional = Some($optional.into());
                        self
                    }
                )*
            }

            impl $(<$life>)? $crate::event::sealed::Sealed for $name $(<$life>)? {}

            impl $(<$life>)? $crate::event::Details for $name $(<$life>)? {
                fn event_name(&self) -> $crate::EventName<'_> {
                    const ROW: &$crate::spec::EventSpec = $crate::events::row_of(&$name::SPEC);
                    $crate::EventName::known(ROW)
                }

                fn has_members(&self) -> bool {
                    false
                    $(|| { let _ = &self.$required; true })*
                    $(|| self.$optional.is_some())*
                }

                #[inline]
                #[allow(unused_variables, reason = "a type without fields writes nothing")]
                fn write_members<'e>(&'e self, object: &mut $crate::writer::Object<'_, '_, 'e>) {
                    $(object.member(stringify!($required), concat!("\"", stringify!($required), "\":"), &self.$required);)*
                    $(if let Some(value) = &self.$optional {
                        object.member(stringify!($optional), concat!("\"", stringify!($optional), "\":"), value);
                    })*
                }

                fn detail(&self, key: &str) -> Option<$crate::Scalar<'_>> {
                    $(if key == stringify!($required) {
                        return Some($crate::values::DetailValue::scalar(&self.$required));
                    })*
                    $(if key == stringify!($optional) {
                        return self.$optional.as_ref().map($crate::values::DetailValue::scalar);
                    })*
                    None
                }
            }
        )+
    };
}

/// The word of a severity, where a text is put together by the compiler.
macro_rules! severity_word {
    (Info) => {
        "info"
    };
    (Warning) => {
        "warning"
    };
    (Error) => {
        "error"
    };
    (Critical) => {
        "critical"
    };
}

pub(super) use {events, severity_word, words};
