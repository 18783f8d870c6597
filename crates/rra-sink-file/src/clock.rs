//! What time it is, for file names and ages. Tests bring their own.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use rra_schema::Timestamp;

type Read = dyn Fn() -> Timestamp + Send + Sync;

/// A clock that can be shared.
#[derive(Clone)]
pub(crate) struct Clock(Arc<Read>);

impl Clock {
    pub(crate) fn new(read: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// The clock of the machine.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one clock of the sink, for names that people can read and ages in days"
    )]
    pub(crate) fn system() -> Self {
        Self::new(|| std::time::SystemTime::now().into())
    }
}

impl Deref for Clock {
    type Target = Read;

    fn deref(&self) -> &Read {
        &*self.0
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}
