//! Every sink of a service: the log file, and those of its own. The feature `network` adds remote
//! ones.

#[cfg(not(feature = "network"))]
mod local;
#[cfg(feature = "network")]
mod remote;

#[cfg(not(feature = "network"))]
use local::Remotes;
#[cfg(feature = "network")]
use remote::Remotes;

use rra_sink::{Builder, Sink};

/// Where events go, in the order of reports.
#[derive(Default)]
pub(crate) struct Destinations {
    pub(crate) sinks: Vec<Box<dyn Sink>>,
    remotes: Remotes,
}

impl Destinations {
    /// The name of each.
    pub(crate) fn names(&self) -> Vec<String> {
        let local = self.sinks.iter().map(|sink| sink.name().to_owned());
        local.chain(self.remotes.names()).collect()
    }

    /// Adds them to a journal.
    pub(crate) fn add_to(self, builder: Builder) -> Builder {
        let builder = self.sinks.into_iter().fold(builder, Builder::sink);
        self.remotes.add_to(builder)
    }
}
