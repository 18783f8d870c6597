//! How a lane is woken: always by those who wait for it, and by producers only when much has come
//! together while it sleeps, so that nobody is woken for each event.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The bell of one lane.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    /// How often it was rung.
    rings: Mutex<u64>,
    rung: Condvar,
    /// The lane waits for more events, and may be woken for them.
    asleep: AtomicBool,
}

impl Bell {
    /// Wakes the lane whatever it waits for.
    pub(crate) fn ring(&self) {
        *self.lock() += 1;
        self.rung.notify_all();
    }

    /// Wakes the lane if it waits for more events; not if it rests after a failure.
    pub(crate) fn ring_if_asleep(&self) {
        if self.asleep.load(Ordering::SeqCst) && self.asleep.swap(false, Ordering::SeqCst) {
            self.ring();
        }
    }

    /// How often it was rung so far: what a wait starts from, so that no ring in between is missed.
    pub(crate) fn heard(&self) -> u64 {
        *self.lock()
    }

    /// Lets events gather for so long, unless somebody rings or `is_urgent` says not to.
    pub(crate) fn sleep(&self, heard: u64, longest: Duration, is_urgent: impl FnOnce() -> bool) {
        self.asleep.store(true, Ordering::SeqCst);
        if !is_urgent() {
            self.rest(heard, longest);
        }
        self.asleep.store(false, Ordering::SeqCst);
    }

    /// Waits for so long, unless somebody rings.
    pub(crate) fn rest(&self, heard: u64, longest: Duration) {
        let until = Instant::now() + longest;
        let mut rings = self.lock();
        while *rings == heard {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let woken = self.rung.wait_timeout(rings, left);
            rings = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, u64> {
        self.rings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
