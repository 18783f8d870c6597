//! Remote sinks of a service's own.

use rra_sink::{Builder, RemoteSink};

use crate::setup::Setup;

impl Setup {
    /// Adds a destination of the service's own over a network. Its lane batches, tries again, and
    /// keeps what cannot be sent in a spool beside the journal.
    pub fn remote(mut self, sink: impl RemoteSink) -> Self {
        let name = sink.name().to_owned();
        let add = move |builder: Builder| builder.remote(sink);
        self.destinations.remotes.0.push((name, Box::new(add)));
        self
    }
}

type Add = Box<dyn FnOnce(Builder) -> Builder + Send>;

/// Remote sinks: the name of each, and how it is added.
#[derive(Default)]
pub(super) struct Remotes(Vec<(String, Add)>);

impl Remotes {
    pub(super) fn names(&self) -> Vec<String> {
        self.0.iter().map(|(name, _)| name.clone()).collect()
    }

    pub(super) fn add_to(self, builder: Builder) -> Builder {
        self.0
            .into_iter()
            .fold(builder, |builder, (_, add)| add(builder))
    }
}
