//! No remote sinks in this build.

use rra_sink::Builder;

/// No remote sinks.
#[derive(Default)]
pub(super) struct Remotes(());

impl Remotes {
    #[expect(clippy::unused_self, reason = "with the feature there are some")]
    pub(super) fn names(&self) -> Vec<String> {
        Vec::new()
    }

    #[expect(clippy::unused_self, reason = "with the feature there are some")]
    pub(super) fn add_to(self, builder: Builder) -> Builder {
        builder
    }
}
