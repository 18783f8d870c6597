//! How many agents are at work: those with an authenticated action in the last five minutes.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long an agent counts as at work after an action.
const WINDOW: Duration = Duration::from_mins(5);
/// Most agents told apart, which bounds the memory to some hundred KiB; the count stops there.
const MAX_AGENTS: usize = 16_384;
/// How often a full table is searched for agents that have left.
const SEARCH_PAUSE: Duration = Duration::from_secs(1);

/// The agents that were at work lately, by a keyed hash of their ids.
#[derive(Debug, Default)]
pub(crate) struct Activity {
    seen: Mutex<Seen>,
    hasher: RandomState,
}

#[derive(Debug, Default)]
struct Seen {
    last: HashMap<u64, Instant>,
    searched: Option<Instant>,
}

impl Activity {
    /// Notes an action of an agent.
    pub(crate) fn note(&self, id: &str, now: Instant) {
        let agent = self.hasher.hash_one(id);
        let mut seen = self.seen();
        if seen.last.len() >= MAX_AGENTS && !seen.last.contains_key(&agent) && !seen.make_room(now)
        {
            return;
        }
        seen.last.insert(agent, now);
    }

    /// How many agents have acted within the window before `now`.
    pub(crate) fn count(&self, now: Instant) -> usize {
        let mut seen = self.seen();
        seen.forget(now);
        seen.last.len()
    }

    // A panic inside this lock leaves the table whole, so a poisoned lock is usable.
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    /// Whether there is room after those who have left are forgotten.
    fn make_room(&mut self, now: Instant) -> bool {
        let may_search = self
            .searched
            .is_none_or(|last| now.duration_since(last) >= SEARCH_PAUSE);
        if may_search {
            self.searched = Some(now);
            self.forget(now);
        }
        self.last.len() < MAX_AGENTS
    }

    fn forget(&mut self, now: Instant) {
        self.last
            .retain(|_, last| now.duration_since(*last) < WINDOW);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Notes each id at its second and compares the count at the last second.
    fn check(actions: &[(&str, u64)], at: u64, expected: usize) {
        let activity = Activity::default();
        let start = Instant::now();
        for (id, second) in actions {
            activity.note(id, start + Duration::from_secs(*second));
        }
        assert_eq!(activity.count(start + Duration::from_secs(at)), expected);
    }

    #[test]
    fn an_agent_counts_once_however_often_it_acts() {
        check(&[("a", 0), ("a", 1), ("b", 2)], 2, 2);
    }

    #[test]
    fn an_agent_leaves_five_minutes_after_its_last_action() {
        check(&[("a", 0), ("b", 100)], 299, 2);
        check(&[("a", 0), ("b", 100)], 300, 1);
        check(&[("a", 0), ("a", 200)], 499, 1);
    }

    #[test]
    fn the_table_stops_growing_at_its_bound() {
        let activity = Activity::default();
        let start = Instant::now();
        for n in 0..2 * MAX_AGENTS {
            activity.note(&n.to_string(), start);
        }
        assert_eq!(activity.count(start), MAX_AGENTS);
    }

    #[test]
    fn a_full_table_has_room_again_when_agents_have_left() {
        let activity = Activity::default();
        let start = Instant::now();
        for n in 0..MAX_AGENTS {
            activity.note(&n.to_string(), start);
        }
        let later = start + WINDOW;
        activity.note("new", later);
        assert_eq!(activity.count(later), 1);
    }
}
