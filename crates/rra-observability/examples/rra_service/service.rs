//! What the handlers share: who has which key, what is being negotiated, and the observability.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rra_observability::metrics::Metrics;
use rra_observability::schema::{Details, Event, SecurityEvent};

use crate::attempts::Attempts;
use crate::chain::Chain;
use crate::negotiations::Negotiations;
use crate::observer::Observer;
use crate::rate_limit::Buckets;
use crate::signature::Signer;

/// The agents that have a key.
const AGENTS: usize = 12;

/// The state of the service.
pub(crate) struct Service {
    observer: Observer,
    /// Agent by key. A real service keeps digests of keys.
    keys: HashMap<String, String>,
    pub(crate) tokens: Signer,
    pub(crate) webhooks: Signer,
    pub(crate) chain: Chain,
    pub(crate) attempts: Shared<Attempts>,
    pub(crate) buckets: Shared<Buckets>,
    pub(crate) negotiations: Shared<Negotiations>,
}

/// A value that handlers change one after the other.
#[derive(Default)]
pub(crate) struct Shared<T>(Mutex<T>);

impl Service {
    /// A service with twelve agents, `agent-01` with the key `demo-key-01` and so on.
    pub(crate) fn new(observer: Observer, burst: u32) -> Self {
        let keys = (1..=AGENTS).map(|n| (format!("demo-key-{n:02}"), format!("agent-{n:02}")));
        Self {
            observer,
            keys: keys.collect(),
            tokens: Signer::new(b"demo-token-secret"),
            webhooks: Signer::new(b"demo-webhook-secret"),
            chain: Chain::default(),
            attempts: Shared::default(),
            buckets: Shared(Mutex::new(Buckets::new(burst))),
            negotiations: Shared::default(),
        }
    }

    /// Emits an event of these details. Its request, client, trace and agent are known from what
    /// this thread is doing.
    pub(crate) fn emit(&self, details: impl Details) {
        self.emit_event(&Event::new(details));
    }

    /// Emits an event that has more to say.
    pub(crate) fn emit_event(&self, event: &dyn SecurityEvent) {
        self.observer.emit(event);
    }

    /// Moves metrics that no event moves, if there are any.
    pub(crate) fn count<T>(&self, moves: impl FnOnce(&Metrics) -> T) -> Option<T> {
        self.observer.count(moves)
    }

    /// The agent that `key` belongs to.
    pub(crate) fn agent_of(&self, key: &str) -> Option<&str> {
        self.keys.get(key).map(String::as_str)
    }
}

impl<T> Shared<T> {
    /// The value, for as long as the guard lives.
    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        // Every change below is whole even if a handler panicked after it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
