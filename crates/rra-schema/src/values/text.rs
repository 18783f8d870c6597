//! Text of limited length: for people ([`Text`]), from programs ([`Name`]), and URLs without what
//! must not be logged ([`CleanUrl`]).
//!
//! All three take any string and are made safe when they are written, because the code that
//! reports an attack must not fail over the attacker's text.

use super::{DetailValue, Scalar};
use crate::limits;
use crate::spec::FieldKind;
use crate::writer::Member;

/// Text for people, cut after `MAX` characters; every control character is escaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Text<'a, const MAX: usize>(&'a str);

/// A name given by a program, cut after `MAX` characters; characters that cannot be seen are
/// replaced by U+FFFD.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Name<'a, const MAX: usize>(&'a str);

/// A URL without user information, query and fragment, where secrets travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CleanUrl<'a>(&'a str);

impl<'a, const MAX: usize> From<&'a str> for Text<'a, MAX> {
    fn from(text: &'a str) -> Self {
        Self(text)
    }
}

impl<'a, const MAX: usize> From<&'a str> for Name<'a, MAX> {
    fn from(text: &'a str) -> Self {
        Self(text)
    }
}

impl<'a> From<&'a str> for CleanUrl<'a> {
    fn from(url: &'a str) -> Self {
        Self(url)
    }
}

impl<const MAX: usize> DetailValue for Text<'_, MAX> {
    const KIND: FieldKind = FieldKind::Text { max_chars: MAX };

    fn write(&self, member: &mut Member<'_, '_, '_>) {
        member.text(self.0, MAX);
    }

    fn scalar(&self) -> Scalar<'_> {
        Scalar::Text(self.0)
    }
}

impl<const MAX: usize> DetailValue for Name<'_, MAX> {
    const KIND: FieldKind = FieldKind::Identifier { max_chars: MAX };

    fn write(&self, member: &mut Member<'_, '_, '_>) {
        member.name(self.0, MAX);
    }

    fn scalar(&self) -> Scalar<'_> {
        Scalar::Text(self.0)
    }
}

impl CleanUrl<'_> {
    /// The scheme with `://`, and what follows up to the query, without user information.
    ///
    /// Text without a scheme has no part that is surely not a secret but what stands before the
    /// first of `@?#`, so that is what is kept.
    pub(crate) fn parts(&self) -> (&str, &str) {
        let url = self.0;
        let (scheme, rest) = match url.find("://") {
            Some(at) => url.split_at(at + 3),
            None => ("", url),
        };
        let rest = &rest[..rest.find(['?', '#']).unwrap_or(rest.len())];
        match rest.rfind('@') {
            Some(at) if !scheme.is_empty() => (scheme, &rest[at + 1..]),
            Some(at) => (scheme, &rest[..at]),
            None => (scheme, rest),
        }
    }
}

impl DetailValue for CleanUrl<'_> {
    const KIND: FieldKind = FieldKind::Url {
        max_chars: limits::DETAILS_TEXT_CHARS,
    };

    fn write(&self, member: &mut Member<'_, '_, '_>) {
        let (scheme, rest) = self.parts();
        member.url(scheme, rest, limits::DETAILS_TEXT_CHARS);
    }

    fn scalar(&self) -> Scalar<'_> {
        Scalar::Text(self.parts().1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, scheme: &str, rest: &str) {
        assert_eq!(CleanUrl::from(url).parts(), (scheme, rest), "{url}");
    }

    #[test]
    fn a_url_keeps_scheme_host_and_path() {
        check(
            "http://169.254.169.254/latest/meta-data/",
            "http://",
            "169.254.169.254/latest/meta-data/",
        );
    }

    #[test]
    fn a_url_loses_user_information_query_and_fragment() {
        check(
            "https://u:p@example.org/a?token=1#x",
            "https://",
            "example.org/a",
        );
        check("https://example.org#frag@evil", "https://", "example.org");
        check("https://a@b@c/d", "https://", "c/d");
    }

    #[test]
    fn text_that_is_no_url_is_cut_before_anything_secret() {
        check("user:pass@host?x", "", "user:pass");
        check("javascript:alert(1)", "", "javascript:alert(1)");
    }
}
