//! What brings each alert on: an attacker with many keys, an agent in too much of a hurry, someone
//! after internal addresses, clients so slow that the service seems to be, and nobody who buys.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::POLL;
use crate::demo::clients;

/// Alerts that one address brings on by itself: the guide's, and ours on the event that names it.
pub(super) const OF_ONE_ADDRESS: [&str; 2] = ["RRABruteForceDetected", "RRABruteForceSource"];
/// Alerts that requests of many bring on.
pub(super) const OF_TRAFFIC: [&str; 4] = [
    "RRAHighErrorRate",
    "RRARateLimitExhaustion",
    "RRASSRFAttempts",
    "RRAHighLatency",
];
/// Alerts on how things stand: nobody buys, and a certificate ends.
pub(super) const OF_STATE: [&str; 2] = ["RRALowTransactionVolume", "RRACertificateExpiry"];
/// The alert on an instance that is gone.
pub(super) const OF_ABSENCE: [&str; 1] = ["RRAServiceDown"];

/// Long enough for the alert on errors: five minutes and another five, 100 times faster.
const ATTACK: Duration = Duration::from_secs(10);
/// Long enough for the alert on latency: ten minutes and a window, 100 times faster.
const SLOWNESS: Duration = Duration::from_secs(16);

/// What the clients are told while the stack runs.
#[derive(Debug, Default)]
pub(super) struct Mood {
    calm: AtomicBool,
    over: AtomicBool,
}

impl Mood {
    /// From now on agents buy.
    pub(super) fn calm_down(&self) {
        self.calm.store(true, Ordering::Relaxed);
    }

    /// From now on nobody comes.
    pub(super) fn end(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    fn is_calm(&self) -> bool {
        self.calm.load(Ordering::Relaxed)
    }

    fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }
}

/// The eight of the guide, and the one of ours that an attack from one address adds.
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    let of_requests = OF_ONE_ADDRESS.into_iter().chain(OF_TRAFFIC);
    of_requests.chain(OF_STATE).chain(OF_ABSENCE)
}

/// Guesses keys from one address until it is over. Gives what the client did not expect.
pub(super) fn guess(api: &str, mood: Arc<Mood>) -> JoinHandle<Vec<String>> {
    let api = api.to_owned();
    thread::spawn(move || clients::guess(&api, || !mood.is_over()))
}

/// Attacks, then is slow, then buys once calm is wanted, until it is no longer. Gives what the
/// clients did not expect.
pub(super) fn start(api: &str, mood: Arc<Mood>) -> JoinHandle<Vec<String>> {
    let api = api.to_owned();
    thread::spawn(move || {
        let start = Instant::now();
        let attacked = clients::attack(&api, || start.elapsed() < ATTACK);
        let slow = Instant::now();
        let slowed = clients::dawdle(&api, || slow.elapsed() < SLOWNESS);
        while !mood.is_calm() && !mood.is_over() {
            thread::sleep(POLL);
        }
        let bought = clients::buy(&api, || !mood.is_over());
        [attacked, slowed, bought].concat()
    })
}
