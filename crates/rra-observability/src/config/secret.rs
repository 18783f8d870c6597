//! A setting that nothing may show.

use std::fmt;

/// A secret text. `Debug` shows that there is one and nothing of it; there is no `Display`.
///
/// ```
/// use rra_observability::Secret;
///
/// let token = Secret::new("do-not-tell-anyone");
/// assert_eq!(format!("{token:?}"), "Secret");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Box<str>);

impl Secret {
    /// Keeps a text secret.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// The text, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}
