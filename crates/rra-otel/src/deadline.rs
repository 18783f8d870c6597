//! When a wait ends. Pure but for reading the clock that never goes back.

use std::time::{Duration, Instant};

/// As good as never, and small enough that no clock overflows.
const CENTURY: Duration = Duration::from_hours(100 * 365 * 24);

/// The moment this far ahead; a wait of more than a century ends after one, so that
/// `Duration::MAX` means what it seems to.
pub(crate) fn after(wait: Duration) -> Instant {
    Instant::now() + wait.min(CENTURY)
}
