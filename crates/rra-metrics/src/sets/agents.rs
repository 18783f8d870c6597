//! Agents with a place of their own: admitted one by one, never more than the cap.
//!
//! Whoever invents ids could fill all places and push real agents out, so only an id that the
//! service has authenticated or registered is admitted; looking one up admits nobody.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use metrics::SharedString;
use rra_schema::metrics::{Domain, LabelSpec, OTHER, UNAUTHENTICATED, UNKNOWN, labels};

use crate::clean;

/// Most agents with a place of their own.
const CAP: usize = cap(&labels::AGENT_ID);
/// Twice as many slots or more, so that a search is short: a power of two, for a cheap remainder.
const SLOTS: usize = (2 * CAP).next_power_of_two();

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

    /// The place among the agents with series of their own, if it was admitted and found room.
    pub(crate) fn own_place(self) -> Option<usize> {
        self.0.checked_sub(Agents::RESERVED)
    }

    /// The agent at a place among those.
    pub(crate) fn with_own_place(place: usize) -> Self {
        Self(Agents::RESERVED + place)
    }
}

/// The agents of one service.
///
/// A table with open addressing whose entries are written once and never move, so that looking up
/// a known agent waits for nobody and allocates nothing.
#[derive(Debug)]
pub(crate) struct Agents {
    /// Made for the first of them: a service without agents needs none.
    table: OnceLock<Table>,
    /// How many there are; held while one is added.
    count: Mutex<usize>,
    hasher: RandomState,
}

#[derive(Debug)]
struct Table {
    slots: Box<[OnceLock<Admitted>]>,
    texts: Box<[OnceLock<SharedString>]>,
    turned_away: TurnedAway,
}

#[derive(Debug)]
struct Admitted {
    hash: u64,
    id: Box<str>,
    agent: Agent,
}

impl Agents {
    /// How many places are not an agent's own.
    pub(crate) const RESERVED: usize = 3;
    /// Most agents with a place of their own.
    pub(crate) const CAP: usize = CAP;

    pub(crate) fn new() -> Self {
        Self {
            table: OnceLock::new(),
            count: Mutex::new(0),
            hasher: RandomState::new(),
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
        let hash = self.hasher.hash_one(id);
        let table = self.table.get_or_init(Table::new);
        if let Ok(agent) = table.search(id, hash) {
            return agent;
        }
        // A panic inside this lock leaves the table whole, so a poisoned lock is usable.
        let mut count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have admitted it before the lock was ours.
        let free = match table.search(id, hash) {
            Ok(agent) => return agent,
            Err(free) => free,
        };
        if *count == CAP {
            table.turned_away.add(hash);
            return Agent::OTHER;
        }
        let agent = Agent(Self::RESERVED + *count);
        let text = table.free_text(id, *count);
        // Both are empty: nobody else writes while the lock is ours. The text comes first, so that
        // whoever finds the agent finds its text.
        let _ = table.texts[*count].set(text);
        let _ = table.slots[free].set(Admitted {
            hash,
            id: id.into(),
            agent,
        });
        *count += 1;
        agent
    }

    /// The place of an agent, without admitting it.
    pub(crate) fn find(&self, id: &str) -> Agent {
        let id = clean::cut(id);
        if id.is_empty() {
            return Agent::UNKNOWN;
        }
        let Some(table) = self.table.get() else {
            return Agent::UNAUTHENTICATED;
        };
        let hash = self.hasher.hash_one(id);
        match table.search(id, hash) {
            Ok(agent) => agent,
            Err(_) if table.turned_away.may_have(hash) => Agent::OTHER,
            Err(_) => Agent::UNAUTHENTICATED,
        }
    }

    /// The label value at a place.
    pub(crate) fn text(&self, place: usize) -> SharedString {
        let reserved = [OTHER, UNAUTHENTICATED, UNKNOWN];
        if let Some(text) = reserved.get(place) {
            return (*text).into();
        }
        let texts = self.table.get().map(|table| &table.texts);
        let text = texts.and_then(|texts| texts.get(place - Self::RESERVED));
        let text = text.and_then(OnceLock::get);
        text.cloned().unwrap_or_else(|| OTHER.into())
    }
}

impl Table {
    fn new() -> Self {
        Self {
            slots: std::iter::repeat_with(OnceLock::new).take(SLOTS).collect(),
            texts: std::iter::repeat_with(OnceLock::new).take(CAP).collect(),
            turned_away: TurnedAway::new(),
        }
    }

    /// How the page of metrics names the agent that comes after `count` others: as nobody before it, since
    /// two series of one name would cost the whole scrape. Ids that differ in what cannot be shown look
    /// alike, and where a key is the name of its agent, the page tells no more than the log.
    fn free_text(&self, id: &str, count: usize) -> SharedString {
        let shown = match rra_schema::redact(id) {
            Some(_) => None,
            None => Some(clean::label_value(id).into_owned()),
        };
        let hidden = (count + 1..).map(|place| format!("[redacted]-{place}"));
        let is_free = |text: &String| {
            let mut taken = self.texts[..count].iter().filter_map(OnceLock::get);
            Agents::reserved(text).is_none() && !taken.any(|other| **other == **text)
        };
        let text = shown.into_iter().chain(hidden).find(is_free);
        text.unwrap_or_default().into()
    }

    /// The place of a known agent, or the slot where a new one with this hash belongs. More slots
    /// are free than are ever taken, so the search ends.
    fn search(&self, id: &str, hash: u64) -> Result<Agent, usize> {
        let mut at = slot(hash);
        loop {
            match self.slots[at].get() {
                None => return Err(at),
                Some(known) if known.hash == hash && *known.id == *id => return Ok(known.agent),
                Some(_) => at = (at + 1) % SLOTS,
            }
        }
    }
}

/// Remembers in 8 KiB, however many there are, which trusted agents found no place, so that they
/// are told from strangers. It may take a stranger for one of them, never the reverse.
#[derive(Debug)]
struct TurnedAway {
    bits: Box<[AtomicU64]>,
}

impl TurnedAway {
    const WORDS: usize = 1024;

    fn new() -> Self {
        Self {
            bits: (0..Self::WORDS).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    fn add(&self, hash: u64) {
        let (word, bit) = Self::locate(hash);
        self.bits[word].fetch_or(bit, Ordering::Relaxed);
    }

    fn may_have(&self, hash: u64) -> bool {
        let (word, bit) = Self::locate(hash);
        self.bits[word].load(Ordering::Relaxed) & bit != 0
    }

    fn locate(hash: u64) -> (usize, u64) {
        // Both parts are below their modulus, so neither conversion can cut anything off.
        let word = usize::try_from((hash >> 6) % Self::WORDS as u64).unwrap_or(0);
        (word, 1 << (hash % 64))
    }
}

/// Where the search for a hash begins.
fn slot(hash: u64) -> usize {
    // The remainder is below the number of slots, so the conversion cannot cut anything off.
    usize::try_from(hash % SLOTS as u64).unwrap_or(0)
}

/// Most values that a label admits while the service runs.
const fn cap(label: &LabelSpec) -> usize {
    match label.domain {
        Domain::Dynamic { max_values, .. } => max_values,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::Agents;

    #[test]
    fn an_id_that_is_a_secret_has_a_series_without_it() {
        let agents = Agents::new();
        let ids = ["AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLF"];
        let texts = ids.map(|id| agents.text(agents.admit(id).place()).to_string());
        assert_eq!(texts, ["[redacted]-1", "[redacted]-2"]);
        assert_eq!(agents.find(ids[1]), agents.admit(ids[1]));
    }

    #[test]
    fn no_two_agents_have_one_series() {
        let agents = Agents::new();
        let ids = [
            "a\nb",
            "a\tb",
            "a\u{fffd}b",
            "unknown",
            "[redacted]-6",
            "AKIAIOSFODNN7EXAMPLE",
            "_other",
        ];
        let mut texts: Vec<_> = ids
            .map(|id| agents.text(agents.admit(id).place()))
            .into_iter()
            .chain((0..Agents::RESERVED).map(|place| agents.text(place)))
            .collect();
        texts.sort();
        texts.dedup();
        assert_eq!(texts.len(), ids.len() + Agents::RESERVED, "{texts:?}");
    }
}
