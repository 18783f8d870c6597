//! How a lane is woken: always by those who wait for it, and by producers only when much has come
//! together while it sleeps, so that nobody is woken for each event.

#[cfg(feature = "network")]
mod awaited;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::{Duration, Instant};

/// The bell of one lane.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    rings: Mutex<Rings>,
    rung: Condvar,
    /// The lane waits for more events, and may be woken for them.
    asleep: AtomicBool,
}

/// How often it was rung, and by whom.
#[derive(Debug, Default)]
struct Rings {
    all: u64,
    /// By somebody who waits for the lane.
    calls: u64,
    /// A lane that awaits the bell.
    waker: Option<Waker>,
}

impl Bell {
    /// Wakes the lane whatever it waits for.
    pub(crate) fn ring(&self) {
        self.lock().calls += 1;
        self.wake();
    }

    /// Wakes the lane if it waits for more events; not if it rests after a failure.
    pub(crate) fn ring_if_asleep(&self) {
        if self.asleep.load(Ordering::SeqCst) && self.asleep.swap(false, Ordering::SeqCst) {
            self.wake();
        }
    }

    /// How often it was rung so far: what a wait starts from, so that no ring in between is missed.
    pub(crate) fn heard(&self) -> u64 {
        self.lock().all
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
        while rings.all == heard {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let woken = self.rung.wait_timeout(rings, left);
            rings = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn wake(&self) {
        let mut rings = self.lock();
        rings.all += 1;
        let waker = rings.waker.take();
        drop(rings);
        self.rung.notify_all();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Rings> {
        self.rings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
