//! The log file, or its absence: the feature `file` swaps the whole part.

#[cfg(not(feature = "file"))]
mod disabled;
#[cfg(feature = "file")]
mod enabled;

#[cfg(not(feature = "file"))]
pub(crate) use disabled::open;
#[cfg(feature = "file")]
pub(crate) use enabled::open;

use std::sync::Arc;

use rra_sink::{Journal, Sink};

use crate::stamp::Stamp;

/// A log file that is ready to be written.
pub(crate) struct LogFile {
    pub(crate) sink: Box<dyn Sink>,
    /// A crash had cut its last line.
    pub(crate) was_torn: bool,
    /// Lets the log tell of itself, once there is a journal to tell it through.
    pub(crate) tell: Box<dyn FnOnce(Arc<Stamp>, Journal)>,
}
