//! No runtime is looked at.

/// No runtime.
#[derive(Clone)]
pub(in crate::exposition) struct Runtime;

impl Runtime {
    pub(in crate::exposition) fn none() -> Self {
        Self
    }

    #[expect(clippy::unused_self, reason = "the same form with the feature")]
    pub(in crate::exposition) fn append_to(&self, _: &mut String) {}
}
