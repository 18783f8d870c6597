//! Waiting for what lanes do.

use std::sync::atomic::{AtomicUsize, Ordering, fence};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Instant;

/// Where flush and shutdown wait. Costs a lane next to nothing while nobody does.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    waiting: AtomicUsize,
    lock: Mutex<()>,
    made: Condvar,
}

impl Progress {
    /// Tells everybody who waits to look again. Call it after what they look for has changed.
    pub(crate) fn tell(&self) {
        fence(Ordering::SeqCst);
        if self.waiting.load(Ordering::Relaxed) > 0 {
            drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner));
            self.made.notify_all();
        }
    }

    /// Waits until `is_done` says so; false when the time comes first.
    pub(crate) fn wait_until(&self, until: Instant, mut is_done: impl FnMut() -> bool) -> bool {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        let mut guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        let done = loop {
            if is_done() {
                break true;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break false;
            }
            let woken = self.made.wait_timeout(guard, left);
            guard = woken.unwrap_or_else(PoisonError::into_inner).0;
        };
        drop(guard);
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        done
    }
}
