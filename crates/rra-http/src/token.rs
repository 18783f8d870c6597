//! The secret that opens the metrics to who knows it.

use std::fmt;

use subtle::ConstantTimeEq;

use crate::error::Error;

/// Fewest characters of a token: what cannot be guessed at the speed of a network.
const MIN_CHARS: usize = 16;
const SCHEME: &[u8] = b"bearer ";

/// A bearer token. Nothing shows what it is.
#[derive(Clone)]
pub struct Token(Box<str>);

impl Token {
    /// Takes a token of at least 16 visible ASCII characters.
    ///
    /// # Errors
    /// [`Error::Token`] when it is shorter or holds anything else; the error does not repeat it.
    pub fn new(token: impl Into<Box<str>>) -> Result<Self, Error> {
        let token = token.into();
        if token.len() >= MIN_CHARS && token.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(token))
        } else {
            Err(Error::Token)
        }
    }

    /// Whether an `Authorization` header has it. Takes as long for a wrong token as for the right
    /// one; only a wrong length is told sooner.
    pub(crate) fn is_in(&self, authorization: &[u8]) -> bool {
        let (scheme, given) = authorization.split_at(SCHEME.len().min(authorization.len()));
        scheme.eq_ignore_ascii_case(SCHEME) && bool::from(given.ct_eq(self.0.as_bytes()))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "0123456789abcdef";

    #[track_caller]
    fn check(authorization: &str, opens: bool) {
        let token = Token::new(SECRET).expect("long enough");
        assert_eq!(token.is_in(authorization.as_bytes()), opens);
    }

    #[test]
    fn the_token_opens_whatever_the_case_of_its_scheme() {
        check("Bearer 0123456789abcdef", true);
        check("bearer 0123456789abcdef", true);
    }

    #[test]
    fn anything_else_does_not() {
        for wrong in [
            "",
            "Bearer",
            "Bearer ",
            "Basic 0123456789abcdef",
            "Bearer 0123456789abcdeF",
            "Bearer 0123456789abcdef ",
            "Bearer  0123456789abcdef",
            "0123456789abcdef",
        ] {
            check(wrong, false);
        }
    }

    #[test]
    fn a_token_that_could_be_guessed_is_refused_and_not_repeated() {
        for weak in [
            "",
            "short",
            "0123456789abcde",
            "with a space in it",
            "0123456789abcdeü",
        ] {
            let error = Token::new(weak).expect_err("refused").to_string();
            assert!(weak.is_empty() || !error.contains(weak), "{error}");
        }
    }

    #[test]
    fn debug_shows_nothing() {
        let token = Token::new(SECRET).expect("long enough");
        assert_eq!(format!("{token:?}"), "Token");
    }
}
