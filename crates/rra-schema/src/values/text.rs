//! Text of limited length: for people ([`Text`]), from programs ([`Name`]), and URLs without what
//! must not be logged ([`CleanUrl`]).
//!
//! All three take any string and are made safe when they are written, because the code that
//! reports an attack must not fail over the attacker's text.

use std::fmt;

use super::{DetailValue, Scalar};
use crate::limits;
use crate::redaction::Shown;
use crate::spec::FieldKind;
use crate::writer::Member;

/// Text for people, cut after `MAX` characters; every control character is escaped.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Text<'a, const MAX: usize>(&'a str);

/// A name given by a program, cut after `MAX` characters; characters that cannot be seen are
/// replaced by U+FFFD.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Name<'a, const MAX: usize>(&'a str);

/// A URL without user information, query and fragment, where secrets travel.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
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

impl<const MAX: usize> fmt::Debug for Text<'_, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Text").field(&Shown(self.0)).finish()
    }
}

impl<const MAX: usize> fmt::Debug for Name<'_, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Name").field(&Shown(self.0)).finish()
    }
}

impl fmt::Debug for CleanUrl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, rest) = self.parts();
        let mut tuple = f.debug_tuple("CleanUrl");
        tuple.field(&Shown(scheme)).field(&Shown(rest)).finish()
    }
}

impl CleanUrl<'_> {
    /// The scheme with its slashes, and what follows up to the query, without user information.
    ///
    /// The host is the one that a client would ask (WHATWG URL, section 4.4): it ends with the first
    /// slash or backslash, so that an `@` behind it does not make another of it. A part of the path with
    /// an `@`, and what follows, is left out: it may be a password that holds a slash.
    pub(crate) fn parts(&self) -> (&str, &str) {
        let url = self.0.trim_start();
        let start = end_of_scheme(url);
        let (scheme, rest) = url.split_at(start + slashes(&url[start..]));
        let (rest, query) = rest.split_at(rest.find(['?', '#']).unwrap_or(rest.len()));
        let end = rest.find(ends_of_host(scheme)).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let host = authority.rfind('@').map_or(0, |at| at + 1);
        let at_sign = path.find('@');
        if at_sign.is_none() && !query.contains('@') {
            return (scheme, &rest[host..]);
        }
        let port = authority[host..]
            .split_once(':')
            .map_or("", |(_, port)| port);
        let is_port = port.bytes().all(|b| b.is_ascii_digit()) || port.contains(']');
        let end = match at_sign {
            _ if !is_port => authority.len() - port.len() - 1,
            Some(at) => authority.len() + path[..at].rfind(SLASHES).unwrap_or(0) + 1,
            None => rest.len(),
        };
        (scheme, &rest[host..end])
    }
}

const SLASHES: [char; 2] = ['/', '\\'];

/// How many slashes a text begins with.
fn slashes(text: &str) -> usize {
    text.len() - text.trim_start_matches(SLASHES).len()
}

/// Schemes whose addresses clients read forgivingly: with any slashes or none, and with backslashes.
const FORGIVEN: [&str; 5] = ["http", "https", "ws", "wss", "ftp"];

/// The end of the scheme and its colon. One that stands behind the first slash is a part of the path.
fn end_of_scheme(url: &str) -> usize {
    let is_scheme = |(scheme, rest): &(&str, &str)| {
        let is_name = scheme.bytes().all(|b| b.is_ascii_alphanumeric());
        is_name && (slashes(rest) > 0 || is_forgiven(scheme))
    };
    if let Some((scheme, _)) = url.split_once(':').filter(is_scheme) {
        return scheme.len() + 1;
    }
    let (head, rest) = url.split_at(url.find(['/', '\\', '?', '#']).unwrap_or(url.len()));
    let is_behind_words = head.ends_with(':') && !head.contains('@') && rest.starts_with("//");
    if is_behind_words { head.len() } else { 0 }
}

fn is_forgiven(scheme: &str) -> bool {
    FORGIVEN
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known))
}

/// What ends a host behind this scheme.
fn ends_of_host(scheme: &str) -> &'static [char] {
    let name = scheme.trim_end_matches([':', '/', '\\']);
    let name = name.rsplit(' ').next().unwrap_or(name);
    if name.is_empty() || is_forgiven(name) {
        &SLASHES
    } else {
        &['/']
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
    fn no_at_sign_behind_the_host_makes_another_of_it() {
        check(
            "http://169.254.169.254/latest/@example.org",
            "http://",
            "169.254.169.254/latest/",
        );
        check(
            "http://169.254.169.254\\@example.org",
            "http://",
            "169.254.169.254\\",
        );
        check("http://[::1]:80/@example.org", "http://", "[::1]:80/");
        check(
            "https://example.org/@handle/post",
            "https://",
            "example.org/",
        );
    }

    #[test]
    fn no_scheme_behind_the_host_makes_another_of_it() {
        check("http:/10.0.0.1/?u=://example.org", "http:/", "10.0.0.1/");
        check("http:\\\\u:p@10.0.0.1/://a", "http:\\\\", "10.0.0.1/://a");
        check("http:[::1]://a", "http:", "[::1]://a");
        check("gopher://a\\@10.0.0.1/_b", "gopher://", "10.0.0.1/_b");
        check("http:u:p@10.0.0.1/a/@b", "http:", "10.0.0.1/a/");
        check(" http:/u:p@10.0.0.1", "http:/", "10.0.0.1");
        check("http://10.0.0.1:80/?m=a@b", "http://", "10.0.0.1:80/");
    }

    #[test]
    fn user_information_is_lost_however_the_address_is_written() {
        check("user:pass@host/x?y", "", "host/x");
        check("//user:pass@host/x", "//", "host/x");
        check("http:/user:pass@host", "http:/", "host");
        check("http:\\\\user:pass@host", "http:\\\\", "host");
        check("https://user:pa/ss@host/x", "https://", "user");
        check("https://user:pa?ss@host/x", "https://", "user");
        check("https://user:pa/s#s@host/x", "https://", "user");
        check("see https://user:pass@host", "see https://", "host");
        check("javascript:alert(1)", "", "javascript:alert(1)");
    }
}
