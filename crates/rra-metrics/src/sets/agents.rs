//! Agents with a place of their own: admitted one by one, never more than the cap.
//!
//! Whoever invents ids could fill all places and push real agents out, so only an id that the
//! service has authenticated or registered is admitted; looking one up admits nobody.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use metrics::SharedString;
use rra_schema::metrics::{Domain, OTHER, UNAUTHENTICATED, UNKNOWN, labels};

use crate::clean;

/// An agent's place in the metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agent(usize);

impl Agent {
    /// An authenticated agent that found all places taken.
    pub const OTHER: Self = Self(0);
    /// An agent that nobody has admitted.
    pub const UNAUTHENTICATED: Self = Self(1);
    /// No agent was named.
    pub const UNKNOWN: Self = Self(2);

    pub(crate) fn place(self) -> usize {
        self.0
    }
}

/// The agents of one service.
#[derive(Debug)]
pub(crate) struct Agents {
    admitted: RwLock<Admitted>,
    turned_away: TurnedAway,
    cap: usize,
}

#[derive(Debug, Default)]
struct Admitted {
    places: HashMap<Box<str>, Agent>,
    texts: Vec<SharedString>,
}

impl Agents {
    /// How many places are not an agent's own.
    pub(crate) const RESERVED: usize = 3;

    pub(crate) fn new() -> Self {
        let cap = match labels::AGENT_ID.domain {
            Domain::Dynamic { max_values, .. } => max_values,
            _ => 0,
        };
        Self {
            admitted: RwLock::default(),
            turned_away: TurnedAway::new(),
            cap,
        }
    }

    /// The place of a reserved value.
    pub(crate) fn reserved(value: &str) -> Option<usize> {
        [OTHER, UNAUTHENTICATED, UNKNOWN]
            .iter()
            .position(|reserved| *reserved == value)
    }

    /// The place of an agent the service trusts, given now if there is one left.
    pub(crate) fn admit(&self, id: &str) -> Agent {
        let id = clean::cut(id);
        if id.is_empty() {
            return Agent::UNKNOWN;
        }
        if let Some(agent) = self.known(id) {
            return agent;
        }
        let mut admitted = self.write();
        // Another thread may have admitted it between the two locks.
        if let Some(agent) = admitted.places.get(id) {
            return *agent;
        }
        if admitted.texts.len() >= self.cap {
            self.turned_away.add(id);
            return Agent::OTHER;
        }
        let agent = Agent(Self::RESERVED + admitted.texts.len());
        admitted
            .texts
            .push(clean::label_value(id).into_owned().into());
        admitted.places.insert(id.into(), agent);
        agent
    }

    /// The place of an agent, without admitting it.
    pub(crate) fn find(&self, id: &str) -> Agent {
        let id = clean::cut(id);
        match self.known(id) {
            Some(agent) => agent,
            None if id.is_empty() => Agent::UNKNOWN,
            None if self.turned_away.may_have(id) => Agent::OTHER,
            None => Agent::UNAUTHENTICATED,
        }
    }

    /// The label value at a place.
    pub(crate) fn text(&self, place: usize) -> SharedString {
        let reserved = [OTHER, UNAUTHENTICATED, UNKNOWN];
        match reserved.get(place) {
            Some(text) => (*text).into(),
            None => self
                .read()
                .texts
                .get(place - Self::RESERVED)
                .cloned()
                .unwrap_or_else(|| OTHER.into()),
        }
    }

    fn known(&self, id: &str) -> Option<Agent> {
        self.read().places.get(id).copied()
    }

    // A panic inside these locks leaves both collections whole, so a poisoned lock is usable.
    fn read(&self) -> RwLockReadGuard<'_, Admitted> {
        self.admitted.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Admitted> {
        self.admitted
            .write()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Remembers in 8 KiB, however many there are, which trusted agents found no place, so that they
/// are told from strangers. It may take a stranger for one of them, never the reverse.
#[derive(Debug)]
struct TurnedAway {
    bits: Box<[AtomicU64]>,
    hasher: RandomState,
}

impl TurnedAway {
    const WORDS: usize = 1024;

    fn new() -> Self {
        Self {
            bits: (0..Self::WORDS).map(|_| AtomicU64::new(0)).collect(),
            hasher: RandomState::new(),
        }
    }

    fn add(&self, id: &str) {
        let (word, bit) = self.locate(id);
        self.bits[word].fetch_or(bit, Ordering::Relaxed);
    }

    fn may_have(&self, id: &str) -> bool {
        let (word, bit) = self.locate(id);
        self.bits[word].load(Ordering::Relaxed) & bit != 0
    }

    fn locate(&self, id: &str) -> (usize, u64) {
        let hash = self.hasher.hash_one(id);
        // Both parts are below their modulus, so neither conversion can cut anything off.
        let word = usize::try_from((hash >> 6) % Self::WORDS as u64).unwrap_or(0);
        (word, 1 << (hash % 64))
    }
}
